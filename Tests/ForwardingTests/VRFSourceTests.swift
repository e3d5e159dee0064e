import Forwarding
import Routing
import Testing

@Suite("The source of packets that come in by a member of a VRF")
struct VRFSourceTests {
  private static func outcomes(_ lab: VRFLab, from source: IPAddress, by interface: UInt32) -> Set<Decision.Outcome> {
    Set(
      lab.decisions(
        {
          $0.origin = .forwarded
          $0.inputInterface = interface
          $0.source = source
          $0.layer4Hash = .absent
        }, for: .traffic
      ).map(\.outcome))
  }

  @Test(
    "An address of this machine is one only where the tables of the VRF say so", arguments: ["5.10.223", "6.12.95"])
  func own(release: String) {
    var lab = VRFLab(release, .ipv4)
    for (interface, table) in [(2, RouteTable.local), (11, 77)] as [(UInt32, UInt32)] {
      lab.state.routes.append(
        Route(
          destination: Prefix(containing: lab.own(interface), length: 32), table: table, type: .local,
          nexthops: .legs(.single(RouteLeg(interface: interface)))))
    }
    #expect(Self.outcomes(lab, from: lab.own(11), by: 12) == [.dropped(.localSource)])
    #expect(Self.outcomes(lab, from: lab.own(11), by: 3) == [.sent])
    #expect(Self.outcomes(lab, from: lab.own(2), by: 3) == [.dropped(.localSource)])
    // The local table comes first, in a VRF too.
    #expect(Self.outcomes(lab, from: lab.own(2), by: 12) == [.dropped(.localSource)])
    lab.state.rules = lab.state.rules.map {
      var rule = $0
      if rule.priority == 0 { rule.priority = 2000 }
      return rule
    }
    #expect(Self.outcomes(lab, from: lab.own(2), by: 12) == [.sent])
  }

  @Test("The reverse path filter is that of the VRF device, and any member will do")
  func reversePath() {
    var lab = VRFLab("6.12.95", .ipv4)
    let source = IPAddress(ipv4: 99 << 24 | 1)
    lab.state.routes.append(
      Route(
        destination: Prefix(containing: source, length: 32), table: 77,
        nexthops: .legs(.single(RouteLeg(interface: 13)))))
    lab.state.routes.append(
      Route(
        destination: Prefix(containing: source, length: 32), nexthops: .legs(.single(RouteLeg(interface: 4)))))
    lab.state.settings.interfaces["r2"] = InterfaceSettings()
    lab.state.settings.interfaces["r2"]?.reversePathFilter = 1
    lab.state.settings.interfaces["red"] = InterfaceSettings()
    lab.state.settings.interfaces["red"]?.reversePathFilter = 1
    #expect(Self.outcomes(lab, from: source, by: 12) == [.sent])
    lab.state.routes.removeAll { $0.table == 77 }
    lab.state.routes.append(
      Route(
        destination: .everything(.ipv4), table: 77, nexthops: .legs(.single(RouteLeg(interface: 2)))))
    #expect(Self.outcomes(lab, from: source, by: 12) == [.dropped(.reversePath)])
    lab.state.settings.interfaces["red"]?.reversePathFilter = 0
    #expect(Self.outcomes(lab, from: source, by: 12) == [.sent])
  }
}
