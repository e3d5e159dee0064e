import Forwarding
import KernelRouting
import Routing

/// The flows of the connections that the kernel tracks, one for each direction that has packets.
struct ConnectionFlows: ~Copyable {
  private var reader: DumpReader<TrackedConnection>
  private let directions: [TrackedConnection.Direction]
  private let established: Bool
  private let amendment: FlowAmendment
  private let table: ForwardingTable
  /// The connection that was read last, and those of its directions that are still to be given.
  private var current: TrackedConnection?
  private var rest: ArraySlice<TrackedConnection.Direction> = []
  private var hasComplained = false

  init(
    _ reader: consuming DumpReader<TrackedConnection>, directions: [TrackedConnection.Direction], established: Bool,
    amendment: FlowAmendment, table: ForwardingTable
  ) {
    self.reader = reader
    self.directions = directions
    self.established = established
    self.amendment = amendment
    self.table = table
  }

  /// The next flow; nil at the end.
  ///
  /// Says on standard error, once, where weights are not bytes, and that there is no connection at all.
  mutating func next() throws(KernelError) -> Flow? {
    while true {
      if let connection = current, let direction = rest.popFirst() {
        guard connection.hasTraffic(direction) else { continue }
        let flow = connection.flow(direction) { table.isOwn($0) }
        guard amendment.selects(flow) else { continue }
        if connection.counters(direction) == nil { complainAboutWeights() }
        return amendment.applied(to: flow)
      }
      guard let connection = try reader.next() else {
        if current == nil { complain("no connection is tracked in this network namespace") }
        return nil
      }
      current = connection
      rest = established && !connection.isEstablished ? [] : directions[...]
    }
  }

  private mutating func complainAboutWeights() {
    guard !hasComplained else { return }
    hasComplained = true
    complain(
      Kernel.countsConnections == true
        ? "connections that began before net.netfilter.nf_conntrack_acct was on weigh 1 a direction, not their bytes"
        : "net.netfilter.nf_conntrack_acct is off: each direction of a connection weighs 1, not its bytes")
  }
}
