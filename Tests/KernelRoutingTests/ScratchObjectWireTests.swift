import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

/// What a scratch namespace is furnished with, against the requests of iproute2 6.1 (`ip` with its sendmsg recorded).
@Suite struct ScratchObjectWireTests {
  static let links: [Capture<NewLink>] = [
    Capture(
      """
      ip link add o1 index 3 address 02:00:00:00:00:01 mtu 1400 type veth
      peer name p1 index 4 address 02:00:00:00:00:02
      """,
      """
      000000000300000000000000000000000a00010002000000000100000800040078050000070003006f310000
      3800120008000100766574682c00020028000100000000000400000000000000000000000a00010002000000000200000700030070310000
      """,
      NewLink(
        .init("o1", index: 3, address: [2, 0, 0, 0, 0, 1], mtu: 1400),
        .veth(peer: .init("p1", index: 4, address: [2, 0, 0, 0, 0, 2])))),
    Capture(
      "ip link add br0 type bridge",
      "000000000000000000000000000000000800030062723000100012000a0001006272696467650000",
      NewLink(.init("br0"), .plain("bridge"))),
    Capture(
      "ip link add o5 link o1 type vlan id 7",
      """
      000000000000000000000000000000000800050003000000070003006f3500001800120008000100766c616e
      0c0002000600010007000000
      """,
      NewLink(.init("o5"), .vlan(id: 7, lower: 3))),
    Capture(
      "ip link add o6 link o1 index 9 type macvlan",
      "000000000900000000000000000000000800050003000000070003006f360000100012000b0001006d6163766c616e00",
      NewLink(.init("o6", index: 9), .macvlan(lower: 3))),
  ]

  static let changes: [Capture<LinkChange>] = [
    Capture("ip link set o1 up", "00000000030000000100000001000000", LinkChange(index: 3, isUp: true)),
    Capture("ip link set o1 down", "00000000030000000000000001000000", LinkChange(index: 3, isUp: false)),
    Capture(
      "ip link set o1 mtu 1300 master br0", "00000000030000000000000000000000080004001405000008000a0002000000",
      LinkChange(index: 3, mtu: 1300, master: 2)),
    Capture(
      "ip link set o1 nomaster", "0000000003000000000000000000000008000a0000000000", LinkChange(index: 3, master: 0)),
    Capture(
      "ip link set o1 group 7", "0000000003000000000000000000000008001b0007000000", LinkChange(index: 3, group: 7)),
    Capture("ip link set o1 arp off", "00000000030000008000000080000000", LinkChange(index: 3, usesARP: false)),
    Capture(
      "ip link set o1 arp on up", "00000000030000000100000081000000", LinkChange(index: 3, isUp: true, usesARP: true)),
  ]

  static let addresses: [Capture<InterfaceAddress>] = [
    Capture(
      "ip addr add 10.0.1.1/24 dev o1", "0218000003000000080002000a000101080001000a000101",
      InterfaceAddress(interface: 3, address: address("10.0.1.1"), prefixLength: 24)),
    Capture(
      "ip addr add 10.0.3.1 peer 10.0.3.2/32 dev o1", "0220000003000000080002000a000301080001000a000302",
      InterfaceAddress(interface: 3, address: address("10.0.3.1"), peer: address("10.0.3.2"), prefixLength: 32)),
    Capture(
      "ip addr add 2001:db8:1::1/64 dev o1 nodad",
      "0a400200030000001400020020010db80001000000000000000000011400010020010db8000100000000000000000001",
      InterfaceAddress(
        interface: 3, address: address("2001:db8:1::1"), prefixLength: 64,
        flags: InterfaceAddress.withoutDuplicateDetection)),
    Capture(
      "ip addr add 10.0.9.1/24 dev o1 scope link noprefixroute",
      "021800fd03000000080002000a0009010800080000020000080001000a000901",
      InterfaceAddress(interface: 3, address: address("10.0.9.1"), prefixLength: 24, scope: 253, flags: 0x200)),
  ]

  static let neighbours: [Capture<Neighbour>] = [
    Capture(
      "ip neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev o1 nud permanent",
      "020000000300000080000000080001000a0001020a0002000200000000010000",
      Neighbour(
        address: address("10.0.1.2"), interface: 3, state: .permanent, linkLayerAddress: [2, 0, 0, 0, 0, 1])),
    Capture(
      "ip neigh add 10.0.1.9 dev o1 nud failed", "020000000300000020000000080001000a000109",
      Neighbour(address: address("10.0.1.9"), interface: 3, state: .failed)),
    Capture(
      "ip neigh replace 2001:db8:1::2 lladdr 02:00:00:00:00:02 dev o1 nud stale",
      "0a00000003000000040000001400010020010db80001000000000000000000020a0002000200000000020000",
      Neighbour(
        address: address("2001:db8:1::2"), interface: 3, state: .stale, linkLayerAddress: [2, 0, 0, 0, 0, 2])),
  ]

  @Test(arguments: links)
  func `A new link is written as ip writes it`(capture: Capture<NewLink>) throws {
    #expect(try encoded { capture.value.encode(into: &$0) } == bytes(hex: capture.hex))
  }

  @Test(arguments: changes)
  func `A change of a link is written as ip writes it`(capture: Capture<LinkChange>) throws {
    #expect(try encoded { capture.value.encode(into: &$0) } == bytes(hex: capture.hex))
  }

  @Test(arguments: addresses)
  func `An address is written as ip writes it`(capture: Capture<InterfaceAddress>) throws {
    #expect(try encoded { capture.value.encode(into: &$0) } == bytes(hex: capture.hex))
    #expect(
      try decoded(bytes(hex: capture.hex)) { (wire) throws(WireError) in try InterfaceAddress(wire: wire) }
        == capture.value)
  }

  @Test(arguments: neighbours)
  func `A neighbour is written as ip writes it`(capture: Capture<Neighbour>) throws {
    #expect(try encoded { capture.value.encode(into: &$0) } == bytes(hex: capture.hex))
    #expect(
      try decoded(bytes(hex: capture.hex)) { (wire) throws(WireError) in try Neighbour(wire: wire) } == capture.value)
  }

  @Test func `A neighbour that the kernel is to keep is written as ip writes it`() throws {
    let neighbour = Neighbour(
      address: address("10.0.1.2"), interface: 3, state: .stale, linkLayerAddress: [2, 0, 0, 0, 0, 1])
    // ip neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev o1 nud stale extern_learn
    let hex = "020000000300000004001000080001000a0001020a0002000200000000010000"
    #expect(try encoded { try RoutingObject.learnedNeighbour(neighbour).encode(into: &$0) } == bytes(hex: hex))
  }

  @Test func `An address that was read is written without the flags of the kernel's own`() throws {
    var given = InterfaceAddress(interface: 3, address: address("10.0.1.1"), prefixLength: 24, flags: 0x80)
    let written = try encoded { given.encode(into: &$0) }
    given.flags = 0
    #expect(try decoded(written) { (wire) throws(WireError) in try InterfaceAddress(wire: wire) } == given)
  }
}
