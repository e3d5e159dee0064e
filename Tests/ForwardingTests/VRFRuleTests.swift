import Forwarding
import Routing
import Testing

@Suite("Rules that name a VRF or one of its members")
struct VRFRuleTests {
  /// Whether flows take the table of a rule before that of the VRF, which has a route by m1 alone.
  private static func takes(
    _ release: String, _ family: AddressFamily, rule change: (inout Rule) -> Void, flow: (inout Flow) -> Void,
    for question: ForwardingTable.Question = .query
  ) -> Bool {
    var lab = VRFLab(release, family)
    var rule = Rule(family: family, priority: 10, action: .lookup(table: 50))
    change(&rule)
    lab.state.rules.append(rule)
    lab.state.routes.append(
      Route(destination: .everything(family), table: 50, nexthops: .legs(.single(RouteLeg(interface: 2)))))
    return lab.interfaces(flow, for: question) == [2]
  }

  @Test(
    "oif: a VRF stands for its members up to 5.17, for nothing up to 6.15, and for all of it again since",
    arguments: [("5.10.223", true, true), ("6.12.95", false, false), ("6.18.44", true, false), ("7.2.1", true, false)],
    AddressFamily.allCases)
  func output(kernel: (release: String, vrf: Bool, isMemberless: Bool), family: AddressFamily) {
    let named: (inout Rule) -> Void = { $0.outputInterface = "red" }
    #expect(
      Self.takes(kernel.release, family, rule: named, flow: { $0.outputInterface = VRFLab.red }) == kernel.vrf)
    // A member's flows follow the rule where no nexthop has to be on it.
    if kernel.isMemberless {
      #expect(Self.takes(kernel.release, family, rule: named, flow: { $0.outputInterface = 12 }))
    }
    #expect(!Self.takes(kernel.release, family, rule: named, flow: { $0.outputInterface = 3 }))
    #expect(
      !Self.takes(
        kernel.release, family, rule: { $0.inputInterface = "red" }, flow: { $0.outputInterface = VRFLab.red }))
  }

  @Test(
    "iif: of real packets the VRF is the input interface, of queries the member that they name",
    arguments: [
      ("5.10.223", [true, false], [true, false]), ("6.12.95", [true, false], [false, true]),
      ("6.18.44", [true, false], [true, true]),
    ] as [(String, [Bool], [Bool])], AddressFamily.allCases)
  func input(kernel: (release: String, traffic: [Bool], query: [Bool]), family: AddressFamily) {
    for (question, expected) in [(.traffic, kernel.traffic), (.query, kernel.query)]
      as [(ForwardingTable.Question, [Bool])]
    {
      let found = ["red", "r2"].map { name in
        Self.takes(
          kernel.release, family, rule: { $0.inputInterface = name },
          flow: {
            $0.origin = .forwarded
            $0.inputInterface = 12
            $0.source = $0.family == .ipv4 ? IPAddress(ipv4: 99 << 24 | 1) : IPAddress(ipv6High: 0xfd99 << 48, low: 1)
          }, for: question)
      }
      #expect(found == expected, "\(question)")
    }
  }

  @Test("An inverted rule looks in the table of the VRF that a rule has passed, whether or not that matched")
  func inverted() {
    var lab = VRFLab("6.12.95", .ipv4)
    var rule = Rule(family: .ipv4, priority: 6, action: .lookup(table: 0))
    rule.isL3MasterDevice = true
    rule.isInverted = true
    rule.mark = 1
    rule.markMask = 1
    lab.state.rules = [rule]
    // The mark is compared before the VRF.
    #expect(lab.interfaces { $0.outputInterface = VRFLab.red } == VRFLab.others)
    #expect(lab.interfaces { $0.mark = 1 } == VRFLab.others)
    var other = Rule(family: .ipv4, priority: 5, action: .lookup(table: 0))
    other.isL3MasterDevice = true
    other.userIDs = Rule.Range(first: 5, last: 5)
    lab.state.rules.append(other)
    let bound: (inout Flow) -> Void = {
      $0.outputInterface = VRFLab.red
      $0.userID = 7
    }
    #expect(lab.interfaces(bound) == VRFLab.members)
  }
}
