import Routing

extension GoldenNexthop {
  static let all: [GoldenNexthop] = [
    GoldenNexthop(
      .single(nexthop(1, .device(interface: 3, gateway: address("10.1.0.2"), encapsulation: nil), scope: 253)),
      text: "id 1 via 10.1.0.2 dev lab0 scope link ",
      details: "id 1 via 10.1.0.2 dev lab0 scope link proto unspec ",
      json: """
        {"id":1,"gateway":"10.1.0.2","dev":"lab0","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":1,"gateway":"10.1.0.2","dev":"lab0","scope":"link","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          2, .device(interface: 5, gateway: address("10.1.1.2"), encapsulation: nil), proto: 4,
          scope: 253)),
      text: "id 2 via 10.1.1.2 dev lab1 scope link proto static ",
      details: "id 2 via 10.1.1.2 dev lab1 scope link proto static ",
      json: """
        {"id":2,"gateway":"10.1.1.2","dev":"lab1","scope":"link","protocol":"static","flags":[]}
        """,
      detailedJSON: """
        {"id":2,"gateway":"10.1.1.2","dev":"lab1","scope":"link","protocol":"static","flags":[]}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          3, .device(interface: 7, gateway: address("10.1.2.2"), encapsulation: nil), proto: 11,
          scope: 253)),
      text: "id 3 via 10.1.2.2 dev lab2 scope link proto zebra ",
      details: "id 3 via 10.1.2.2 dev lab2 scope link proto zebra ",
      json: """
        {"id":3,"gateway":"10.1.2.2","dev":"lab2","scope":"link","protocol":"zebra","flags":[]}
        """,
      detailedJSON: """
        {"id":3,"gateway":"10.1.2.2","dev":"lab2","scope":"link","protocol":"zebra","flags":[]}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          4, .device(interface: 9, gateway: address("10.99.0.1"), encapsulation: nil), scope: 253,
          flags: 4)),
      text: "id 4 via 10.99.0.1 dev lab3 scope link onlink ",
      details: "id 4 via 10.99.0.1 dev lab3 scope link proto unspec onlink ",
      json: """
        {"id":4,"gateway":"10.99.0.1","dev":"lab3","scope":"link","flags":["onlink"]}
        """,
      detailedJSON: """
        {"id":4,"gateway":"10.99.0.1","dev":"lab3","scope":"link","protocol":"unspec","flags":["onlink"]}
        """),
    GoldenNexthop(
      .single(nexthop(5, .device(interface: 3, gateway: nil, encapsulation: nil), scope: 254)),
      text: "id 5 dev lab0 scope host ",
      details: "id 5 dev lab0 scope host proto unspec ",
      json: """
        {"id":5,"dev":"lab0","scope":"host","flags":[]}
        """,
      detailedJSON: """
        {"id":5,"dev":"lab0","scope":"host","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(nexthop(6, .blackhole)),
      text: "id 6 blackhole ",
      details: "id 6 scope global blackhole proto unspec ",
      json: """
        {"id":6,"blackhole":null,"flags":[]}
        """,
      detailedJSON: """
        {"id":6,"scope":"global","blackhole":null,"protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(nexthop(8, .fdb(gateway: address("10.7.7.7")), scope: 253)),
      text: "id 8 via 10.7.7.7 scope link fdb",
      details: "id 8 via 10.7.7.7 scope link proto unspec fdb",
      json: """
        {"id":8,"gateway":"10.7.7.7","scope":"link","flags":[],"fdb":null}
        """,
      detailedJSON: """
        {"id":8,"gateway":"10.7.7.7","scope":"link","protocol":"unspec","flags":[],"fdb":null}
        """),
    GoldenNexthop(
      .single(nexthop(9, .fdb(gateway: address("10.7.7.8")), scope: 253)),
      text: "id 9 via 10.7.7.8 scope link fdb",
      details: "id 9 via 10.7.7.8 scope link proto unspec fdb",
      json: """
        {"id":9,"gateway":"10.7.7.8","scope":"link","flags":[],"fdb":null}
        """,
      detailedJSON: """
        {"id":9,"gateway":"10.7.7.8","scope":"link","protocol":"unspec","flags":[],"fdb":null}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          11, family: .ipv6,
          .device(
            interface: 3, gateway: address("2001:db8:1::2"),
            encapsulation: nil), scope: 253)),
      text: "id 11 via 2001:db8:1::2 dev lab0 scope link ",
      details: "id 11 via 2001:db8:1::2 dev lab0 scope link proto unspec ",
      json: """
        {"id":11,"gateway":"2001:db8:1::2","dev":"lab0","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":11,"gateway":"2001:db8:1::2","dev":"lab0","scope":"link","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          12, family: .ipv6, .device(interface: 5, gateway: address("fe80::2"), encapsulation: nil),
          scope: 253)),
      text: "id 12 via fe80::2 dev lab1 scope link ",
      details: "id 12 via fe80::2 dev lab1 scope link proto unspec ",
      json: """
        {"id":12,"gateway":"fe80::2","dev":"lab1","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":12,"gateway":"fe80::2","dev":"lab1","scope":"link","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(nexthop(13, family: .ipv6, .blackhole)),
      text: "id 13 blackhole ",
      details: "id 13 scope global blackhole proto unspec ",
      json: """
        {"id":13,"blackhole":null,"flags":[]}
        """,
      detailedJSON: """
        {"id":13,"scope":"global","blackhole":null,"protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(nexthop(14, family: .ipv6, .device(interface: 7, gateway: nil, encapsulation: nil), scope: 253)),
      text: "id 14 dev lab2 scope link ",
      details: "id 14 dev lab2 scope link proto unspec ",
      json: """
        {"id":14,"dev":"lab2","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":14,"dev":"lab2","scope":"link","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(nexthop(15, family: .ipv6, .fdb(gateway: address("fd00::8")), scope: 253)),
      text: "id 15 via fd00::8 scope link fdb",
      details: "id 15 via fd00::8 scope link proto unspec fdb",
      json: """
        {"id":15,"gateway":"fd00::8","scope":"link","flags":[],"fdb":null}
        """,
      detailedJSON: """
        {"id":15,"gateway":"fd00::8","scope":"link","protocol":"unspec","flags":[],"fdb":null}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          16,
          .device(
            interface: 3, gateway: address("10.1.0.2"),
            encapsulation: Encapsulation(
              type: 1,
              hex: "0c00010000064000000c8100")), scope: 253)),
      text: "id 16  encap mpls  100/200 via 10.1.0.2 dev lab0 scope link ",
      details: "id 16  encap mpls  100/200 via 10.1.0.2 dev lab0 scope link proto unspec ",
      json: """
        {"id":16,"encap":"mpls","dst":"100/200","gateway":"10.1.0.2","dev":"lab0","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":16,"encap":"mpls","dst":"100/200","gateway":"10.1.0.2","dev":"lab0","scope":"link",\
        "protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .single(
        nexthop(
          17,
          .device(
            interface: 3, gateway: address("10.1.0.2"),
            encapsulation: Encapsulation(
              type: 2,
              hex: "0c0001000000000000000005080002000a090909080003000000000005000500"
                + "0000000005000400000000000600060000000000")),
          scope: 253)),
      text: """
        id 17  encap ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0 scope link\u{20}
        """,
      details: """
        id 17  encap ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"id":17,"encap":"ip","id":5,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,"gateway":"10.1.0.2",\
        "dev":"lab0","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":17,"encap":"ip","id":5,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,"gateway":"10.1.0.2",\
        "dev":"lab0","scope":"link","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .group(NexthopGroup(id: 100, members: [.init(id: 1, weight: 1), .init(id: 2, weight: 1)])),
      text: "id 100 group 1/2 ",
      details: "id 100 group 1/2 scope global proto unspec ",
      json: """
        {"id":100,"group":[{"id":1},{"id":2}],"flags":[]}
        """,
      detailedJSON: """
        {"id":100,"group":[{"id":1},{"id":2}],"scope":"global","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .group(
        NexthopGroup(
          id: 101,
          members: [
            .init(id: 1, weight: 3), .init(id: 2, weight: 256),
            .init(
              id: 3,
              weight: 1),
          ], protocol: 186)),
      text: "id 101 group 1,3/2,256/3 proto bgp ",
      details: "id 101 group 1,3/2,256/3 scope global proto bgp ",
      json: """
        {"id":101,"group":[{"id":1,"weight":3},{"id":2,"weight":256},{"id":3}],"protocol":"bgp","flags":[]}
        """,
      detailedJSON: """
        {"id":101,"group":[{"id":1,"weight":3},{"id":2,"weight":256},{"id":3}],"scope":"global","protocol":"bgp",\
        "flags":[]}
        """),
    GoldenNexthop(
      .group(NexthopGroup(id: 102, members: [.init(id: 1, weight: 1)])),
      text: "id 102 group 1 ",
      details: "id 102 group 1 scope global proto unspec ",
      json: """
        {"id":102,"group":[{"id":1}],"flags":[]}
        """,
      detailedJSON: """
        {"id":102,"group":[{"id":1}],"scope":"global","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .group(NexthopGroup(id: 103, members: [.init(id: 8, weight: 1), .init(id: 9, weight: 1)], isFDB: true)),
      text: "id 103 group 8/9 fdb",
      details: "id 103 group 8/9 scope global proto unspec fdb",
      json: """
        {"id":103,"group":[{"id":8},{"id":9}],"flags":[],"fdb":null}
        """,
      detailedJSON: """
        {"id":103,"group":[{"id":8},{"id":9}],"scope":"global","protocol":"unspec","flags":[],"fdb":null}
        """),
    GoldenNexthop(
      .group(NexthopGroup(id: 104, members: [.init(id: 11, weight: 1), .init(id: 12, weight: 10)])),
      text: "id 104 group 11/12,10 ",
      details: "id 104 group 11/12,10 scope global proto unspec ",
      json: """
        {"id":104,"group":[{"id":11},{"id":12,"weight":10}],"flags":[]}
        """,
      detailedJSON: """
        {"id":104,"group":[{"id":11},{"id":12,"weight":10}],"scope":"global","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .group(NexthopGroup(id: 105, members: [.init(id: 6, weight: 1)])),
      text: "id 105 group 6 ",
      details: "id 105 group 6 scope global proto unspec ",
      json: """
        {"id":105,"group":[{"id":6}],"flags":[]}
        """,
      detailedJSON: """
        {"id":105,"group":[{"id":6}],"scope":"global","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .group(NexthopGroup(id: 106, members: [.init(id: 1, weight: 1), .init(id: 4, weight: 1)])),
      text: "id 106 group 1/4 ",
      details: "id 106 group 1/4 scope global proto unspec ",
      json: """
        {"id":106,"group":[{"id":1},{"id":4}],"flags":[]}
        """,
      detailedJSON: """
        {"id":106,"group":[{"id":1},{"id":4}],"scope":"global","protocol":"unspec","flags":[]}
        """),
    GoldenNexthop(
      .group(
        NexthopGroup(
          id: 110, kind: .resilient,
          members: [
            .init(id: 1, weight: 1), .init(id: 2, weight: 1),
            .init(id: 3, weight: 1),
          ],
          resilient: .init(
            buckets: 8, idleTimer: 6000, unbalancedTimer: 30000,
            unbalancedTime: 0))),
      text: """
        id 110 group 1/2/3 type resilient buckets 8 idle_timer 60 unbalanced_timer 300 unbalanced_time 0\u{20}
        """,
      details: """
        id 110 group 1/2/3 type resilient buckets 8 idle_timer 60 unbalanced_timer 300 unbalanced_time 0 scope \
        global proto unspec\u{20}
        """,
      json: """
        {"id":110,"group":[{"id":1},{"id":2},{"id":3}],"type":"resilient","resilient_args":{"buckets":8,\
        "idle_timer":60,"unbalanced_timer":300,"unbalanced_time":0},"flags":[]}
        """,
      detailedJSON: """
        {"id":110,"group":[{"id":1},{"id":2},{"id":3}],"type":"resilient","resilient_args":{"buckets":8,\
        "idle_timer":60,"unbalanced_timer":300,"unbalanced_time":0},"scope":"global","protocol":"unspec",\
        "flags":[]}
        """),
    GoldenNexthop(
      .group(
        NexthopGroup(
          id: 111, kind: .resilient, members: [.init(id: 1, weight: 3), .init(id: 2, weight: 4)],
          resilient: .init(buckets: 16, idleTimer: 12000, unbalancedTimer: 0, unbalancedTime: 0), protocol: 42)),
      text: """
        id 111 group 1,3/2,4 type resilient buckets 16 idle_timer 120 unbalanced_timer 0 unbalanced_time 0 proto \
        babel\u{20}
        """,
      details: """
        id 111 group 1,3/2,4 type resilient buckets 16 idle_timer 120 unbalanced_timer 0 unbalanced_time 0 scope \
        global proto babel\u{20}
        """,
      json: """
        {"id":111,"group":[{"id":1,"weight":3},{"id":2,"weight":4}],"type":"resilient",\
        "resilient_args":{"buckets":16,"idle_timer":120,"unbalanced_timer":0,"unbalanced_time":0},\
        "protocol":"babel","flags":[]}
        """,
      detailedJSON: """
        {"id":111,"group":[{"id":1,"weight":3},{"id":2,"weight":4}],"type":"resilient",\
        "resilient_args":{"buckets":16,"idle_timer":120,"unbalanced_timer":0,"unbalanced_time":0},\
        "scope":"global","protocol":"babel","flags":[]}
        """),
    GoldenNexthop(
      .group(
        NexthopGroup(
          id: 112, kind: .resilient, members: [.init(id: 11, weight: 1), .init(id: 12, weight: 1)],
          resilient: .init(buckets: 4, idleTimer: 1_000_000_000, unbalancedTimer: 100, unbalancedTime: 0))),
      text: """
        id 112 group 11/12 type resilient buckets 4 idle_timer 1e+07 unbalanced_timer 1 unbalanced_time 0\u{20}
        """,
      details: """
        id 112 group 11/12 type resilient buckets 4 idle_timer 1e+07 unbalanced_timer 1 unbalanced_time 0 scope \
        global proto unspec\u{20}
        """,
      json: """
        {"id":112,"group":[{"id":11},{"id":12}],"type":"resilient","resilient_args":{"buckets":4,\
        "idle_timer":1e+07,"unbalanced_timer":1,"unbalanced_time":0},"flags":[]}
        """,
      detailedJSON: """
        {"id":112,"group":[{"id":11},{"id":12}],"type":"resilient","resilient_args":{"buckets":4,\
        "idle_timer":1e+07,"unbalanced_timer":1,"unbalanced_time":0},"scope":"global","protocol":"unspec",\
        "flags":[]}
        """),
    GoldenNexthop(
      .single(
        nexthop(4_294_967_295, .device(interface: 9, gateway: address("10.1.3.2"), encapsulation: nil), scope: 253)),
      text: "id 4294967295 via 10.1.3.2 dev lab3 scope link ",
      details: "id 4294967295 via 10.1.3.2 dev lab3 scope link proto unspec ",
      json: """
        {"id":4294967295,"gateway":"10.1.3.2","dev":"lab3","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"id":4294967295,"gateway":"10.1.3.2","dev":"lab3","scope":"link","protocol":"unspec","flags":[]}
        """),
  ]
}
