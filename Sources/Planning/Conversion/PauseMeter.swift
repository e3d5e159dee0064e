package import Routing

/// Measures how long flows pause between two of their packets.
package struct PauseMeter: Sendable {
  private struct Key: Hashable {
    var source: IPAddress
    var destination: IPAddress
    var ipProtocol: UInt8
    var sourcePort: UInt16
    var destinationPort: UInt16
  }

  /// When the latest packet of a flow came, and its longest pause so far, in nanoseconds.
  private var flows: [Key: (latest: Int64, longest: Int64?)] = [:]
  private let limit: Int

  /// - Parameter limit: of flows; later ones are not looked at, so that memory is bounded.
  package init(limit: Int = 1 << 20) { self.limit = limit }

  /// Takes a packet.
  ///
  /// - Parameter time: in nanoseconds from anywhere; clocks may step back, which is no pause.
  package mutating func add(_ flow: Flow, time: Int64) {
    let key = Key(
      source: flow.source, destination: flow.destination, ipProtocol: flow.ipProtocol, sourcePort: flow.sourcePort,
      destinationPort: flow.destinationPort)
    guard let known = flows[key] else {
      if flows.count < limit { flows[key] = (time, nil) }
      return
    }
    let (pause, hasOverflowed) = time.subtractingReportingOverflow(known.latest)
    flows[key] = (time, max(known.longest ?? 0, hasOverflowed ? 0 : pause))
  }

  /// What the flows of several packets tell; nil without any.
  package var pauses: FlowPauses? {
    // Nanoseconds, as USER_HZ ticks.
    FlowPauses(flows.values.compactMap { $0.longest.map { UInt64($0) / 10_000_000 } })
  }
}
