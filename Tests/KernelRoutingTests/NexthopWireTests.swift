import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct NexthopWireTests {
  static func single(
    _ id: UInt32, _ target: Nexthop.Target, family: AddressFamily = .ipv4, protocol: UInt8 = 0, scope: UInt8 = 253,
    flags: UInt32 = 0
  ) -> NexthopObject {
    .single(Nexthop(id: id, family: family, target: target, protocol: `protocol`, scope: scope, flags: flags))
  }

  static let captures: [Capture<NexthopObject>] = [
    Capture(
      "ip nexthop add id 1 via 10.0.1.2 dev o1 proto static",
      "02fd04000000000008000100010000000800050003000000080006000a000102",
      single(1, .device(interface: 3, gateway: address("10.0.1.2"), encapsulation: nil), protocol: 4)),
    Capture(
      "ip nexthop add id 3 via 2001:db8:1::2 dev o1",
      "0afd000000000000080001000300000008000500030000001400060020010db8000100000000000000000002",
      single(3, .device(interface: 3, gateway: address("2001:db8:1::2"), encapsulation: nil), family: .ipv6)),
    Capture(
      "ip nexthop add id 4 blackhole", "0200000000000000080001000400000004000400",
      single(4, .blackhole, scope: 0)),
    Capture(
      "ip nexthop add id 5 dev o1", "02fe00000000000008000100050000000800050003000000",
      single(5, .device(interface: 3, gateway: nil, encapsulation: nil), scope: 254)),
    Capture(
      "ip nexthop add id 6 via 10.9.9.9 dev o1 onlink",
      "02fd00000400000008000100060000000800050003000000080006000a090909",
      single(6, .device(interface: 3, gateway: address("10.9.9.9"), encapsulation: nil), flags: 4)),
    Capture(
      "ip nexthop add id 7 via 10.0.1.2 fdb", "02fd000000000000080001000700000004000b00080006000a000102",
      single(7, .fdb(gateway: address("10.0.1.2")))),
    Capture(
      "ip nexthop add id 8 encap mpls 100/200 via 10.0.1.2 dev o1",
      """
      02fd00000000000008000100080000000800050003000000080006000a000102
      100008000c00010000064000000c81000600070001000000
      """,
      single(
        8,
        .device(
          interface: 3, gateway: address("10.0.1.2"),
          encapsulation: Encapsulation(type: 1, attributes: bytes(hex: "0c00010000064000000c8100"))))),
    Capture(
      "ip nexthop add id 50 group 1/2,200",
      "00000000000000000800010032000000060003000000000014000200010000000000000002000000c700000008000e0000000080",
      .group(NexthopGroup(id: 50, members: [.init(id: 1), .init(id: 2, weight: 200)]))),
    Capture(
      "ip nexthop add id 51 group 1/2 type resilient buckets 4 idle_timer 60 unbalanced_timer 300",
      """
      0000000000000000080001003300000006000300010000001400020001000000000000000200000000000000
      28000c800600010004000000080002007017000008000300307500000c000400000000000000000008000e0000000080
      """,
      .group(
        NexthopGroup(
          id: 51, kind: .resilient, members: [.init(id: 1), .init(id: 2)],
          resilient: ResilientParameters(buckets: 4, idleTimer: 6000, unbalancedTimer: 30000)))),
    Capture(
      "ip nexthop add id 52 group 7 fdb",
      "0000000000000000080001003400000004000b0006000300000000000c000200070000000000000008000e0000000080",
      .group(NexthopGroup(id: 52, members: [.init(id: 7)], isFDB: true))),
    Capture(
      "the statistics of group 50 (NHA_OP_FLAGS 3)",
      """
      00000000000000000800010032000000060003000000000014000200010000000000000002000000c7000000
      08001000000000003c000f801c0001800800010001000000080002000000000008000300000000001c0001800800010002000000
      0800020000000000080003000000000008000e0000000080
      """,
      .group(
        NexthopGroup(
          id: 50, members: [.init(id: 1), .init(id: 2, weight: 200)],
          statistics: [.init(id: 1, packets: 0, hardwarePackets: 0), .init(id: 2, packets: 0, hardwarePackets: 0)]))),
  ]

  static func read(_ bytes: [UInt8]) throws -> NexthopObject? {
    try decoded(bytes) { (wire) throws(WireError) in try NexthopObject(wire: wire) }
  }

  @Test(arguments: captures)
  func `A nexthop object is read as the command wrote it`(capture: Capture<NexthopObject>) throws {
    #expect(try Self.read(bytes(hex: capture.hex)) == capture.value)
  }

  @Test(arguments: captures)
  func `What is written reads as the same object, but for what only the kernel knows`(
    capture: Capture<NexthopObject>
  ) throws {
    let written = try encoded { writer in
      switch capture.value {
      case .single(let nexthop): nexthop.encode(into: &writer)
      case .group(let group): try group.encode(into: &writer)
      }
    }
    switch capture.value {
    case .single(var nexthop):
      nexthop.scope = 0
      #expect(try Self.read(written) == .single(nexthop))
    case .group(var group):
      group.statistics = []
      #expect(try Self.read(written) == .group(group))
    }
  }

  @Test func `A group is written byte for byte`() throws {
    let group = NexthopGroup(id: 51, kind: .resilient, members: [.init(id: 1), .init(id: 2, weight: 65535)])
    let written = try encoded { try group.encode(into: &$0) }
    let hex = "0000000000000000 0800010033000000 140002000100000000000000 02000000feff0000 0600030001000000"
    #expect(written == bytes(hex: hex))
  }

  @Test func `Weights use both bytes`() throws {
    for weight: UInt32 in [1, 255, 256, 257, 65535] {
      let group = NexthopGroup(id: 9, members: [.init(id: 1, weight: weight)])
      let written = try encoded { try group.encode(into: &$0) }
      #expect(try Self.read(written) == .group(group), "weight \(weight)")
    }
    for weight: UInt32 in [0, 65536, .max] {
      let group = NexthopGroup(id: 9, members: [.init(id: 1, weight: weight)])
      #expect(throws: WireError.tooLong, "weight \(weight)") { try encoded { try group.encode(into: &$0) } }
    }
  }

  @Test func `A group has as many members as one attribute holds`() throws {
    let group = NexthopGroup(id: 9, members: (1...8191).map { .init(id: $0) })
    let written = try encoded { try group.encode(into: &$0) }
    #expect(try Self.read(written) == .group(group))
    let larger = NexthopGroup(id: 9, members: (1...8192).map { .init(id: $0) })
    #expect(throws: WireError.tooLong) { try encoded { try larger.encode(into: &$0) } }
  }

  @Test func `Packet counters of eight bytes are read whole`() throws {
    let wide = """
      0000000000000000 0800010032000000 0c0002000100000000000000
      24000f80 20000180 0800010001000000 0c0002000100000001000000 0800030007000000
      """
    guard case .group(let group) = try Self.read(bytes(hex: wide)) else {
      Issue.record("not a group")
      return
    }
    #expect(group.statistics == [.init(id: 1, packets: 0x1_0000_0001, hardwarePackets: 7)])
  }

  @Test func `A bucket is read with its place`() throws {
    let hex = "0000000008000000 0800010033000000 20000d80 0600010002000000 0800030001000000 0c0002009f00000000000000"
    let message = try decoded(bytes(hex: hex)) { (wire) throws(WireError) in try BucketMessage(wire: wire) }
    #expect(message?.group == 51)
    #expect(message?.index == 2)
    #expect(message?.bucket == NexthopBucket(nexthop: 1, idleTime: 0x9f, flags: 8))
  }
}
