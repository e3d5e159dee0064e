import Forwarding
import MultipathHash
import Routing
import Testing

@Suite("Where the hash key comes from")
struct KeyTests {
  private static let address = IPAddress(ipv4: 0xc633_6407)
  private static let flow = Flow(source: .unspecified(.ipv4), destination: address, ipProtocol: 1)

  /// A default route of two legs, policy 0.
  private static func state(seed: UInt32?) -> RoutingState {
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [Link(index: 2, name: "o2", flags: 0x1_1043)],
      rules: Rule.defaults(.ipv4),
      routes: [
        Route(
          destination: Prefix(containing: IPAddress(ipv4: 0), length: 0),
          nexthops: .legs(
            .multipath([
              RouteLeg(gateway: IPAddress(ipv4: 0x0a00_0001), interface: 2),
              RouteLeg(gateway: IPAddress(ipv4: 0x0a00_0002), interface: 2),
            ])))
      ])
    state.settings.hashSeed = seed
    return state
  }

  /// The hash of the flow under a seed.
  private static func hash31(_ seed: UInt32) -> UInt32 {
    MultipathHasher(family: .ipv4, policy: .layer3, fields: [], key: HashKey(seed: seed))
      .hash(flow, as: .packet) >> 1
  }

  @Test(
    "The key given goes before the sysctl, the sysctl before the recovered seed, which is for a sysctl of 0",
    arguments: [
      ("nothing is known", 0, nil, nil, nil), ("the sysctl", 5, nil, nil, 5), ("the recovered seed", 0, nil, 6, 6),
      ("a recovered seed of 0", 0, nil, 0, 0), ("sysctl and recovered", 5, nil, 6, 5), ("all three", 5, 7, 6, 7),
      ("given and recovered", 0, 7, 6, 7), ("no sysctl: the key is longer", nil, nil, 6, nil),
    ] as [(String, UInt32?, UInt32?, UInt32?, UInt32?)])
  func order(description: String, sysctl: UInt32?, given: UInt32?, recovered: UInt32?, expected: UInt32?) {
    let table = ForwardingTable(Self.state(seed: sysctl), key: given.map { HashKey(seed: $0) }, bootSeed: recovered)
    let decision = table.decide(Self.flow)
    #expect(decision.hash == expected.map(Self.hash31), "\(description)")
    #expect(decision.caveats.contains(.seedUnknown) == (expected == nil), "\(description)")
  }

  @Test("The steps name the recovered seed")
  func origin() {
    let (_, trace) = ForwardingTable(Self.state(seed: 0), bootSeed: 6).explain(Self.flow)
    let origins = trace.steps.compactMap { step in if case .hash(_, let key) = step { key } else { nil } }
    #expect(origins.count == 1)
    guard case .recovered(seed: 6)? = origins.first else {
      Issue.record("the key is of \(origins)")
      return
    }
  }
}
