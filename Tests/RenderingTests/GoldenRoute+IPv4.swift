import Routing

extension GoldenRoute {
  static let ofIPv4: [GoldenRoute] = [
    GoldenRoute(
      "ip route add 10.2.14.0/24 via 10.1.0.2 proto 99 table 100",
      route("10.2.14.0/24", table: 100, proto: 99, .single(leg("10.1.0.2", dev: 3))),
      text: "10.2.14.0/24 via 10.1.0.2 dev lab0 table 100 proto openr ",
      details: "unicast 10.2.14.0/24 via 10.1.0.2 dev lab0 table 100 proto openr scope global ",
      json: """
        {"dst":"10.2.14.0/24","gateway":"10.1.0.2","dev":"lab0","table":"100","protocol":"openr","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.14.0/24","gateway":"10.1.0.2","dev":"lab0","table":"100","protocol":"openr",\
        "scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.15.0/24 via 10.1.0.2 table 70000",
      route("10.2.15.0/24", table: 70000, .single(leg("10.1.0.2", dev: 3))),
      text: "10.2.15.0/24 via 10.1.0.2 dev lab0 table 70000 ",
      details: "unicast 10.2.15.0/24 via 10.1.0.2 dev lab0 table 70000 proto boot scope global ",
      json: """
        {"dst":"10.2.15.0/24","gateway":"10.1.0.2","dev":"lab0","table":"70000","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.15.0/24","gateway":"10.1.0.2","dev":"lab0","table":"70000",\
        "protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.16.0/24 via 10.1.0.2 table default",
      route("10.2.16.0/24", table: 253, .single(leg("10.1.0.2", dev: 3))),
      text: "10.2.16.0/24 via 10.1.0.2 dev lab0 table default ",
      details: "unicast 10.2.16.0/24 via 10.1.0.2 dev lab0 table default proto boot scope global ",
      json: """
        {"dst":"10.2.16.0/24","gateway":"10.1.0.2","dev":"lab0","table":"default","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.16.0/24","gateway":"10.1.0.2","dev":"lab0","table":"default",\
        "protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add default via 10.1.0.2 dev lab0",
      route("0.0.0.0/0", .single(leg("10.1.0.2", dev: 3))),
      text: "default via 10.1.0.2 dev lab0 ",
      details: "unicast default via 10.1.0.2 dev lab0 table main proto boot scope global ",
      json: """
        {"dst":"default","gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"default","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add default via 10.1.1.2 dev lab1 metric 4278198272",
      route("0.0.0.0/0", metric: 4_278_198_272, .single(leg("10.1.1.2", dev: 5))),
      text: "default via 10.1.1.2 dev lab1 metric 4278198272 ",
      details: """
        unicast default via 10.1.1.2 dev lab1 table main proto boot scope global metric 4278198272\u{20}
        """,
      json: """
        {"dst":"default","gateway":"10.1.1.2","dev":"lab1","metric":4278198272,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"default","gateway":"10.1.1.2","dev":"lab1","table":"main","protocol":"boot",\
        "scope":"global","metric":4278198272,"flags":[]}
        """),
    GoldenRoute(
      "a connected subnet",
      route("10.1.0.0/24", proto: 2, scope: 253, .single(leg(dev: 3)), src: "10.1.0.1"),
      text: "10.1.0.0/24 dev lab0 proto kernel scope link src 10.1.0.1 ",
      details: "unicast 10.1.0.0/24 dev lab0 table main proto kernel scope link src 10.1.0.1 ",
      json: """
        {"dst":"10.1.0.0/24","dev":"lab0","protocol":"kernel","scope":"link","prefsrc":"10.1.0.1","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.1.0.0/24","dev":"lab0","table":"main","protocol":"kernel","scope":"link",\
        "prefsrc":"10.1.0.1","flags":[]}
        """),
    GoldenRoute(
      "a connected subnet without carrier",
      route("10.1.9.0/24", proto: 2, scope: 253, flags: 16, .single(leg(dev: 11, flags: 16)), src: "10.1.9.1"),
      text: "10.1.9.0/24 dev down0 proto kernel scope link src 10.1.9.1 linkdown ",
      details: "unicast 10.1.9.0/24 dev down0 table main proto kernel scope link src 10.1.9.1 linkdown ",
      json: """
        {"dst":"10.1.9.0/24","dev":"down0","protocol":"kernel","scope":"link","prefsrc":"10.1.9.1",\
        "flags":["linkdown"]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.1.9.0/24","dev":"down0","table":"main","protocol":"kernel","scope":"link",\
        "prefsrc":"10.1.9.1","flags":["linkdown"]}
        """),
    GoldenRoute(
      "ip route add 10.2.0.0/16 via 10.1.0.2 proto static",
      route("10.2.0.0/16", proto: 4, .single(leg("10.1.0.2", dev: 3))),
      text: "10.2.0.0/16 via 10.1.0.2 dev lab0 proto static ",
      details: "unicast 10.2.0.0/16 via 10.1.0.2 dev lab0 table main proto static scope global ",
      json: """
        {"dst":"10.2.0.0/16","gateway":"10.1.0.2","dev":"lab0","protocol":"static","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.0.0/16","gateway":"10.1.0.2","dev":"lab0","table":"main",\
        "protocol":"static","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.1.0/24 nexthop via 10.1.0.2 nexthop via 10.1.1.2",
      route("10.2.1.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5)])),
      text: """
        10.2.1.0/24 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 10.2.1.0/24 table main proto boot scope global \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \
        \n\tnexthop via 10.1.1.2 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"10.2.1.0/24","flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.1.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1",\
        "weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      """
      ip route add 10.2.2.0/24 proto bgp metric 20 src 10.1.0.1 nexthop via 10.1.0.2 weight 3 nexthop via \
      10.1.1.2 weight 256 nexthop via 10.1.2.2
      """,
      route(
        "10.2.2.0/24", metric: 20, proto: 186,
        .multipath([
          leg("10.1.0.2", dev: 3, weight: 3),
          leg(
            "10.1.1.2",
            dev: 5, weight: 256), leg("10.1.2.2", dev: 7),
        ]), src: "10.1.0.1"),
      text: """
        10.2.2.0/24 proto bgp src 10.1.0.1 metric 20 \n\tnexthop via 10.1.0.2 dev lab0 weight 3 \n\tnexthop via \
        10.1.1.2 dev lab1 weight 256 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      details: """
        unicast 10.2.2.0/24 table main proto bgp scope global src 10.1.0.1 metric 20 \n\tnexthop via 10.1.0.2 dev \
        lab0 weight 3 \n\tnexthop via 10.1.1.2 dev lab1 weight 256 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      json: """
        {"dst":"10.2.2.0/24","protocol":"bgp","prefsrc":"10.1.0.1","metric":20,"flags":[],\
        "nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":3,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1",\
        "weight":256,"flags":[]},{"gateway":"10.1.2.2","dev":"lab2","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.2.0/24","table":"main","protocol":"bgp","scope":"global",\
        "prefsrc":"10.1.0.1","metric":20,"flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":3,\
        "flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":256,"flags":[]},{"gateway":"10.1.2.2",\
        "dev":"lab2","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.2.3.0/24 nexthop via 10.1.0.2 nexthop via 10.99.0.1 dev lab1 onlink",
      route("10.2.3.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.99.0.1", dev: 5, flags: 4)])),
      text: """
        10.2.3.0/24 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.99.0.1 dev lab1 weight 1 onlink\u{20}
        """,
      details: """
        unicast 10.2.3.0/24 table main proto boot scope global \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \
        \n\tnexthop via 10.99.0.1 dev lab1 weight 1 onlink\u{20}
        """,
      json: """
        {"dst":"10.2.3.0/24","flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.99.0.1","dev":"lab1","weight":1,"flags":["onlink"]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.3.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},{"gateway":"10.99.0.1","dev":"lab1",\
        "weight":1,"flags":["onlink"]}]}
        """),
    GoldenRoute(
      "ip route add 10.2.4.0/24 nexthop via inet6 fe80::1 dev lab0 nexthop via 10.1.1.2",
      route("10.2.4.0/24", .multipath([leg("fe80::1", dev: 3), leg("10.1.1.2", dev: 5)])),
      text: """
        10.2.4.0/24 \n\tnexthop via inet6 fe80::1 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 10.2.4.0/24 table main proto boot scope global \n\tnexthop via inet6 fe80::1 dev lab0 weight 1 \
        \n\tnexthop via 10.1.1.2 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"10.2.4.0/24","flags":[],"nexthops":[{"via":{"family":"inet6","host":"fe80::1"},"dev":"lab0",\
        "weight":1,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.4.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"via":{"family":"inet6","host":"fe80::1"},"dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.2.5.0/24 nexthop dev lab0 weight 2 nexthop dev lab1",
      route("10.2.5.0/24", .multipath([leg(dev: 3, weight: 2), leg(dev: 5)])),
      text: "10.2.5.0/24 \n\tnexthop dev lab0 weight 2 \n\tnexthop dev lab1 weight 1 ",
      details: """
        unicast 10.2.5.0/24 table main proto boot scope global \n\tnexthop dev lab0 weight 2 \n\tnexthop dev lab1 \
        weight 1\u{20}
        """,
      json: """
        {"dst":"10.2.5.0/24","flags":[],"nexthops":[{"dev":"lab0","weight":2,"flags":[]},{"dev":"lab1","weight":1,\
        "flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.5.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"dev":"lab0","weight":2,"flags":[]},{"dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.2.6.0/24 nexthop via 10.1.0.2 nexthop via 10.1.9.2 dev down0",
      route("10.2.6.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.1.9.2", dev: 11, flags: 16)])),
      text: """
        10.2.6.0/24 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.9.2 dev down0 weight 1 \
        linkdown\u{20}
        """,
      details: """
        unicast 10.2.6.0/24 table main proto boot scope global \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \
        \n\tnexthop via 10.1.9.2 dev down0 weight 1 linkdown\u{20}
        """,
      json: """
        {"dst":"10.2.6.0/24","flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.1.9.2","dev":"down0","weight":1,"flags":["linkdown"]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.6.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},{"gateway":"10.1.9.2","dev":"down0",\
        "weight":1,"flags":["linkdown"]}]}
        """),
    GoldenRoute(
      "ip route add 10.2.7.0/24 via 10.1.9.2 dev down0",
      route("10.2.7.0/24", flags: 16, .single(leg("10.1.9.2", dev: 11, flags: 16))),
      text: "10.2.7.0/24 via 10.1.9.2 dev down0 linkdown ",
      details: "unicast 10.2.7.0/24 via 10.1.9.2 dev down0 table main proto boot scope global linkdown ",
      json: """
        {"dst":"10.2.7.0/24","gateway":"10.1.9.2","dev":"down0","flags":["linkdown"]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.7.0/24","gateway":"10.1.9.2","dev":"down0","table":"main","protocol":"boot",\
        "scope":"global","flags":["linkdown"]}
        """),
    GoldenRoute(
      "ip route add 10.2.8.0/24 via inet6 2001:db8:1:0::2 dev lab0",
      route("10.2.8.0/24", .single(leg("2001:db8:1::2", dev: 3))),
      text: "10.2.8.0/24 via inet6 2001:db8:1::2 dev lab0 ",
      details: "unicast 10.2.8.0/24 via inet6 2001:db8:1::2 dev lab0 table main proto boot scope global ",
      json: """
        {"dst":"10.2.8.0/24","via":{"family":"inet6","host":"2001:db8:1::2"},"dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.8.0/24","via":{"family":"inet6","host":"2001:db8:1::2"},"dev":"lab0",\
        "table":"main","protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.9.0/24 via 10.99.0.1 dev lab2 onlink",
      route("10.2.9.0/24", flags: 4, .single(leg("10.99.0.1", dev: 7, flags: 4))),
      text: "10.2.9.0/24 via 10.99.0.1 dev lab2 onlink ",
      details: "unicast 10.2.9.0/24 via 10.99.0.1 dev lab2 table main proto boot scope global onlink ",
      json: """
        {"dst":"10.2.9.0/24","gateway":"10.99.0.1","dev":"lab2","flags":["onlink"]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.9.0/24","gateway":"10.99.0.1","dev":"lab2","table":"main","protocol":"boot",\
        "scope":"global","flags":["onlink"]}
        """),
    GoldenRoute(
      "ip route add 10.2.10.1 dev lab0",
      route("10.2.10.1/32", scope: 253, .single(leg(dev: 3))),
      text: "10.2.10.1 dev lab0 scope link ",
      details: "unicast 10.2.10.1 dev lab0 table main proto boot scope link ",
      json: """
        {"dst":"10.2.10.1","dev":"lab0","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.10.1","dev":"lab0","table":"main","protocol":"boot","scope":"link",\
        "flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.11.0/24 dev lab0 scope link proto zebra",
      route("10.2.11.0/24", proto: 11, scope: 253, .single(leg(dev: 3))),
      text: "10.2.11.0/24 dev lab0 proto zebra scope link ",
      details: "unicast 10.2.11.0/24 dev lab0 table main proto zebra scope link ",
      json: """
        {"dst":"10.2.11.0/24","dev":"lab0","protocol":"zebra","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.11.0/24","dev":"lab0","table":"main","protocol":"zebra","scope":"link",\
        "flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.12.0/24 via 10.1.0.2 tos 0x10",
      route("10.2.12.0/24", tos: 16, .single(leg("10.1.0.2", dev: 3))),
      text: "10.2.12.0/24 tos 0x10 via 10.1.0.2 dev lab0 ",
      details: "unicast 10.2.12.0/24 tos 0x10 via 10.1.0.2 dev lab0 table main proto boot scope global ",
      json: """
        {"dst":"10.2.12.0/24","tos":"0x10","gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.12.0/24","tos":"0x10","gateway":"10.1.0.2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.12.0/24 via 10.1.1.2 tos 0x04",
      route("10.2.12.0/24", tos: 4, .single(leg("10.1.1.2", dev: 5))),
      text: "10.2.12.0/24 tos 0x04 via 10.1.1.2 dev lab1 ",
      details: "unicast 10.2.12.0/24 tos 0x04 via 10.1.1.2 dev lab1 table main proto boot scope global ",
      json: """
        {"dst":"10.2.12.0/24","tos":"0x04","gateway":"10.1.1.2","dev":"lab1","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.12.0/24","tos":"0x04","gateway":"10.1.1.2","dev":"lab1","table":"main",\
        "protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.13.0/24 via 10.1.0.2 proto 77",
      route("10.2.13.0/24", proto: 77, .single(leg("10.1.0.2", dev: 3))),
      text: "10.2.13.0/24 via 10.1.0.2 dev lab0 proto 77 ",
      details: "unicast 10.2.13.0/24 via 10.1.0.2 dev lab0 table main proto 77 scope global ",
      json: """
        {"dst":"10.2.13.0/24","gateway":"10.1.0.2","dev":"lab0","protocol":"77","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.13.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"77",\
        "scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.2.17.0/24 dev lab1 scope 30",
      route("10.2.17.0/24", scope: 30, .single(leg(dev: 5))),
      text: "10.2.17.0/24 dev lab1 scope 30 ",
      details: "unicast 10.2.17.0/24 dev lab1 table main proto boot scope 30 ",
      json: """
        {"dst":"10.2.17.0/24","dev":"lab1","scope":"30","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.2.17.0/24","dev":"lab1","table":"main","protocol":"boot","scope":"30",\
        "flags":[]}
        """),
    GoldenRoute(
      "a broadcast address of the machine",
      route("10.1.0.255/32", table: 255, type: .broadcast, proto: 2, scope: 253, .single(leg(dev: 3)), src: "10.1.0.1"),
      text: "broadcast 10.1.0.255 dev lab0 table local proto kernel scope link src 10.1.0.1 ",
      details: "broadcast 10.1.0.255 dev lab0 table local proto kernel scope link src 10.1.0.1 ",
      json: """
        {"type":"broadcast","dst":"10.1.0.255","dev":"lab0","table":"local","protocol":"kernel","scope":"link",\
        "prefsrc":"10.1.0.1","flags":[]}
        """,
      detailedJSON: """
        {"type":"broadcast","dst":"10.1.0.255","dev":"lab0","table":"local","protocol":"kernel","scope":"link",\
        "prefsrc":"10.1.0.1","flags":[]}
        """),
  ]
}
