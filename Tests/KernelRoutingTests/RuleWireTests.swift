import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct RuleWireTests {
  static func rule(
    _ priority: UInt32, _ action: Rule.Action, family: AddressFamily = .ipv4, _ change: (inout Rule) -> Void = { _ in }
  ) -> Rule {
    var rule = Rule(family: family, priority: priority, action: action)
    change(&rule)
    return rule
  }

  static let captures: [Capture<Rule>] = [
    Capture(
      "the first rule of a namespace",
      "02000000ff0000010000000008000f00ff00000008000e00ffffffff0500150002000000",
      rule(0, .lookup(table: 255)) { $0.protocol = 2 }),
    Capture(
      """
      ip rule add from 10.0.0.0/8 to 10.1.0.0/16 iif o1 oif o2 fwmark 0x10/0xff tos 0x10 table 5000 pref 100 \
      protocol static
      """,
      """
      02100810fc0000010000000008000f008813000008000e00ffffffff0500150004000000070003006f310000070011006f320000
      080006006400000008000a001000000008001000ff000000080001000a010000080002000a000000
      """,
      rule(100, .lookup(table: 5000)) {
        $0.source = prefix("10.0.0.0/8")
        $0.destination = prefix("10.1.0.0/16")
        $0.inputInterface = "o1"
        $0.outputInterface = "o2"
        $0.mark = 0x10
        $0.markMask = 0xff
        $0.tos = 0x10
        $0.protocol = 4
      }),
    Capture(
      """
      ip rule add not ipproto udp sport 1000-2000 dport 53 uidrange 1000-2000 lookup 7 pref 101 \
      suppress_prefixlength 0 suppress_ifgroup 9
      """,
      """
      02000000070000010200000008000f000700000008000e00000000000500150000000000080006006500000
      00c001400e8030000d007000008001700e803d0070800180035003500050016001100000008000d0009000000
      """,
      rule(101, .lookup(table: 7)) {
        $0.isInverted = true
        $0.flags = 2
        $0.ipProtocol = 17
        $0.sourcePorts = .init(first: 1000, last: 2000)
        $0.destinationPorts = .init(first: 53, last: 53)
        $0.userIDs = .init(first: 1000, last: 2000)
        $0.suppressPrefixLength = 0
        $0.suppressInterfaceGroup = 9
      }),
    Capture(
      "ip rule add goto 500 pref 102, where 500 does not exist",
      "02000000000000020400000008000f000000000008000e00ffffffff0500150000000000080006006600000008000400f4010000",
      rule(102, .goto(priority: 500)) { $0.flags = 4 }),
    Capture(
      "ip rule add unreachable from 10.5.5.5 pref 103",
      "02002000000000070000000008000f000000000008000e00ffffffff05001500000000000800060067000000080002000a050505",
      rule(103, .unreachable) { $0.source = prefix("10.5.5.5/32") }),
    Capture(
      "ip rule add prohibit pref 104 iif nosuch",
      """
      02000000000000080800000008000f000000000008000e00ffffffff05001500000000000b0003006e6f7375636800000800060068000000
      """,
      rule(104, .prohibit) {
        $0.inputInterface = "nosuch"
        $0.flags = 8
      }),
    Capture(
      "ip rule add blackhole pref 105 fwmark 7",
      """
      02000000000000060000000008000f000000000008000e00ffffffff05001500000000000800060069000000
      08000a000700000008001000ffffffff
      """,
      rule(105, .blackhole) {
        $0.mark = 7
        $0.markMask = .max
      }),
    Capture(
      "ip rule add nop pref 106",
      "02000000000000030000000008000f000000000008000e00ffffffff0500150000000000080006006a000000",
      rule(106, .nop)),
    Capture(
      "ip rule add l3mdev pref 107",
      "02000000000000010000000008000f000000000008000e00ffffffff0500150000000000080006006b0000000500130001000000",
      rule(107, .lookup(table: 0)) { $0.isL3MasterDevice = true }),
    Capture(
      "ip rule add tun_id 77 lookup 8 pref 108",
      """
      02000000080000010000000008000f000800000008000e00ffffffff0500150000000000080006006c000000
      0c000c00000000000000004d
      """,
      rule(108, .lookup(table: 8)) { $0.tunnelID = 77 }),
    Capture(
      "ip rule add realms 3/4 lookup main pref 109",
      "02000000fe0000010000000008000f00fe00000008000e00ffffffff0500150000000000080006006d00000008000b0004000300",
      rule(109, .lookup(table: 254)) { $0.realms = 0x0003_0004 }),
    Capture(
      "FRA_DSCP 46, which ip can not write",
      "02000000090000010000000008000f000900000008000e00ffffffff0500150000000000080006006f000000050019002e000000",
      rule(111, .lookup(table: 9)) { $0.dscp = 46 }),
    Capture(
      "ip -6 rule add from 2001:db8::/32 to 2001:db8:1::1 lookup 9 pref 110",
      """
      0a802000090000010000000008000f000900000008000e00ffffffff0500150000000000080006006e000000
      1400010020010db80001000000000000000000011400020020010db8000000000000000000000000
      """,
      rule(110, .lookup(table: 9), family: .ipv6) {
        $0.source = prefix("2001:db8::/32")
        $0.destination = prefix("2001:db8:1::1/128")
      }),
  ]

  static func read(_ bytes: [UInt8]) throws -> Rule? {
    try decoded(bytes) { (wire) throws(WireError) in try Rule(wire: wire) }
  }

  @Test(arguments: captures)
  func `A rule is read as the command wrote it`(capture: Capture<Rule>) throws {
    #expect(try Self.read(bytes(hex: capture.hex)) == capture.value)
  }

  @Test(arguments: captures)
  func `What is written reads as the same rule`(capture: Capture<Rule>) throws {
    let written = try encoded { capture.value.encode(into: &$0) }
    var expected = capture.value
    expected.flags &= 2
    #expect(try Self.read(written) == expected)
  }

  @Test func `The masks of newer kernels and an unknown action are kept`() throws {
    let newer = "0a00000000 0000 09 00000000 0500190008000000 05001e000c000000 08001a00000abcde 08001b00000fffff"
    let masks = "06001c00ff000000 06001d000fff0000"
    let rule = try #require(try Self.read(bytes(hex: newer + masks)))
    #expect(rule.action == .other(9))
    #expect(rule.dscp == 8 && rule.dscpMask == 12)
    #expect(rule.flowLabel == 0xabcde && rule.flowLabelMask == 0xfffff)
    #expect(rule.sourcePortMask == 0xff && rule.destinationPortMask == 0xff0f)
  }
}
