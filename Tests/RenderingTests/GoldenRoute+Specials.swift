import Routing

extension GoldenRoute {
  static let ofSpecials: [GoldenRoute] = [
    GoldenRoute(
      "ip route add throw 10.3.3.0/24 table 100",
      route("10.3.3.0/24", table: 100, type: .throw, .none),
      text: "throw 10.3.3.0/24 table 100 ",
      details: "throw 10.3.3.0/24 table 100 proto boot scope global ",
      json: """
        {"type":"throw","dst":"10.3.3.0/24","table":"100","flags":[]}
        """,
      detailedJSON: """
        {"type":"throw","dst":"10.3.3.0/24","table":"100","protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add blackhole 10.3.0.0/24",
      route("10.3.0.0/24", type: .blackhole, .none),
      text: "blackhole 10.3.0.0/24 ",
      details: "blackhole 10.3.0.0/24 table main proto boot scope global ",
      json: """
        {"type":"blackhole","dst":"10.3.0.0/24","flags":[]}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"10.3.0.0/24","table":"main","protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add unreachable 10.3.1.0/24 metric 5",
      route("10.3.1.0/24", metric: 5, type: .unreachable, .none),
      text: "unreachable 10.3.1.0/24 metric 5 ",
      details: "unreachable 10.3.1.0/24 table main proto boot scope global metric 5 ",
      json: """
        {"type":"unreachable","dst":"10.3.1.0/24","metric":5,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unreachable","dst":"10.3.1.0/24","table":"main","protocol":"boot","scope":"global","metric":5,\
        "flags":[]}
        """),
    GoldenRoute(
      "ip route add prohibit 10.3.2.0/24",
      route("10.3.2.0/24", type: .prohibit, .none),
      text: "prohibit 10.3.2.0/24 ",
      details: "prohibit 10.3.2.0/24 table main proto boot scope global ",
      json: """
        {"type":"prohibit","dst":"10.3.2.0/24","flags":[]}
        """,
      detailedJSON: """
        {"type":"prohibit","dst":"10.3.2.0/24","table":"main","protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.3.7.0/24 via 10.1.0.2 realms 7",
      route("10.3.7.0/24", .single(leg("10.1.0.2", dev: 3)), extras(realms: 7)),
      text: "10.3.7.0/24 via 10.1.0.2 dev lab0 realm 7 ",
      details: "unicast 10.3.7.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global realm 7 ",
      json: """
        {"dst":"10.3.7.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"flow":{"to":"7"}}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.3.7.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"flow":{"to":"7"}}
        """),
    GoldenRoute(
      "ip route add 10.3.8.0/24 via 10.1.0.2 realms 3/200",
      route("10.3.8.0/24", .single(leg("10.1.0.2", dev: 3)), extras(realms: 196808)),
      text: "10.3.8.0/24 via 10.1.0.2 dev lab0 realms 3/200 ",
      details: """
        unicast 10.3.8.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global realms 3/200\u{20}
        """,
      json: """
        {"dst":"10.3.8.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"flow":{"from":"3","to":"200"}}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.3.8.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"flow":{"from":"3","to":"200"}}
        """),
    GoldenRoute(
      "ip route add 10.3.9.0/24 nexthop via 10.1.0.2 realms 3/0 nexthop via 10.1.1.2 realms 9",
      route("10.3.9.0/24", .multipath([leg("10.1.0.2", dev: 3, realms: 196608), leg("10.1.1.2", dev: 5, realms: 9)])),
      text: """
        10.3.9.0/24 \n\tnexthop via 10.1.0.2 realms 3/cosmos dev lab0 weight 1 \n\tnexthop via 10.1.1.2 realm 9 \
        dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 10.3.9.0/24 table main proto boot scope global \n\tnexthop via 10.1.0.2 realms 3/cosmos dev lab0 \
        weight 1 \n\tnexthop via 10.1.1.2 realm 9 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"10.3.9.0/24","flags":[],"nexthops":[{"gateway":"10.1.0.2","flow":{"from":"3","to":"cosmos"},\
        "dev":"lab0","weight":1,"flags":[]},{"gateway":"10.1.1.2","flow":{"to":"9"},"dev":"lab1","weight":1,\
        "flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.3.9.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"gateway":"10.1.0.2","flow":{"from":"3","to":"cosmos"},"dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.1.1.2","flow":{"to":"9"},"dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.4.0.0/24 via 10.1.0.2 mtu 1400 advmss 1360",
      route("10.4.0.0/24", .single(leg("10.1.0.2", dev: 3)), extras(metrics: [(2, 1400, nil), (8, 1360, nil)])),
      text: "10.4.0.0/24 via 10.1.0.2 dev lab0 mtu 1400 advmss 1360 ",
      details: """
        unicast 10.4.0.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global mtu 1400 advmss 1360\u{20}
        """,
      json: """
        {"dst":"10.4.0.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"metrics":[{"mtu":1400,"advmss":1360}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.0.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"metrics":[{"mtu":1400,"advmss":1360}]}
        """),
    GoldenRoute(
      "ip route add 10.4.1.0/24 via 10.1.0.2 mtu lock 1300 window 65535 rtt 25ms rttvar 10ms",
      route(
        "10.4.1.0/24", .single(leg("10.1.0.2", dev: 3)),
        extras(metrics: [
          (1, 4, nil), (2, 1300, nil),
          (
            3,
            65535, nil
          ), (4, 200, nil), (5, 40, nil),
        ])),
      text: "10.4.1.0/24 via 10.1.0.2 dev lab0 mtu lock 1300 window 65535 rtt 25ms rttvar 10ms ",
      details: """
        unicast 10.4.1.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global mtu lock 1300 window 65535 \
        rtt 25ms rttvar 10ms\u{20}
        """,
      json: """
        {"dst":"10.4.1.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"metrics":[{"mtu":1300,"window":65535,\
        "rtt":25,"rttvar":10}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.1.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"metrics":[{"mtu":1300,"window":65535,"rtt":25,"rttvar":10}]}
        """),
    GoldenRoute(
      "ip route add 10.4.2.0/24 via 10.1.0.2 rtt 1500ms rttvar 12345ms rto_min 1234567ms",
      route(
        "10.4.2.0/24", .single(leg("10.1.0.2", dev: 3)),
        extras(metrics: [
          (1, 8192, nil), (4, 12000, nil),
          (
            5,
            49380, nil
          ), (13, 1_234_567, nil),
        ])),
      text: "10.4.2.0/24 via 10.1.0.2 dev lab0 rtt 1.5s rttvar 12.345s rto_min lock 1234.57s ",
      details: """
        unicast 10.4.2.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global rtt 1.5s rttvar 12.345s \
        rto_min lock 1234.57s\u{20}
        """,
      json: """
        {"dst":"10.4.2.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"metrics":[{"rtt":1500,"rttvar":12345,\
        "rto_min":1234567}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.2.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"metrics":[{"rtt":1500,"rttvar":12345,"rto_min":1234567}]}
        """),
    GoldenRoute(
      """
      ip route add 10.4.3.0/24 via 10.1.0.2 ssthresh 5 cwnd 6 reordering 7 hoplimit 8 initcwnd 9 initrwnd 10 \
      quickack 1
      """,
      route(
        "10.4.3.0/24", .single(leg("10.1.0.2", dev: 3)),
        extras(metrics: [
          (6, 5, nil), (7, 6, nil), (9, 7, nil),
          (10, 8, nil), (11, 9, nil), (14, 10, nil), (15, 1, nil),
        ])),
      text: """
        10.4.3.0/24 via 10.1.0.2 dev lab0 ssthresh 5 cwnd 6 reordering 7 hoplimit 8 initcwnd 9 initrwnd 10 \
        quickack 1\u{20}
        """,
      details: """
        unicast 10.4.3.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global ssthresh 5 cwnd 6 reordering \
        7 hoplimit 8 initcwnd 9 initrwnd 10 quickack 1\u{20}
        """,
      json: """
        {"dst":"10.4.3.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"metrics":[{"ssthresh":5,"cwnd":6,\
        "reordering":7,"hoplimit":8,"initcwnd":9,"initrwnd":10,"quickack":1}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.3.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"metrics":[{"ssthresh":5,"cwnd":6,"reordering":7,"hoplimit":8,"initcwnd":9,\
        "initrwnd":10,"quickack":1}]}
        """),
    GoldenRoute(
      "ip route add 10.4.4.0/24 via 10.1.0.2 congctl reno features ecn fastopen_no_cookie 1",
      route(
        "10.4.4.0/24", .single(leg("10.1.0.2", dev: 3)),
        extras(metrics: [
          (12, 1, nil), (16, 0, "reno"),
          (
            17, 1,
            nil
          ),
        ])),
      text: "10.4.4.0/24 via 10.1.0.2 dev lab0 features ecn congctl reno fastopen_no_cookie 1 ",
      details: """
        unicast 10.4.4.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global features ecn congctl reno \
        fastopen_no_cookie 1\u{20}
        """,
      json: """
        {"dst":"10.4.4.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"metrics":[{"ecn":null,\
        "congestion":"reno","fastopen_no_cookie":1}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.4.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"metrics":[{"ecn":null,"congestion":"reno","fastopen_no_cookie":1}]}
        """),
    GoldenRoute(
      "ip route add 10.4.5.0/24 via 10.1.0.2 congctl lock reno rto_min 200ms quickack 0",
      route(
        "10.4.5.0/24", .single(leg("10.1.0.2", dev: 3)),
        extras(metrics: [
          (1, 73728, nil), (13, 200, nil),
          (
            16,
            0, "reno"
          ),
        ])),
      text: "10.4.5.0/24 via 10.1.0.2 dev lab0 rto_min lock 200ms congctl lock reno ",
      details: """
        unicast 10.4.5.0/24 via 10.1.0.2 dev lab0 table main proto boot scope global rto_min lock 200ms congctl \
        lock reno\u{20}
        """,
      json: """
        {"dst":"10.4.5.0/24","gateway":"10.1.0.2","dev":"lab0","flags":[],"metrics":[{"rto_min":200,\
        "congestion":"reno"}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.5.0/24","gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"metrics":[{"rto_min":200,"congestion":"reno"}]}
        """),
    GoldenRoute(
      "ip route add 10.4.6.0/24 mtu 1280 nexthop via 10.1.0.2 nexthop via 10.1.1.2",
      route(
        "10.4.6.0/24", .multipath([leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5)]),
        extras(metrics: [
          (
            2,
            1280, nil
          )
        ])),
      text: """
        10.4.6.0/24 mtu 1280 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev lab1 weight \
        1\u{20}
        """,
      details: """
        unicast 10.4.6.0/24 table main proto boot scope global mtu 1280 \n\tnexthop via 10.1.0.2 dev lab0 weight \
        1 \n\tnexthop via 10.1.1.2 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"10.4.6.0/24","flags":[],"metrics":[{"mtu":1280}],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0",\
        "weight":1,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.4.6.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "metrics":[{"mtu":1280}],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add multicast 224.1.0.0/24 dev lab0",
      route("224.1.0.0/24", type: .multicast, scope: 253, .single(leg(dev: 3))),
      text: "multicast 224.1.0.0/24 dev lab0 scope link ",
      details: "multicast 224.1.0.0/24 dev lab0 table main proto boot scope link ",
      json: """
        {"type":"multicast","dst":"224.1.0.0/24","dev":"lab0","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"type":"multicast","dst":"224.1.0.0/24","dev":"lab0","table":"main","protocol":"boot","scope":"link",\
        "flags":[]}
        """),
    GoldenRoute(
      "ip route add local 10.3.4.1 dev lo",
      route("10.3.4.1/32", table: 255, type: .local, scope: 254, .single(leg(dev: 1))),
      text: "local 10.3.4.1 dev lo table local scope host ",
      details: "local 10.3.4.1 dev lo table local proto boot scope host ",
      json: """
        {"type":"local","dst":"10.3.4.1","dev":"lo","table":"local","scope":"host","flags":[]}
        """,
      detailedJSON: """
        {"type":"local","dst":"10.3.4.1","dev":"lo","table":"local","protocol":"boot","scope":"host","flags":[]}
        """),
    GoldenRoute(
      "ip route add broadcast 10.3.5.255 dev lab0",
      route("10.3.5.255/32", table: 255, type: .broadcast, scope: 253, .single(leg(dev: 3))),
      text: "broadcast 10.3.5.255 dev lab0 table local scope link ",
      details: "broadcast 10.3.5.255 dev lab0 table local proto boot scope link ",
      json: """
        {"type":"broadcast","dst":"10.3.5.255","dev":"lab0","table":"local","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"type":"broadcast","dst":"10.3.5.255","dev":"lab0","table":"local","protocol":"boot","scope":"link",\
        "flags":[]}
        """),
    GoldenRoute(
      "ip route add anycast 10.3.6.1 dev lab0",
      route("10.3.6.1/32", table: 255, type: .anycast, scope: 253, .single(leg(dev: 3))),
      text: "anycast 10.3.6.1 dev lab0 table local scope link ",
      details: "anycast 10.3.6.1 dev lab0 table local proto boot scope link ",
      json: """
        {"type":"anycast","dst":"10.3.6.1","dev":"lab0","table":"local","scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"type":"anycast","dst":"10.3.6.1","dev":"lab0","table":"local","protocol":"boot","scope":"link",\
        "flags":[]}
        """),
    GoldenRoute(
      "the loopback subnet",
      route("127.0.0.0/8", table: 255, type: .local, proto: 2, scope: 254, .single(leg(dev: 1)), src: "127.0.0.1"),
      text: "local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 ",
      details: "local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 ",
      json: """
        {"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","protocol":"kernel","scope":"host",\
        "prefsrc":"127.0.0.1","flags":[]}
        """,
      detailedJSON: """
        {"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","protocol":"kernel","scope":"host",\
        "prefsrc":"127.0.0.1","flags":[]}
        """),
    GoldenRoute(
      "ip -6 route add throw 2001:db8:3:3::/64 table 100",
      route("2001:db8:3:3::/64", table: 100, metric: 1024, type: .throw, .single(leg(dev: 1)), pref: 0),
      text: "throw 2001:db8:3:3::/64 dev lo table 100 metric 1024 pref medium",
      details: "throw 2001:db8:3:3::/64 dev lo table 100 proto boot scope global metric 1024 pref medium",
      json: """
        {"type":"throw","dst":"2001:db8:3:3::/64","dev":"lo","table":"100","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"throw","dst":"2001:db8:3:3::/64","dev":"lo","table":"100","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add blackhole 2001:db8:3::/64",
      route("2001:db8:3::/64", metric: 1024, type: .blackhole, .single(leg(dev: 1)), pref: 0),
      text: "blackhole 2001:db8:3::/64 dev lo metric 1024 pref medium",
      details: """
        blackhole 2001:db8:3::/64 dev lo table main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"type":"blackhole","dst":"2001:db8:3::/64","dev":"lo","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"2001:db8:3::/64","dev":"lo","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add unreachable 2001:db8:3:1::/64",
      route("2001:db8:3:1::/64", metric: 1024, type: .unreachable, .single(leg(dev: 1)), pref: 0),
      text: "unreachable 2001:db8:3:1::/64 dev lo metric 1024 pref medium",
      details: """
        unreachable 2001:db8:3:1::/64 dev lo table main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"type":"unreachable","dst":"2001:db8:3:1::/64","dev":"lo","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unreachable","dst":"2001:db8:3:1::/64","dev":"lo","table":"main","protocol":"boot",\
        "scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add prohibit 2001:db8:3:2::/64 metric 9",
      route("2001:db8:3:2::/64", metric: 9, type: .prohibit, .single(leg(dev: 1)), pref: 0),
      text: "prohibit 2001:db8:3:2::/64 dev lo metric 9 pref medium",
      details: "prohibit 2001:db8:3:2::/64 dev lo table main proto boot scope global metric 9 pref medium",
      json: """
        {"type":"prohibit","dst":"2001:db8:3:2::/64","dev":"lo","metric":9,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"prohibit","dst":"2001:db8:3:2::/64","dev":"lo","table":"main","protocol":"boot","scope":"global",\
        "metric":9,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add local 2001:db8:3:6::1 dev lo table main",
      route("2001:db8:3:6::1/128", metric: 1024, type: .local, .single(leg(dev: 1)), pref: 0),
      text: "local 2001:db8:3:6::1 dev lo metric 1024 pref medium",
      details: "local 2001:db8:3:6::1 dev lo table main proto boot scope global metric 1024 pref medium",
      json: """
        {"type":"local","dst":"2001:db8:3:6::1","dev":"lo","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"local","dst":"2001:db8:3:6::1","dev":"lo","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add local 2001:db8:3:4::1 dev lo",
      route("2001:db8:3:4::1/128", table: 255, metric: 1024, type: .local, .single(leg(dev: 1)), pref: 0),
      text: "local 2001:db8:3:4::1 dev lo table local metric 1024 pref medium",
      details: "local 2001:db8:3:4::1 dev lo table local proto boot scope global metric 1024 pref medium",
      json: """
        {"type":"local","dst":"2001:db8:3:4::1","dev":"lo","table":"local","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"local","dst":"2001:db8:3:4::1","dev":"lo","table":"local","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add anycast 2001:db8:3:5::1 dev lab0",
      route("2001:db8:3:5::1/128", table: 255, metric: 1024, type: .anycast, .single(leg(dev: 3)), pref: 0),
      text: "anycast 2001:db8:3:5::1 dev lab0 table local metric 1024 pref medium",
      details: """
        anycast 2001:db8:3:5::1 dev lab0 table local proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"type":"anycast","dst":"2001:db8:3:5::1","dev":"lab0","table":"local","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"anycast","dst":"2001:db8:3:5::1","dev":"lab0","table":"local","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
  ]
}
