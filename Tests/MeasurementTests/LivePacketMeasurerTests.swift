import Forwarding
import KernelRouting
import Measurement
import MultipathHash
import Routing
import TestSupport
import Testing

/// Hashes that no query computes, measured by packets: tunnels, fragments, other protocols, IPv6 under policies 2 and 3.
@Suite struct LivePacketMeasurerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var family: AddressFamily
    var policy: UInt8
    var fields: UInt32 = 7
    var testDescription: String { "\(family) policy \(policy) fields \(fields)" }
  }

  static let cases: [Case] =
    AddressFamily.allCases.flatMap { family in
      (0...2).map { Case(family: family, policy: $0) }
        + [0x007, 0x03f, 0xfff, 0xfc0, 0x1c6, 0x038, 0x408, 0x441, 0x092].map { Case(family: family, policy: 3, fields: $0) }
    }

  static func randomFlow(_ family: AddressFamily, using generator: inout SeededGenerator) -> Flow {
    var flow = LiveMeasurerTests.randomFlow(family, using: &generator)
    flow.origin = .forwarded
    let protocols: [UInt8] = [4, 41, 47, 50, 51, 33, 132, 136, 89, 112, 115, 6, 17, family == .ipv4 ? 1 : 58]
    flow.ipProtocol = protocols.randomElement(using: &generator) ?? 17
    if IPProtocol.portsOffset(flow.ipProtocol) == nil {
      (flow.sourcePort, flow.destinationPort) = (0, 0)
    } else {
      flow.sourcePort = UInt16.random(in: 0...65535, using: &generator)
      flow.destinationPort = UInt16.random(in: 0...65535, using: &generator)
    }
    guard IPProtocol.isEncapsulation(flow.ipProtocol) else { return flow }
    let innerFamily: AddressFamily =
      switch flow.ipProtocol {
      case 4: .ipv4
      case 41: .ipv6
      default: Bool.random(using: &generator) ? .ipv4 : .ipv6
      }
    let inner = LiveMeasurerTests.randomFlow(innerFamily, using: &generator)
    flow.inner = Flow.Inner(
      source: inner.source, destination: inner.destination, ipProtocol: inner.ipProtocol,
      sourcePort: inner.sourcePort, destinationPort: inner.destinationPort, flowLabel: inner.flowLabel)
    return flow
  }

  @Test(arguments: cases)
  func `Hashes measured by packets are the computed ones`(row: Case) throws {
    try withNetworkNamespace {
      var measurer = try HashMeasurer(
        settings: [SysctlSetting("ipv4/fib_multipath_hash_seed", LiveMeasurerTests.seed)])
      let hasher = MultipathHasher(
        family: row.family, policy: try #require(HashPolicy(rawValue: row.policy)),
        fields: HashFields(rawValue: row.fields), key: HashKey(seed: LiveMeasurerTests.seed))
      let seed = UInt64.random(in: 0...UInt64.max)
      var generator = SeededGenerator(seed: seed)
      let flows = (0..<400).map { _ in Self.randomFlow(row.family, using: &generator) }
      let traces = flows.map { hasher.trace($0, as: .packet) }
      let hashes = try measurer.measure(traces.map { HashQuestion($0, hasher: hasher) })
      let wrong = zip(flows, zip(traces, hashes)).filter { $1.0.hash31 != $1.1?.exact }
      #expect(
        wrong.isEmpty,
        "\(wrong.count) wrong, first \(String(describing: wrong.first?.0)): \(String(describing: wrong.first?.1.1)), seed \(seed)"
      )
    }
  }
}
