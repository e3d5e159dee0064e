import Forwarding
import Routing
import Testing

/// Which ingress interfaces may bring a layer-4 hash along, told by the caveat of a forwarded flow under policy 1.
@Suite("A hash on the packet is told by evidence")
struct HashEvidenceTests {
  /// eth0 and what stands on it or joins it; every interface is read, unless a row says otherwise.
  private static let links = [
    Link(index: 1, name: "lo", flags: 0x49), Link(index: 2, name: "eth0", flags: 0x11043),
    Link(index: 3, name: "eth1", flags: 0x11043, master: 10),
    Link(index: 4, name: "vlan0", flags: 0x11043, kind: "vlan", lower: 2),
    Link(index: 5, name: "vlan9", flags: 0x11043, kind: "vlan"),
    Link(index: 6, name: "veth0", flags: 0x11043, kind: "veth", lower: 99),
    Link(index: 7, name: "tap0", flags: 0x11043, kind: "tun"),
    Link(index: 8, name: "macvlan0", flags: 0x11043, kind: "macvlan", lower: 2),
    Link(index: 10, name: "bond0", flags: 0x11043, kind: "bond"),
    Link(index: 11, name: "bond0.7", flags: 0x11043, kind: "vlan", lower: 10),
    Link(index: 12, name: "loop0", flags: 0x11043, kind: "vlan", lower: 13),
    Link(index: 13, name: "loop1", flags: 0x11043, kind: "vlan", lower: 12),
  ]

  private static func evidence(
    _ name: String, change: (inout [String: InterfaceSettings]) -> Void
  ) throws -> HashEvidence? {
    var settings = KernelSettings()
    settings.ipv4Hash.policy = 1
    settings.hashSeed = 1
    for link in links {
      var own = InterfaceSettings()
      own.receivePacketSteering = false
      own.receiveHashing = false
      settings.interfaces[link.name] = own
    }
    change(&settings.interfaces)
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64", bootID: nil), settings: settings, links: links)
    state.rules = [Rule(family: .ipv4, priority: 0, action: .lookup(table: 254))]
    let legs = [RouteLeg(interface: 2), RouteLeg(interface: 3)]
    let everything = Prefix(containing: .unspecified(.ipv4), length: 0)
    state.routes = [Route(destination: everything, table: 254, nexthops: .legs(.multipath(legs)))]
    let table = ForwardingTable(state)
    let flow = Flow(
      source: IPAddress(ipv4: 0x0a02_0064), destination: IPAddress(ipv4: 0xc633_6407), ipProtocol: 17, sourcePort: 1,
      destinationPort: 2, inputInterface: try #require(table.interfaceIndex(name)), origin: .forwarded)
    let (decision, trace) = table.explain(flow)
    var stated = flow
    stated.layer4Hash = .absent
    #expect(table.decide(stated).isExact, "\(name): the user knows that there is none")
    for case .evidence(let evidence) in trace.steps {
      #expect(decision.caveats == (evidence == .nothing ? [] : .layer4Hash), "\(name)")
      return evidence
    }
    return nil
  }

  private static let hashing: @Sendable (inout [String: InterfaceSettings]) -> Void = {
    $0["eth0"]?.receiveHashing = true
    $0["eth1"]?.receiveHashing = true
  }
  private static let quiet: @Sendable (inout [String: InterfaceSettings]) -> Void = { _ in }

  private static let rows: [(String, String, @Sendable (inout [String: InterfaceSettings]) -> Void, HashEvidence)] = [
    ("a NIC that puts no hash on packets", "eth0", quiet, .nothing),
    ("a NIC that does", "eth0", hashing, .hashingDevice(2)),
    ("a NIC of which nothing is known", "eth0", { $0["eth0"]?.receiveHashing = nil }, .unread(2)),
    ("steering in front of a quiet NIC", "eth0", { $0["eth0"]?.receivePacketSteering = true }, .steering(2)),
    ("unknown steering in front of a quiet NIC", "eth0", { $0["eth0"]?.receivePacketSteering = nil }, .unread(2)),
    ("the backend of Xen", "eth0", { $0["eth0"]?.driver = "vif" }, .handedOn(2)),
    ("a VLAN is as the NIC below it", "vlan0", quiet, .nothing),
    ("a VLAN on a hashing NIC", "vlan0", hashing, .hashingDevice(2)),
    ("a VLAN with steering of its own", "vlan0", { $0["vlan0"]?.receivePacketSteering = true }, .steering(4)),
    ("a VLAN whose NIC is in another namespace", "vlan9", quiet, .unread(5)),
    ("a bond is as its ports", "bond0", hashing, .hashingDevice(3)),
    ("a quiet bond", "bond0", quiet, .nothing),
    ("a VLAN on a bond", "bond0.7", hashing, .hashingDevice(3)),
    ("a veth", "veth0", quiet, .handedOn(6)),
    ("a macvlan hears its siblings", "macvlan0", quiet, .handedOn(8)),
    ("a tap", "tap0", quiet, .nothing),
    ("interfaces that stand on each other, in a hostile snapshot", "loop0", quiet, .unread(12)),
  ]

  @Test("by kind, features and steering", arguments: rows.indices)
  func evidence(row: Int) throws {
    let (what, name, change, expected) = Self.rows[row]
    #expect(try Self.evidence(name, change: change) == expected, "\(what)")
  }
}
