import Forwarding
import MultipathHash
import Routing
import TestSupport
import Testing

/// Flows that do not tell a protocol or ports which a real packet has.
@Suite("Headers that are not told")
struct UntoldHeaderTests {
  private static func state(_ family: AddressFamily, _ change: (inout RoutingState) -> Void) -> RoutingState {
    let gateways =
      family == .ipv4 ? ["10.1.1.2", "10.1.2.2"] : ["fd00:1::2", "fd00:2::2"]
    let legs = gateways.enumerated().map { RouteLeg(gateway: address($0.element), interface: UInt32($0.offset + 1)) }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [1, 2, 9].map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) },
      rules: Rule.defaults(family),
      routes: [Route(destination: .everything(family), nexthops: .legs(.multipath(legs)))])
    state.settings.hashSeed = 1
    change(&state)
    return state
  }

  private static func flow(
    _ family: AddressFamily, _ ipProtocol: UInt8, ports: (UInt16, UInt16) = (0, 0), isLocal: Bool = false
  ) -> Flow {
    var flow =
      family == .ipv4
      ? Flow(source: address("10.2.0.100"), destination: address("198.18.0.7"), ipProtocol: ipProtocol)
      : Flow(source: address("fd00:f::2"), destination: address("2001:db8::7"), ipProtocol: ipProtocol)
    (flow.sourcePort, flow.destinationPort) = ports
    if isLocal {
      (flow.source, flow.socket) = (.unspecified(family), .unconnected)
    } else {
      (flow.origin, flow.inputInterface, flow.layer4Hash) = (.forwarded, 9, .absent)
    }
    return flow
  }

  @Test("A hash of the protocol is in doubt without one")
  func hashedProtocol() {
    for (family, policy, fields, isDoubtful) in [
      (.ipv4, 0, 7, false), (.ipv6, 0, 7, true), (.ipv4, 3, 7, true), (.ipv4, 3, 3, false), (.ipv6, 3, 3, false),
      (.ipv6, 2, 7, true), (.ipv4, 2, 7, false), (.ipv4, 1, 7, true),
    ] as [(AddressFamily, UInt8, UInt32, Bool)] {
      let table = ForwardingTable(
        Self.state(family) { state in
          let hash = HashSettings(policy: policy, fields: fields)
          if family == .ipv4 { state.settings.ipv4Hash = hash } else { state.settings.ipv6Hash = hash }
        })
      let untold = Self.flow(family, 0)
      #expect(
        table.decide(untold).caveats.contains(.portsUnknown) == isDoubtful,
        "\(family) policy \(policy) fields \(fields)")
      var decider = BatchDecider(table)
      var batch = DecisionBatch()
      let flows = [untold, Self.flow(family, 17, ports: (5, 6)), untold]
      decider.decide(flows, into: &batch)
      for (place, flow) in flows.enumerated() { #expect(decider.decision(place, of: batch) == table.decide(flow)) }
      #expect(table.decide(flows[1]).isExact)
    }
  }

  @Test("A rule of ports or of a protocol is in doubt where the flow does not tell them")
  func rules() {
    func table(_ family: AddressFamily, _ change: (inout Rule) -> Void) -> ForwardingTable {
      ForwardingTable(
        Self.state(family) { state in
          var rule = Rule(family: family, priority: 100, action: .prohibit)
          change(&rule)
          state.rules.insert(rule, at: 1)
        })
    }
    for family in [AddressFamily.ipv4, .ipv6] {
      let dns = table(family) {
        $0.ipProtocol = 17
        $0.destinationPorts = Rule.Range(first: 53, last: 53)
      }
      // Told, and another protocol: no doubt; under IPv6 the protocol is hashed as well.
      #expect(dns.decide(Self.flow(family, 17, ports: (9, 53))).outcome == .refused(.prohibit))
      #expect(dns.decide(Self.flow(family, 17, ports: (9, 54))).isExact)
      #expect(dns.decide(Self.flow(family, 6)).isExact)
      #expect(dns.decide(Self.flow(family, 17)).caveats == .portsUnknown)
      #expect(dns.decide(Self.flow(family, 17, ports: (9, 0))).caveats == .portsUnknown)
      #expect(dns.decide(Self.flow(family, 0)).caveats.contains(.portsUnknown))

      let high = table(family) { $0.sourcePorts = Rule.Range(first: 30000, last: 65000) }
      #expect(high.decide(Self.flow(family, 17, ports: (0, 53), isLocal: true)).caveats.contains(.portsUnknown))
      // A TCP socket of IPv4 looks up again with the port that it gets, one of IPv6 does not.
      #expect(
        high.decide(Self.flow(family, 6, ports: (0, 53), isLocal: true)).caveats.contains(.portsUnknown)
          == (family == .ipv4))
    }
  }
}
