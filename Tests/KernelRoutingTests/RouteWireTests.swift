import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct RouteWireTests {
  static let one = RouteLeg(gateway: address("10.0.1.2"), interface: 3)
  static let two = RouteLeg(gateway: address("10.0.2.2"), interface: 5)
  static let six = RouteLeg(gateway: address("2001:db8:1::2"), interface: 3)

  static func route(
    _ destination: String, _ nexthops: RouteNexthops, _ change: (inout Route) -> Void = { _ in }
  ) -> Route {
    var route = Route(destination: prefix(destination), nexthops: nexthops)
    if route.family == .ipv6 {
      route.metric = 1024
      route.preference = 0
    }
    change(&route)
    return route
  }

  static let noCacheInfo = String(repeating: "00", count: 32)

  static let captures: [Capture<Route>] = [
    Capture(
      "ip route add 10.1.0.0/16 via 10.0.1.2",
      "02100000fe0300010000000008000f00fe000000080001000a010000080005000a0001020800040003000000",
      route("10.1.0.0/16", .legs(.single(one)))),
    Capture(
      """
      ip route add 10.2.0.0/16 metric 7 proto bird table 4242 \
      nexthop via 10.0.1.2 dev o1 weight 2 nexthop via 10.0.2.2 dev o2 weight 256 onlink
      """,
      """
      02100000fc0c00010000000008000f0092100000080001000a0200000800060007000000
      240009001000000103000000080005000a000102100004ff05000000080005000a000202
      """,
      route(
        "10.2.0.0/16",
        .legs(
          .multipath([
            RouteLeg(gateway: one.gateway, interface: 3, weight: 2),
            RouteLeg(gateway: two.gateway, interface: 5, weight: 256, flags: .onlink),
          ]))
      ) {
        $0.metric = 7
        $0.protocol = 12
        $0.table = 4242
      }),
    Capture(
      "ip route add 10.3.0.0/16 nhid 50, with nexthop_compat_mode 1",
      """
      02100000fe0300010000000008000f00fe000000080001000a03000008001e0032000000
      240009001000000003000000080005000a000102100000c705000000080005000a000202
      """,
      route(
        "10.3.0.0/16",
        .object(
          id: 50,
          expansion: .multipath([one, RouteLeg(gateway: two.gateway, interface: 5, weight: 200)])))),
    Capture(
      "ip route add 10.3.0.0/16 nhid 50, with nexthop_compat_mode 0",
      "02100000fe0300010000000008000f00fe000000080001000a03000008001e0032000000",
      route("10.3.0.0/16", .object(id: 50, expansion: .none))),
    Capture(
      "ip route add 10.4.0.0/16 nhid 2 tos 0x10",
      "02100010fe0300010000000008000f00fe000000080001000a04000008001e0002000000080005000a0002020800040005000000",
      route("10.4.0.0/16", .object(id: 2, expansion: .single(two))) { $0.tos = 0x10 }),
    Capture(
      "ip route add unreachable 10.5.0.0/16 metric 100",
      "02100000fe0300070000000008000f00fe000000080001000a0500000800060064000000",
      route("10.5.0.0/16", .legs(.none)) {
        $0.type = .unreachable
        $0.metric = 100
      }),
    Capture(
      "ip route add throw 10.8.0.0/16 table 99",
      "02100000630300090000000008000f0063000000080001000a080000",
      route("10.8.0.0/16", .legs(.none)) {
        $0.type = .throw
        $0.table = 99
      }),
    Capture(
      "ip route add 10.9.0.0/16 via inet6 2001:db8:1::2 dev o1",
      """
      02100000fe0300010000000008000f00fe000000080001000a090000
      160012000a0020010db800010000000000000000000200000800040003000000
      """,
      route("10.9.0.0/16", .legs(.single(six)))),
    Capture(
      """
      ip route add 10.10.0.0/16 via 10.0.1.2 mtu lock 1300 advmss 1200 congctl cubic rto_min 20ms src 10.0.1.1 realm 3/4
      """,
      """
      02100000fe0300010000000008000f00fe000000080001000a0a0000300008000800010004200000080002001405000008000800b0040000
      08000d00140000000a0010006375626963000000080007000a000101080005000a000102080004000300000008000b0004000300
      """,
      route("10.10.0.0/16", .legs(.single(one))) {
        $0.preferredSource = address("10.0.1.1")
        var extras = RouteExtras()
        extras.realms = 0x0003_0004
        extras.metrics = [
          RouteMetric(kind: 1, value: 0x2004), RouteMetric(kind: 2, value: 1300), RouteMetric(kind: 8, value: 1200),
          RouteMetric(kind: 13, value: 20), RouteMetric(kind: 16, value: 0, name: "cubic"),
        ]
        $0.extras = extras
      }),
    Capture(
      "ip route add 10.11.0.0/16 encap mpls 16/17 via 10.0.1.2",
      """
      02100000fe0300010000000008000f00fe000000080001000a0b0000080005000a0001020800040003000000
      100016000c00010000010000000111000600150001000000
      """,
      route(
        "10.11.0.0/16",
        .legs(
          .single(
            RouteLeg(
              gateway: one.gateway, interface: 3,
              encapsulation: Encapsulation(type: 1, attributes: bytes(hex: "0c000100 00010000 00011100"))))))),
    Capture(
      "ip route add 10.13.0.0/16 nexthop via 10.0.1.2 dev o1 nexthop via inet6 2001:db8:1::2 dev o1 realm 5",
      """
      02100000fe0300010000000008000f00fe000000080001000a0d00003c0009001000000003000000080005000a000102
      2800000003000000160012000a0020010db8000100000000000000000002000008000b0005000000
      """,
      route(
        "10.13.0.0/16",
        .legs(.multipath([one, RouteLeg(gateway: six.gateway, interface: 3, realms: 5)])))),
    Capture(
      "the local route of an address",
      "02200000ff02fe020000000008000f00ff000000080001000a000101080007000a0001010800040003000000",
      route("10.0.1.1/32", .legs(.single(RouteLeg(interface: 3)))) {
        $0.table = RouteTable.local
        $0.type = .local
        $0.protocol = 2
        $0.scope = 254
        $0.preferredSource = address("10.0.1.1")
      }),
    Capture(
      "ip -6 route add 2001:db8:b::/48 metric 5 pref high nexthop via 2001:db8:1::2 dev o1 nexthop … dev o2 weight 3",
      """
      0a300000fe0300010000000008000f00fe0000001400010020010db8000b000000000000000000000800060005000000
      3c0009001c000000030000001400050020010db80001000000000000000000021c000002050000001400050020010db80002
      000000000000000000022400 0c00 \(noCacheInfo) 0500140001000000
      """,
      route(
        "2001:db8:b::/48",
        .legs(.multipath([six, RouteLeg(gateway: address("2001:db8:2::2"), interface: 5, weight: 3)]))
      ) {
        $0.metric = 5
        $0.preference = 1
      }),
    Capture(
      "ip -6 route add unreachable 2001:db8:d::/48",
      """
      0a300000fe0300070000000008000f00fe0000001400010020010db8000d000000000000000000000800060000040000
      080004000100000024000c00 \(noCacheInfo) 0500140000000000
      """,
      route("2001:db8:d::/48", .legs(.single(RouteLeg(interface: 1)))) { $0.type = .unreachable }),
    Capture(
      "ip -6 route add 2001:db8:e::/48 from 2001:db8:1::/64 dev o1 expires 500",
      """
      0a304000fe0300010000000008000f00fe0000001400010020010db8000e000000000000000000001400020020010db80001
      000000000000000000000800060000040000080004000300000024000c00 0000000000000000 46c30000
      0000000000000000000000000000000000000000 0500140000000000
      """,
      route("2001:db8:e::/48", .legs(.single(RouteLeg(interface: 3)))) {
        $0.source = prefix("2001:db8:1::/64")
        var extras = RouteExtras()
        extras.expires = 49990
        $0.extras = extras
      }),
    Capture(
      "ip -6 route add default via fe80::1 dev o1",
      """
      0a000000fe0300010000000008000f00fe000000080006000004000014000500fe800000000000000000000000000001
      080004000300000024000c00 \(noCacheInfo) 0500140000000000
      """,
      route("::/0", .legs(.single(RouteLeg(gateway: address("fe80::1"), interface: 3))))),
  ]

  @Test(arguments: captures)
  func `A route is read as the command wrote it`(capture: Capture<Route>) throws {
    #expect(try decodedRoute(bytes(hex: capture.hex)) == capture.value)
  }

  @Test(arguments: captures)
  func `What is written reads as the same route, but for what only the kernel knows`(capture: Capture<Route>) throws {
    let written = try encoded { try capture.value.encode(into: &$0) }
    var expected = capture.value
    if case .object(let id, _) = expected.nexthops { expected.nexthops = .object(id: id, expansion: .none) }
    expected.extras?.expires = nil
    if expected.extras == RouteExtras() { expected.extras = nil }
    #expect(try decodedRoute(written) == expected)
  }

  @Test(arguments: [
    (
      "ip route add 10.2.0.0/16 metric 7 proto bird table 4242 nexthop … weight 2 nexthop … weight 256 onlink",
      """
      02100000000c000100000000080001000a020000080006000700000008000f0092100000
      240009001000000103000000080005000a000102100004ff05000000080005000a000202
      """, 1
    ),
    (
      "ip route add 10.3.0.0/16 nhid 50",
      "02100000fe03000100000000080001000a03000008001e0032000000", 3
    ),
  ])
  func `The command's own request reads as the route that it makes`(command: String, hex: String, index: Int) throws {
    let made = try #require(try decodedRoute(bytes(hex: hex)), "\(command)")
    #expect(made == Self.captures[index].value)
  }

  @Test func `A weight beyond 256 can not be written into a route`() {
    let route = Self.route("10.0.0.0/8", .legs(.multipath([RouteLeg(interface: 3, weight: 257)])))
    #expect(throws: WireError.tooLong) { try encoded { try route.encode(into: &$0) } }
  }

  @Test func `Routes of other families are nothing, and unknown attributes are skipped`() throws {
    let plain = bytes(hex: Self.captures[0].hex)
    for family in [UInt8(0), 28, 128, 255] {
      #expect(try decodedRoute([family] + plain.dropFirst()) == nil)
    }
    let future = bytes(hex: "0800e70301020304 04006200")
    #expect(try decodedRoute(plain + future) == Self.captures[0].value)
  }

  @Test func `Equal multipaths are read once, and another family is not confused with them`() throws {
    let multipath = bytes(hex: "1000000003000000080005000a000102")
    var table = LegTable()
    let first = try multipath.withRawSpan { (wire) throws(WireError) in try table.legs(wire, family: .ipv4) }
    let second = try multipath.withRawSpan { (wire) throws(WireError) in try table.legs(wire, family: .ipv4) }
    #expect(first == .multipath([Self.one]))
    #expect(first == second && table.entries.count == 1)
    #expect(throws: WireError.addressLength(4)) {
      try multipath.withRawSpan { (wire) throws(WireError) in try table.legs(wire, family: .ipv6) }
    }
  }

  /// The bytes of a message to 10.N.0.0/16 over a nexthop object, with the attributes in the kernel's order.
  static func message(_ second: UInt8, object: UInt32) -> [UInt8] {
    bytes(hex: "02100000fe0300010000000008000f00fe000000") + bytes(hex: "08000100") + [10, second, 0, 0]
      + bytes(hex: "08001e00") + AttributeWriter.bytes(of: object)
  }

  static func read(_ message: [UInt8], _ table: inout RouteAttributeTable) throws -> Route {
    try #require(
      try message.withRawSpan { (wire) throws(WireError) in try Route(wire: wire, sharing: &table) })
  }

  @Test func `Messages that differ in their destination alone share their attributes`() throws {
    var table = RouteAttributeTable()
    for second in 0..<200 as Range<UInt8> {
      for object in [50, 51] as [UInt32] {
        let route = try Self.read(Self.message(second, object: object), &table)
        #expect(route == Self.route("10.\(second).0.0/16", .object(id: object, expansion: .none)))
      }
    }
    #expect(table.count == 2)
    // The length of the destination is no part of the attributes; the default route has no attribute for it.
    var shorter = Self.message(0, object: 50)
    shorter[1] = 8
    #expect(try Self.read(shorter, &table) == Self.route("10.0.0.0/8", .object(id: 50, expansion: .none)))
    #expect(table.count == 2)
    let all = bytes(hex: "02000000fe0300010000000008000f00fe00000008001e0032000000")
    #expect(try Self.read(all, &table) == Self.route("0.0.0.0/0", .object(id: 50, expansion: .none)))
    #expect(table.count == 3)
  }

  @Test func `A message is not taken for one that has the same bytes in other places`() throws {
    var table = RouteAttributeTable()
    let first = bytes(hex: "02100000fe03000100000000") + bytes(hex: "080001000a010000") + bytes(hex: "0800060007000000")
    let second =
      bytes(hex: "02100000fe03000100000000") + bytes(hex: "0800060007000000") + bytes(hex: "080001000a020000")
    let third = bytes(hex: "02100000fe03000100000000") + bytes(hex: "0800060007000000")
    let expected = [("10.1.0.0/16", first), ("10.2.0.0/16", second), ("0.0.0.0/0", third)]
    for (destination, message) in expected + expected {
      let route = try Self.read(message, &table)
      #expect(route == Self.route(destination, .legs(.none)) { $0.metric = 7 }, "\(destination)")
    }
  }

  @Test func `A table with more kinds of routes than are kept is read all the same`() throws {
    var table = RouteAttributeTable()
    for round in 0..<2 {
      for object in 1...10_000 as ClosedRange<UInt32> {
        let route = try Self.read(Self.message(UInt8(truncatingIfNeeded: object), object: object), &table)
        #expect(
          route.nexthopID == object && route.destination.address.ipv4Value >> 16 & 255 == object & 255, "\(round)")
      }
    }
    #expect(table.count <= 4096)
  }

  @Test func `A message that is cut in its attributes is an error, also where the rest is known`() throws {
    var table = RouteAttributeTable()
    let whole = Self.message(1, object: 50)
    _ = try Self.read(whole, &table)
    for count in Route.headerSize..<whole.count where !(count - Route.headerSize).isMultiple(of: 8) {
      // Up to three bytes behind an attribute are taken for padding.
      guard (count - Route.headerSize) % 8 > 3 else { continue }
      #expect(throws: WireError.self) { try Self.read(Array(whole.prefix(count)), &table) }
    }
  }
}
