import Routing

extension GoldenRoute {
  static let ofIPv6: [GoldenRoute] = [
    GoldenRoute(
      "ip -6 route add 2001:db8:2:c::/64 via 2001:db8:1:0::2 table 100",
      route("2001:db8:2:c::/64", table: 100, metric: 1024, .single(leg("2001:db8:1::2", dev: 3)), pref: 0),
      text: "2001:db8:2:c::/64 via 2001:db8:1::2 dev lab0 table 100 metric 1024 pref medium",
      details: """
        unicast 2001:db8:2:c::/64 via 2001:db8:1::2 dev lab0 table 100 proto boot scope global metric 1024 pref \
        medium
        """,
      json: """
        {"dst":"2001:db8:2:c::/64","gateway":"2001:db8:1::2","dev":"lab0","table":"100","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:c::/64","gateway":"2001:db8:1::2","dev":"lab0","table":"100",\
        "protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add default from 2001:db8:ab::/48 via 2001:db8:1:0::2",
      route("::/0", from: "2001:db8:ab::/48", metric: 1024, .single(leg("2001:db8:1::2", dev: 3)), pref: 0),
      text: "default from 2001:db8:ab::/48 via 2001:db8:1::2 dev lab0 metric 1024 pref medium",
      details: """
        unicast default from 2001:db8:ab::/48 via 2001:db8:1::2 dev lab0 table main proto boot scope global \
        metric 1024 pref medium
        """,
      json: """
        {"dst":"default","from":"2001:db8:ab::/48","gateway":"2001:db8:1::2","dev":"lab0","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"default","from":"2001:db8:ab::/48","gateway":"2001:db8:1::2","dev":"lab0",\
        "table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 64:ff9b::/96 nexthop via 2001:db8:1:0::2 onlink dev lab0 nexthop via 2001:db8:1:1::2
      """,
      route(
        "64:ff9b::/96", metric: 1024,
        .multipath([
          leg("2001:db8:1::2", dev: 3, flags: 4),
          leg(
            "2001:db8:1:1::2",
            dev: 5),
        ]), pref: 0),
      text: """
        64:ff9b::/96 metric 1024 pref medium\n\tnexthop via 2001:db8:1::2 dev lab0 weight 1 onlink \n\tnexthop \
        via 2001:db8:1:1::2 dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 64:ff9b::/96 table main proto boot scope global metric 1024 pref medium\n\tnexthop via \
        2001:db8:1::2 dev lab0 weight 1 onlink \n\tnexthop via 2001:db8:1:1::2 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"64:ff9b::/96","metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"2001:db8:1::2",\
        "dev":"lab0","weight":1,"flags":["onlink"]},{"gateway":"2001:db8:1:1::2","dev":"lab1","weight":1,\
        "flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"64:ff9b::/96","table":"main","protocol":"boot","scope":"global","metric":1024,\
        "flags":[],"pref":"medium","nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,\
        "flags":["onlink"]},{"gateway":"2001:db8:1:1::2","dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "an IPv6 subnet without carrier",
      route("2001:db8:1:9::/64", metric: 256, proto: 2, flags: 16, .single(leg(dev: 11, flags: 16)), pref: 0),
      text: "2001:db8:1:9::/64 dev down0 proto kernel metric 256 linkdown pref medium",
      details: """
        unicast 2001:db8:1:9::/64 dev down0 table main proto kernel scope global metric 256 linkdown pref medium
        """,
      json: """
        {"dst":"2001:db8:1:9::/64","dev":"down0","protocol":"kernel","metric":256,"flags":["linkdown"],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:1:9::/64","dev":"down0","table":"main","protocol":"kernel",\
        "scope":"global","metric":256,"flags":["linkdown"],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:1::/64 nexthop via 2001:db8:1:0::2 nexthop via 2001:db8:1:1::2",
      route(
        "2001:db8:2:1::/64", metric: 1024,
        .multipath([
          leg("2001:db8:1::2", dev: 3),
          leg(
            "2001:db8:1:1::2",
            dev: 5),
        ]), pref: 0),
      text: """
        2001:db8:2:1::/64 metric 1024 pref medium\n\tnexthop via 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via \
        2001:db8:1:1::2 dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 2001:db8:2:1::/64 table main proto boot scope global metric 1024 pref medium\n\tnexthop via \
        2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via 2001:db8:1:1::2 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"2001:db8:2:1::/64","metric":1024,"flags":[],"pref":"medium",\
        "nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},{"gateway":"2001:db8:1:1::2",\
        "dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:1::/64","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,\
        "flags":[]},{"gateway":"2001:db8:1:1::2","dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:2:2::/64 proto bgp metric 20 nexthop via 2001:db8:1:0::2 weight 3 nexthop via \
      2001:db8:1:1::2 weight 256 nexthop via fe80::2 dev lab2
      """,
      route(
        "2001:db8:2:2::/64", metric: 20, proto: 186,
        .multipath([
          leg("2001:db8:1::2", dev: 3, weight: 3),
          leg("2001:db8:1:1::2", dev: 5, weight: 256), leg("fe80::2", dev: 7),
        ]), pref: 0),
      text: """
        2001:db8:2:2::/64 proto bgp metric 20 pref medium\n\tnexthop via 2001:db8:1::2 dev lab0 weight 3 \
        \n\tnexthop via 2001:db8:1:1::2 dev lab1 weight 256 \n\tnexthop via fe80::2 dev lab2 weight 1\u{20}
        """,
      details: """
        unicast 2001:db8:2:2::/64 table main proto bgp scope global metric 20 pref medium\n\tnexthop via \
        2001:db8:1::2 dev lab0 weight 3 \n\tnexthop via 2001:db8:1:1::2 dev lab1 weight 256 \n\tnexthop via \
        fe80::2 dev lab2 weight 1\u{20}
        """,
      json: """
        {"dst":"2001:db8:2:2::/64","protocol":"bgp","metric":20,"flags":[],"pref":"medium",\
        "nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":3,"flags":[]},{"gateway":"2001:db8:1:1::2",\
        "dev":"lab1","weight":256,"flags":[]},{"gateway":"fe80::2","dev":"lab2","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:2::/64","table":"main","protocol":"bgp","scope":"global","metric":20,\
        "flags":[],"pref":"medium","nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":3,"flags":[]},\
        {"gateway":"2001:db8:1:1::2","dev":"lab1","weight":256,"flags":[]},{"gateway":"fe80::2","dev":"lab2",\
        "weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:2:3::/64 nexthop via 2001:db8:1:0::2 nexthop via 2001:db8:1:9::2 dev down0
      """,
      route(
        "2001:db8:2:3::/64", metric: 1024,
        .multipath([
          leg("2001:db8:1::2", dev: 3),
          leg(
            "2001:db8:1:9::2",
            dev: 11, flags: 16),
        ]), pref: 0),
      text: """
        2001:db8:2:3::/64 metric 1024 pref medium\n\tnexthop via 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via \
        2001:db8:1:9::2 dev down0 weight 1 linkdown\u{20}
        """,
      details: """
        unicast 2001:db8:2:3::/64 table main proto boot scope global metric 1024 pref medium\n\tnexthop via \
        2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via 2001:db8:1:9::2 dev down0 weight 1 linkdown\u{20}
        """,
      json: """
        {"dst":"2001:db8:2:3::/64","metric":1024,"flags":[],"pref":"medium",\
        "nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},{"gateway":"2001:db8:1:9::2",\
        "dev":"down0","weight":1,"flags":["linkdown"]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:3::/64","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,\
        "flags":[]},{"gateway":"2001:db8:1:9::2","dev":"down0","weight":1,"flags":["linkdown"]}]}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:4::/64 via 2001:db8:1:9::2 dev down0",
      route("2001:db8:2:4::/64", metric: 1024, flags: 16, .single(leg("2001:db8:1:9::2", dev: 11, flags: 16)), pref: 0),
      text: "2001:db8:2:4::/64 via 2001:db8:1:9::2 dev down0 metric 1024 linkdown pref medium",
      details: """
        unicast 2001:db8:2:4::/64 via 2001:db8:1:9::2 dev down0 table main proto boot scope global metric 1024 \
        linkdown pref medium
        """,
      json: """
        {"dst":"2001:db8:2:4::/64","gateway":"2001:db8:1:9::2","dev":"down0","metric":1024,"flags":["linkdown"],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:4::/64","gateway":"2001:db8:1:9::2","dev":"down0","table":"main",\
        "protocol":"boot","scope":"global","metric":1024,"flags":["linkdown"],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:5::/64 via 2001:db8:99::1 dev lab0 onlink",
      route("2001:db8:2:5::/64", metric: 1024, flags: 4, .single(leg("2001:db8:99::1", dev: 3, flags: 4)), pref: 0),
      text: "2001:db8:2:5::/64 via 2001:db8:99::1 dev lab0 metric 1024 onlink pref medium",
      details: """
        unicast 2001:db8:2:5::/64 via 2001:db8:99::1 dev lab0 table main proto boot scope global metric 1024 \
        onlink pref medium
        """,
      json: """
        {"dst":"2001:db8:2:5::/64","gateway":"2001:db8:99::1","dev":"lab0","metric":1024,"flags":["onlink"],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:5::/64","gateway":"2001:db8:99::1","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","metric":1024,"flags":["onlink"],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:6::1 dev lab0",
      route("2001:db8:2:6::1/128", metric: 1024, .single(leg(dev: 3)), pref: 0),
      text: "2001:db8:2:6::1 dev lab0 metric 1024 pref medium",
      details: """
        unicast 2001:db8:2:6::1 dev lab0 table main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:2:6::1","dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:6::1","dev":"lab0","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:7::/64 dev lab0 pref high",
      route("2001:db8:2:7::/64", metric: 1024, .single(leg(dev: 3)), pref: 1),
      text: "2001:db8:2:7::/64 dev lab0 metric 1024 pref high",
      details: """
        unicast 2001:db8:2:7::/64 dev lab0 table main proto boot scope global metric 1024 pref high
        """,
      json: """
        {"dst":"2001:db8:2:7::/64","dev":"lab0","metric":1024,"flags":[],"pref":"high"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:7::/64","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","metric":1024,"flags":[],"pref":"high"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:8::/64 dev lab0 pref low proto ra",
      route("2001:db8:2:8::/64", metric: 1024, proto: 9, .single(leg(dev: 3)), pref: 3),
      text: "2001:db8:2:8::/64 dev lab0 proto ra metric 1024 pref low",
      details: "unicast 2001:db8:2:8::/64 dev lab0 table main proto ra scope global metric 1024 pref low",
      json: """
        {"dst":"2001:db8:2:8::/64","dev":"lab0","protocol":"ra","metric":1024,"flags":[],"pref":"low"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:8::/64","dev":"lab0","table":"main","protocol":"ra","scope":"global",\
        "metric":1024,"flags":[],"pref":"low"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:9::/64 via 2001:db8:1:0::2 src 2001:db8:1:0::1",
      route("2001:db8:2:9::/64", metric: 1024, .single(leg("2001:db8:1::2", dev: 3)), src: "2001:db8:1::1", pref: 0),
      text: "2001:db8:2:9::/64 via 2001:db8:1::2 dev lab0 src 2001:db8:1::1 metric 1024 pref medium",
      details: """
        unicast 2001:db8:2:9::/64 via 2001:db8:1::2 dev lab0 table main proto boot scope global src 2001:db8:1::1 \
        metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:2:9::/64","gateway":"2001:db8:1::2","dev":"lab0","prefsrc":"2001:db8:1::1","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:9::/64","gateway":"2001:db8:1::2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","prefsrc":"2001:db8:1::1","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:a::/64 from 2001:db8:aa::1 via 2001:db8:1:1::2",
      route(
        "2001:db8:2:a::/64", from: "2001:db8:aa::1/128", metric: 1024, .single(leg("2001:db8:1:1::2", dev: 5)),
        pref: 0),
      text: """
        2001:db8:2:a::/64 from 2001:db8:aa::1 via 2001:db8:1:1::2 dev lab1 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:2:a::/64 from 2001:db8:aa::1 via 2001:db8:1:1::2 dev lab1 table main proto boot scope \
        global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:2:a::/64","from":"2001:db8:aa::1","gateway":"2001:db8:1:1::2","dev":"lab1","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:a::/64","from":"2001:db8:aa::1","gateway":"2001:db8:1:1::2",\
        "dev":"lab1","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:a::/64 from 2001:db8:aa::/48 via 2001:db8:1:0::2",
      route(
        "2001:db8:2:a::/64", from: "2001:db8:aa::/48", metric: 1024, .single(leg("2001:db8:1::2", dev: 3)),
        pref: 0),
      text: """
        2001:db8:2:a::/64 from 2001:db8:aa::/48 via 2001:db8:1::2 dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:2:a::/64 from 2001:db8:aa::/48 via 2001:db8:1::2 dev lab0 table main proto boot scope \
        global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:2:a::/64","from":"2001:db8:aa::/48","gateway":"2001:db8:1::2","dev":"lab0","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:a::/64","from":"2001:db8:aa::/48","gateway":"2001:db8:1::2",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:2:b::/64 via 2001:db8:1:0::2 mtu 1280 advmss 1200 hoplimit 3 rtt 3s
      """,
      route(
        "2001:db8:2:b::/64", metric: 1024, .single(leg("2001:db8:1::2", dev: 3)), pref: 0,
        extras(metrics: [
          (
            2,
            1280, nil
          ), (4, 24000, nil), (8, 1200, nil), (10, 3, nil),
        ])),
      text: """
        2001:db8:2:b::/64 via 2001:db8:1::2 dev lab0 metric 1024 mtu 1280 rtt 3s advmss 1200 hoplimit 3 pref \
        medium
        """,
      details: """
        unicast 2001:db8:2:b::/64 via 2001:db8:1::2 dev lab0 table main proto boot scope global metric 1024 mtu \
        1280 rtt 3s advmss 1200 hoplimit 3 pref medium
        """,
      json: """
        {"dst":"2001:db8:2:b::/64","gateway":"2001:db8:1::2","dev":"lab0","metric":1024,"flags":[],\
        "metrics":[{"mtu":1280,"rtt":3000,"advmss":1200,"hoplimit":3}],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:b::/64","gateway":"2001:db8:1::2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","metric":1024,"flags":[],"metrics":[{"mtu":1280,"rtt":3000,\
        "advmss":1200,"hoplimit":3}],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2:d::/64 via 2001:db8:1:0::2 expires 100000",
      route(
        "2001:db8:2:d::/64", metric: 1024, .single(leg("2001:db8:1::2", dev: 3)), pref: 0,
        extras(expires: 9_999_568)),
      text: "2001:db8:2:d::/64 via 2001:db8:1::2 dev lab0 metric 1024 expires 99995sec pref medium",
      details: """
        unicast 2001:db8:2:d::/64 via 2001:db8:1::2 dev lab0 table main proto boot scope global metric 1024 \
        expires 99995sec pref medium
        """,
      json: """
        {"dst":"2001:db8:2:d::/64","gateway":"2001:db8:1::2","dev":"lab0","metric":1024,"flags":[],\
        "expires":99995,"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2:d::/64","gateway":"2001:db8:1::2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","metric":1024,"flags":[],"expires":99995,"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:2::/48 via 2001:db8:1:0::2 proto static",
      route("2001:db8:2::/48", metric: 1024, proto: 4, .single(leg("2001:db8:1::2", dev: 3)), pref: 0),
      text: "2001:db8:2::/48 via 2001:db8:1::2 dev lab0 proto static metric 1024 pref medium",
      details: """
        unicast 2001:db8:2::/48 via 2001:db8:1::2 dev lab0 table main proto static scope global metric 1024 pref \
        medium
        """,
      json: """
        {"dst":"2001:db8:2::/48","gateway":"2001:db8:1::2","dev":"lab0","protocol":"static","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:2::/48","gateway":"2001:db8:1::2","dev":"lab0","table":"main",\
        "protocol":"static","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add multicast ff05::/16 dev lab0",
      route("ff05::/16", metric: 1024, type: .multicast, .single(leg(dev: 3)), pref: 0),
      text: "multicast ff05::/16 dev lab0 metric 1024 pref medium",
      details: "multicast ff05::/16 dev lab0 table main proto boot scope global metric 1024 pref medium",
      json: """
        {"type":"multicast","dst":"ff05::/16","dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"multicast","dst":"ff05::/16","dev":"lab0","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add default via 2001:db8:1:0::2 dev lab0",
      route("::/0", metric: 1024, .single(leg("2001:db8:1::2", dev: 3)), pref: 0),
      text: "default via 2001:db8:1::2 dev lab0 metric 1024 pref medium",
      details: """
        unicast default via 2001:db8:1::2 dev lab0 table main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"default","gateway":"2001:db8:1::2","dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"default","gateway":"2001:db8:1::2","dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add default via fe80::2 dev lab1 metric 2048",
      route("::/0", metric: 2048, .single(leg("fe80::2", dev: 5)), pref: 0),
      text: "default via fe80::2 dev lab1 metric 2048 pref medium",
      details: """
        unicast default via fe80::2 dev lab1 table main proto boot scope global metric 2048 pref medium
        """,
      json: """
        {"dst":"default","gateway":"fe80::2","dev":"lab1","metric":2048,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"default","gateway":"fe80::2","dev":"lab1","table":"main","protocol":"boot",\
        "scope":"global","metric":2048,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "an address of the machine",
      route("2001:db8:1:3::1/128", table: 255, metric: 0, type: .local, proto: 2, .single(leg(dev: 9)), pref: 0),
      text: "local 2001:db8:1:3::1 dev lab3 table local proto kernel metric 0 pref medium",
      details: "local 2001:db8:1:3::1 dev lab3 table local proto kernel scope global metric 0 pref medium",
      json: """
        {"type":"local","dst":"2001:db8:1:3::1","dev":"lab3","table":"local","protocol":"kernel","metric":0,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"local","dst":"2001:db8:1:3::1","dev":"lab3","table":"local","protocol":"kernel","scope":"global",\
        "metric":0,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "a multicast subnet of an interface",
      route("ff00::/8", table: 255, metric: 256, type: .multicast, proto: 2, .single(leg(dev: 2)), pref: 0),
      text: "multicast ff00::/8 dev end0 table local proto kernel metric 256 pref medium",
      details: "multicast ff00::/8 dev end0 table local proto kernel scope global metric 256 pref medium",
      json: """
        {"type":"multicast","dst":"ff00::/8","dev":"end0","table":"local","protocol":"kernel","metric":256,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"multicast","dst":"ff00::/8","dev":"end0","table":"local","protocol":"kernel","scope":"global",\
        "metric":256,"flags":[],"pref":"medium"}
        """),
  ]
}
