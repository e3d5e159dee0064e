import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct InterfaceWireTests {
  static let links: [Capture<Link>] = [
    Capture(
      "lo",
      """
      00000403010000004900010000000000070003006c6f000008000d00e803000005001000000000000500110000000000
      080004000000010008001b00000000000a00010000000000000000000a0002000000000000000000
      """,
      Link(index: 1, name: "lo", flags: 0x10049, mtu: 65536)),
    Capture(
      "ip link add o2 type veth peer name p2; ip link set o2 group 9 mtu 1400 up",
      """
      00000100050000004310010000000000070003006f32000008000d00e80300000500100006000000050011000000000008000400
      7805000008001b00090000000a000100a29619eb1e2600000a000200ffffffffffff0000
      10001200090001007665746800000000 0800050004000000
      """,
      Link(index: 5, name: "o2", flags: 0x11043, operationalState: 6, mtu: 1400, kind: "veth", lower: 4, group: 9)),
    Capture(
      "ip link add vrf7 type vrf table 1007",
      """
      0000010006000000c10401000000000009000300767266370000000008000d00e8030000050010000600000005001100000000000800
      04002700010008001b00000000000a00010032ddd15bd0c300001800120008000100767266000c00020008000100ef030000
      """,
      Link(index: 6, name: "vrf7", flags: 0x104c1, operationalState: 6, mtu: 65575, kind: "vrf", vrfTable: 1007)),
    Capture(
      "ip link set o1 master vrf7",
      "00000100030000004310010000000000070003006f31000008000a000600000005001000060000000800 0400dc050000",
      Link(index: 3, name: "o1", flags: 0x11043, operationalState: 6, mtu: 1500, master: 6)),
    Capture(
      "ip link property add dev o1 altname uplink0",
      """
      00000100030000004310010000000000070003006f310000050010000600000008000400dc050000
      100034800c00350075706c696e6b3000
      """,
      Link(
        index: 3, name: "o1", flags: 0x11043, operationalState: 6, mtu: 1500, alternativeNames: ["uplink0"])),
  ]

  static let addresses: [Capture<InterfaceAddress>] = [
    Capture(
      "ip addr add 10.0.1.1/24 dev o1",
      """
      0218800003000000080001000a000101080002000a000101070003006f310000080008008000000014000600ffffffffffffffff
      8c0100008c010000
      """,
      InterfaceAddress(interface: 3, address: address("10.0.1.1"), prefixLength: 24, flags: 0x80)),
    Capture(
      "ip addr add 10.0.3.1 peer 10.0.3.2/32 dev o2",
      "0220800005000000080001000a000302080002000a000301070003006f3200000800080080000000",
      InterfaceAddress(
        interface: 5, address: address("10.0.3.1"), peer: address("10.0.3.2"), prefixLength: 32, flags: 0x80)),
    Capture(
      "the link-local address of o2",
      """
      0a4080fd0500000014000100fe80000000000000a09619fffeeb1e2614000600ffffffffffffffff7201000072010000
      080008008000000005000b0003000000
      """,
      InterfaceAddress(
        interface: 5, address: address("fe80::a096:19ff:feeb:1e26"), prefixLength: 64, scope: 253, flags: 0x80)),
  ]

  static let neighbours: [Capture<Neighbour>] = [
    Capture(
      "ip neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev o1 nud permanent",
      """
      020000000300000080000001080001000a0001020a0002000200000000010000080004000000000014000300490100004901000049010000
      00000000
      """,
      Neighbour(
        address: address("10.0.1.2"), interface: 3, state: .permanent, linkLayerAddress: [2, 0, 0, 0, 0, 1])),
    Capture(
      "ip -6 neigh add 2001:db8:1::2 lladdr 02:00:00:00:00:02 dev o1 nud stale",
      "0a00000003000000040000011400010020010db80001000000000000000000020a00020002000000000200000800040000000000",
      Neighbour(
        address: address("2001:db8:1::2"), interface: 3, state: .stale, linkLayerAddress: [2, 0, 0, 0, 0, 2])),
  ]

  @Test(arguments: links)
  func `A link is read as it was made`(capture: Capture<Link>) throws {
    #expect(try decoded(bytes(hex: capture.hex)) { (wire) throws(WireError) in try Link(wire: wire) } == capture.value)
  }

  @Test(arguments: addresses)
  func `An address is read as it was given`(capture: Capture<InterfaceAddress>) throws {
    let value = try decoded(bytes(hex: capture.hex)) { (wire) throws(WireError) in try InterfaceAddress(wire: wire) }
    #expect(value == capture.value)
  }

  @Test(arguments: neighbours)
  func `A neighbour is read as it was added`(capture: Capture<Neighbour>) throws {
    let value = try decoded(bytes(hex: capture.hex)) { (wire) throws(WireError) in try Neighbour(wire: wire) }
    #expect(value == capture.value)
  }
}
