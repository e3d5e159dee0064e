import Routing

extension GoldenRoute {
  static let ofExpandedObjects: [GoldenRoute] = [
    GoldenRoute(
      "ip route add 10.6.12.0/24 nhid 111 table 100, compat mode on",
      route(
        "10.6.12.0/24", table: 100, nhid: 111,
        .multipath([
          leg("10.1.0.2", dev: 3, weight: 3),
          leg(
            "10.1.1.2",
            dev: 5, weight: 4),
        ])),
      text: """
        10.6.12.0/24 nhid 111 table 100 \n\tnexthop via 10.1.0.2 dev lab0 weight 3 \n\tnexthop via 10.1.1.2 dev \
        lab1 weight 4\u{20}
        """,
      details: """
        unicast 10.6.12.0/24 nhid 111 table 100 proto boot scope global \n\tnh_info id 111 group 1,3/2,4 type \
        resilient buckets 16 idle_timer 120 unbalanced_timer 0 unbalanced_time 0 scope global proto babel \
        \n\tnexthop via 10.1.0.2 dev lab0 weight 3 \n\tnexthop via 10.1.1.2 dev lab1 weight 4\u{20}
        """,
      json: """
        {"dst":"10.6.12.0/24","nhid":111,"table":"100","flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0",\
        "weight":3,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":4,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.12.0/24","nhid":111,"table":"100","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":111,"group":[{"id":1,"weight":3},{"id":2,"weight":4}],"type":"resilient",\
        "resilient_args":{"buckets":16,"idle_timer":120,"unbalanced_timer":0,"unbalanced_time":0},\
        "scope":"global","protocol":"babel","flags":[]},"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":3,\
        "flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":4,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.0.0/24 nhid 1, compat mode on",
      route("10.6.0.0/24", nhid: 1, .single(leg("10.1.0.2", dev: 3))),
      text: "10.6.0.0/24 nhid 1 via 10.1.0.2 dev lab0 ",
      details: """
        unicast 10.6.0.0/24 nhid 1 via 10.1.0.2 dev lab0 table main proto boot scope global \n\tnh_info id 1 via \
        10.1.0.2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.0.0/24","nhid":1,"gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.0.0/24","nhid":1,"gateway":"10.1.0.2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","flags":[],"nh_info":{"id":1,"gateway":"10.1.0.2","dev":"lab0",\
        "scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.1.0/24 nhid 2 proto static metric 7, compat mode on",
      route("10.6.1.0/24", metric: 7, proto: 4, nhid: 2, .single(leg("10.1.1.2", dev: 5))),
      text: "10.6.1.0/24 nhid 2 via 10.1.1.2 dev lab1 proto static metric 7 ",
      details: """
        unicast 10.6.1.0/24 nhid 2 via 10.1.1.2 dev lab1 table main proto static scope global metric 7 \
        \n\tnh_info id 2 via 10.1.1.2 dev lab1 scope link proto static\u{20}
        """,
      json: """
        {"dst":"10.6.1.0/24","nhid":2,"gateway":"10.1.1.2","dev":"lab1","protocol":"static","metric":7,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.1.0/24","nhid":2,"gateway":"10.1.1.2","dev":"lab1","table":"main",\
        "protocol":"static","scope":"global","metric":7,"flags":[],"nh_info":{"id":2,"gateway":"10.1.1.2",\
        "dev":"lab1","scope":"link","protocol":"static","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.2.0/24 nhid 4, compat mode on",
      route("10.6.2.0/24", flags: 4, nhid: 4, .single(leg("10.99.0.1", dev: 9, flags: 4))),
      text: "10.6.2.0/24 nhid 4 via 10.99.0.1 dev lab3 onlink ",
      details: """
        unicast 10.6.2.0/24 nhid 4 via 10.99.0.1 dev lab3 table main proto boot scope global onlink \n\tnh_info \
        id 4 via 10.99.0.1 dev lab3 scope link proto unspec onlink\u{20}
        """,
      json: """
        {"dst":"10.6.2.0/24","nhid":4,"gateway":"10.99.0.1","dev":"lab3","flags":["onlink"]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.2.0/24","nhid":4,"gateway":"10.99.0.1","dev":"lab3","table":"main",\
        "protocol":"boot","scope":"global","flags":["onlink"],"nh_info":{"id":4,"gateway":"10.99.0.1",\
        "dev":"lab3","scope":"link","protocol":"unspec","flags":["onlink"]}}
        """),
    GoldenRoute(
      "ip route add 10.6.3.0/24 nhid 5, compat mode on",
      route("10.6.3.0/24", nhid: 5, .single(leg(dev: 3))),
      text: "10.6.3.0/24 nhid 5 dev lab0 ",
      details: """
        unicast 10.6.3.0/24 nhid 5 dev lab0 table main proto boot scope global \n\tnh_info id 5 dev lab0 scope \
        host proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.3.0/24","nhid":5,"dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.3.0/24","nhid":5,"dev":"lab0","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"nh_info":{"id":5,"dev":"lab0","scope":"host","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.4.0/24 nhid 6, compat mode on",
      route("10.6.4.0/24", type: .blackhole, nhid: 6, .single(leg(dev: 1))),
      text: "blackhole 10.6.4.0/24 nhid 6 dev lo ",
      details: """
        blackhole 10.6.4.0/24 nhid 6 dev lo table main proto boot scope global \n\tnh_info id 6 scope global \
        blackhole proto unspec\u{20}
        """,
      json: """
        {"type":"blackhole","dst":"10.6.4.0/24","nhid":6,"dev":"lo","flags":[]}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"10.6.4.0/24","nhid":6,"dev":"lo","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"nh_info":{"id":6,"scope":"global","blackhole":null,"protocol":"unspec",\
        "flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.6.0/24 nhid 100 src 10.1.0.1, compat mode on",
      route("10.6.6.0/24", nhid: 100, .multipath([leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5)]), src: "10.1.0.1"),
      text: """
        10.6.6.0/24 nhid 100 src 10.1.0.1 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev \
        lab1 weight 1\u{20}
        """,
      details: """
        unicast 10.6.6.0/24 nhid 100 table main proto boot scope global src 10.1.0.1 \n\tnh_info id 100 group 1/2 \
        scope global proto unspec \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev lab1 \
        weight 1\u{20}
        """,
      json: """
        {"dst":"10.6.6.0/24","nhid":100,"prefsrc":"10.1.0.1","flags":[],"nexthops":[{"gateway":"10.1.0.2",\
        "dev":"lab0","weight":1,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.6.0/24","nhid":100,"table":"main","protocol":"boot","scope":"global",\
        "prefsrc":"10.1.0.1","flags":[],"nh_info":{"id":100,"group":[{"id":1},{"id":2}],"scope":"global",\
        "protocol":"unspec","flags":[]},"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.7.0/24 nhid 101 proto bgp mtu 1400, compat mode on",
      route(
        "10.6.7.0/24", proto: 186, nhid: 101,
        .multipath([
          leg("10.1.0.2", dev: 3, weight: 3),
          leg(
            "10.1.1.2",
            dev: 5, weight: 256), leg("10.1.2.2", dev: 7),
        ]), extras(metrics: [(2, 1400, nil)])),
      text: """
        10.6.7.0/24 nhid 101 proto bgp mtu 1400 \n\tnexthop via 10.1.0.2 dev lab0 weight 3 \n\tnexthop via \
        10.1.1.2 dev lab1 weight 256 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      details: """
        unicast 10.6.7.0/24 nhid 101 table main proto bgp scope global mtu 1400 \n\tnh_info id 101 group 1,3/2,\
        256/3 scope global proto bgp \n\tnexthop via 10.1.0.2 dev lab0 weight 3 \n\tnexthop via 10.1.1.2 dev lab1 \
        weight 256 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      json: """
        {"dst":"10.6.7.0/24","nhid":101,"protocol":"bgp","flags":[],"metrics":[{"mtu":1400}],\
        "nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":3,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1",\
        "weight":256,"flags":[]},{"gateway":"10.1.2.2","dev":"lab2","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.7.0/24","nhid":101,"table":"main","protocol":"bgp","scope":"global",\
        "flags":[],"metrics":[{"mtu":1400}],"nh_info":{"id":101,"group":[{"id":1,"weight":3},{"id":2,\
        "weight":256},{"id":3}],"scope":"global","protocol":"bgp","flags":[]},"nexthops":[{"gateway":"10.1.0.2",\
        "dev":"lab0","weight":3,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":256,"flags":[]},\
        {"gateway":"10.1.2.2","dev":"lab2","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.8.0/24 nhid 102, compat mode on",
      route("10.6.8.0/24", nhid: 102, .single(leg("10.1.0.2", dev: 3))),
      text: "10.6.8.0/24 nhid 102 via 10.1.0.2 dev lab0 ",
      details: """
        unicast 10.6.8.0/24 nhid 102 via 10.1.0.2 dev lab0 table main proto boot scope global \n\tnh_info id 102 \
        group 1 scope global proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.8.0/24","nhid":102,"gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.8.0/24","nhid":102,"gateway":"10.1.0.2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","flags":[],"nh_info":{"id":102,"group":[{"id":1}],"scope":"global",\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.9.0/24 nhid 104, compat mode on",
      route("10.6.9.0/24", nhid: 104, .multipath([leg("2001:db8:1::2", dev: 3), leg("fe80::2", dev: 5, weight: 10)])),
      text: """
        10.6.9.0/24 nhid 104 \n\tnexthop via inet6 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via inet6 fe80::2 \
        dev lab1 weight 10\u{20}
        """,
      details: """
        unicast 10.6.9.0/24 nhid 104 table main proto boot scope global \n\tnh_info id 104 group 11/12,10 scope \
        global proto unspec \n\tnexthop via inet6 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via inet6 fe80::2 \
        dev lab1 weight 10\u{20}
        """,
      json: """
        {"dst":"10.6.9.0/24","nhid":104,"flags":[],"nexthops":[{"via":{"family":"inet6","host":"2001:db8:1::2"},\
        "dev":"lab0","weight":1,"flags":[]},{"via":{"family":"inet6","host":"fe80::2"},"dev":"lab1","weight":10,\
        "flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.9.0/24","nhid":104,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":104,"group":[{"id":11},{"id":12,"weight":10}],"scope":"global",\
        "protocol":"unspec","flags":[]},"nexthops":[{"via":{"family":"inet6","host":"2001:db8:1::2"},"dev":"lab0",\
        "weight":1,"flags":[]},{"via":{"family":"inet6","host":"fe80::2"},"dev":"lab1","weight":10,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.10.0/24 nhid 106, compat mode on",
      route("10.6.10.0/24", nhid: 106, .multipath([leg("10.1.0.2", dev: 3), leg("10.99.0.1", dev: 9, flags: 4)])),
      text: """
        10.6.10.0/24 nhid 106 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.99.0.1 dev lab3 \
        weight 1 onlink\u{20}
        """,
      details: """
        unicast 10.6.10.0/24 nhid 106 table main proto boot scope global \n\tnh_info id 106 group 1/4 scope \
        global proto unspec \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.99.0.1 dev lab3 weight \
        1 onlink\u{20}
        """,
      json: """
        {"dst":"10.6.10.0/24","nhid":106,"flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,\
        "flags":[]},{"gateway":"10.99.0.1","dev":"lab3","weight":1,"flags":["onlink"]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.10.0/24","nhid":106,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":106,"group":[{"id":1},{"id":4}],"scope":"global","protocol":"unspec",\
        "flags":[]},"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,"flags":[]},{"gateway":"10.99.0.1",\
        "dev":"lab3","weight":1,"flags":["onlink"]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.11.0/24 nhid 110, compat mode on",
      route(
        "10.6.11.0/24", nhid: 110,
        .multipath([
          leg("10.1.0.2", dev: 3), leg("10.1.1.2", dev: 5),
          leg(
            "10.1.2.2",
            dev: 7),
        ])),
      text: """
        10.6.11.0/24 nhid 110 \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev lab1 weight \
        1 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      details: """
        unicast 10.6.11.0/24 nhid 110 table main proto boot scope global \n\tnh_info id 110 group 1/2/3 type \
        resilient buckets 8 idle_timer 60 unbalanced_timer 300 unbalanced_time 0 scope global proto unspec \
        \n\tnexthop via 10.1.0.2 dev lab0 weight 1 \n\tnexthop via 10.1.1.2 dev lab1 weight 1 \n\tnexthop via \
        10.1.2.2 dev lab2 weight 1\u{20}
        """,
      json: """
        {"dst":"10.6.11.0/24","nhid":110,"flags":[],"nexthops":[{"gateway":"10.1.0.2","dev":"lab0","weight":1,\
        "flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]},{"gateway":"10.1.2.2","dev":"lab2",\
        "weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.11.0/24","nhid":110,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":110,"group":[{"id":1},{"id":2},{"id":3}],"type":"resilient",\
        "resilient_args":{"buckets":8,"idle_timer":60,"unbalanced_timer":300,"unbalanced_time":0},\
        "scope":"global","protocol":"unspec","flags":[]},"nexthops":[{"gateway":"10.1.0.2","dev":"lab0",\
        "weight":1,"flags":[]},{"gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]},{"gateway":"10.1.2.2",\
        "dev":"lab2","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.13.0/24 nhid 112, compat mode on",
      route("10.6.13.0/24", nhid: 112, .multipath([leg("2001:db8:1::2", dev: 3), leg("fe80::2", dev: 5)])),
      text: """
        10.6.13.0/24 nhid 112 \n\tnexthop via inet6 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via inet6 fe80::2 \
        dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 10.6.13.0/24 nhid 112 table main proto boot scope global \n\tnh_info id 112 group 11/12 type \
        resilient buckets 4 idle_timer 1e+07 unbalanced_timer 1 unbalanced_time 0 scope global proto unspec \
        \n\tnexthop via inet6 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via inet6 fe80::2 dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"10.6.13.0/24","nhid":112,"flags":[],"nexthops":[{"via":{"family":"inet6","host":"2001:db8:1::2"},\
        "dev":"lab0","weight":1,"flags":[]},{"via":{"family":"inet6","host":"fe80::2"},"dev":"lab1","weight":1,\
        "flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.13.0/24","nhid":112,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":112,"group":[{"id":11},{"id":12}],"type":"resilient",\
        "resilient_args":{"buckets":4,"idle_timer":1e+07,"unbalanced_timer":1,"unbalanced_time":0},\
        "scope":"global","protocol":"unspec","flags":[]},"nexthops":[{"via":{"family":"inet6",\
        "host":"2001:db8:1::2"},"dev":"lab0","weight":1,"flags":[]},{"via":{"family":"inet6","host":"fe80::2"},\
        "dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip route add 10.6.14.0/24 nhid 12, compat mode on",
      route("10.6.14.0/24", nhid: 12, .single(leg("fe80::2", dev: 5))),
      text: "10.6.14.0/24 nhid 12 via inet6 fe80::2 dev lab1 ",
      details: """
        unicast 10.6.14.0/24 nhid 12 via inet6 fe80::2 dev lab1 table main proto boot scope global \n\tnh_info id \
        12 via fe80::2 dev lab1 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.14.0/24","nhid":12,"via":{"family":"inet6","host":"fe80::2"},"dev":"lab1","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.14.0/24","nhid":12,"via":{"family":"inet6","host":"fe80::2"},"dev":"lab1",\
        "table":"main","protocol":"boot","scope":"global","flags":[],"nh_info":{"id":12,"gateway":"fe80::2",\
        "dev":"lab1","scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.15.0/24 nhid 105, compat mode on",
      route("10.6.15.0/24", type: .blackhole, nhid: 105, .single(leg(dev: 1))),
      text: "blackhole 10.6.15.0/24 nhid 105 dev lo ",
      details: """
        blackhole 10.6.15.0/24 nhid 105 dev lo table main proto boot scope global \n\tnh_info id 105 group 6 \
        scope global proto unspec\u{20}
        """,
      json: """
        {"type":"blackhole","dst":"10.6.15.0/24","nhid":105,"dev":"lo","flags":[]}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"10.6.15.0/24","nhid":105,"dev":"lo","table":"main","protocol":"boot",\
        "scope":"global","flags":[],"nh_info":{"id":105,"group":[{"id":6}],"scope":"global","protocol":"unspec",\
        "flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.16.0/24 nhid 16, compat mode on",
      route(
        "10.6.16.0/24", nhid: 16,
        .single(
          leg(
            "10.1.0.2", dev: 3,
            encap: Encapsulation(
              type: 1,
              hex: "0c00010000064000000c8100")))),
      text: "10.6.16.0/24 nhid 16  encap mpls  100/200 via 10.1.0.2 dev lab0 ",
      details: """
        unicast 10.6.16.0/24 nhid 16  encap mpls  100/200 via 10.1.0.2 dev lab0 table main proto boot scope \
        global \n\tnh_info id 16  encap mpls  100/200 via 10.1.0.2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.16.0/24","nhid":16,"encap":"mpls","dst":"100/200","gateway":"10.1.0.2","dev":"lab0",\
        "flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.16.0/24","nhid":16,"encap":"mpls","dst":"100/200","gateway":"10.1.0.2",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","flags":[],"nh_info":{"id":16,\
        "encap":"mpls","dst":"100/200","gateway":"10.1.0.2","dev":"lab0","scope":"link","protocol":"unspec",\
        "flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.17.0/24 nhid 17, compat mode on",
      route(
        "10.6.17.0/24", nhid: 17,
        .single(
          leg(
            "10.1.0.2", dev: 3,
            encap: Encapsulation(
              type: 2,
              hex: "0c0001000000000000000005080002000a090909080003000000000005000500"
                + "0000000005000400000000000600060000000000")))),
      text: """
        10.6.17.0/24 nhid 17  encap ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0\u{20}
        """,
      details: """
        unicast 10.6.17.0/24 nhid 17  encap ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0 \
        table main proto boot scope global \n\tnh_info id 17  encap ip id 5 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 \
        via 10.1.0.2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.17.0/24","nhid":17,"encap":"ip","id":5,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,\
        "gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.17.0/24","nhid":17,"encap":"ip","id":5,"src":"0.0.0.0","dst":"10.9.9.9",\
        "ttl":0,"tos":0,"gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":17,"encap":"ip","id":5,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,\
        "gateway":"10.1.0.2","dev":"lab0","scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:5::/64 nhid 112 table 100, compat mode on",
      route(
        "2001:db8:6:5::/64", table: 100, metric: 1024, nhid: 112,
        .multipath([
          leg("2001:db8:1::2", dev: 3),
          leg("fe80::2", dev: 5),
        ]), pref: 0),
      text: """
        2001:db8:6:5::/64 nhid 112 table 100 metric 1024 pref medium\n\tnexthop via 2001:db8:1::2 dev lab0 weight \
        1 \n\tnexthop via fe80::2 dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 2001:db8:6:5::/64 nhid 112 table 100 proto boot scope global metric 1024 pref medium\n\tnh_info \
        id 112 group 11/12 type resilient buckets 4 idle_timer 1e+07 unbalanced_timer 1 unbalanced_time 0 scope \
        global proto unspec \n\tnexthop via 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via fe80::2 dev lab1 \
        weight 1\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:5::/64","nhid":112,"table":"100","metric":1024,"flags":[],"pref":"medium",\
        "nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},{"gateway":"fe80::2",\
        "dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:5::/64","nhid":112,"table":"100","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":112,"group":[{"id":11},{"id":12}],\
        "type":"resilient","resilient_args":{"buckets":4,"idle_timer":1e+07,"unbalanced_timer":1,\
        "unbalanced_time":0},"scope":"global","protocol":"unspec","flags":[]},\
        "nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},{"gateway":"fe80::2",\
        "dev":"lab1","weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6::/64 nhid 11, compat mode on",
      route("2001:db8:6::/64", metric: 1024, nhid: 11, .single(leg("2001:db8:1::2", dev: 3)), pref: 0),
      text: "2001:db8:6::/64 nhid 11 via 2001:db8:1::2 dev lab0 metric 1024 pref medium",
      details: """
        unicast 2001:db8:6::/64 nhid 11 via 2001:db8:1::2 dev lab0 table main proto boot scope global metric 1024 \
        pref medium\n\tnh_info id 11 via 2001:db8:1::2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6::/64","nhid":11,"gateway":"2001:db8:1::2","dev":"lab0","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6::/64","nhid":11,"gateway":"2001:db8:1::2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium","nh_info":{"id":11,\
        "gateway":"2001:db8:1::2","dev":"lab0","scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:1::/64 nhid 12 metric 7, compat mode on",
      route("2001:db8:6:1::/64", metric: 7, nhid: 12, .single(leg("fe80::2", dev: 5)), pref: 0),
      text: "2001:db8:6:1::/64 nhid 12 via fe80::2 dev lab1 metric 7 pref medium",
      details: """
        unicast 2001:db8:6:1::/64 nhid 12 via fe80::2 dev lab1 table main proto boot scope global metric 7 pref \
        medium\n\tnh_info id 12 via fe80::2 dev lab1 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:1::/64","nhid":12,"gateway":"fe80::2","dev":"lab1","metric":7,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:1::/64","nhid":12,"gateway":"fe80::2","dev":"lab1","table":"main",\
        "protocol":"boot","scope":"global","metric":7,"flags":[],"pref":"medium","nh_info":{"id":12,\
        "gateway":"fe80::2","dev":"lab1","scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:2::/64 nhid 13, compat mode on",
      route("2001:db8:6:2::/64", metric: 1024, type: .blackhole, nhid: 13, .single(leg(dev: 1)), pref: 0),
      text: "blackhole 2001:db8:6:2::/64 nhid 13 dev lo metric 1024 pref medium",
      details: """
        blackhole 2001:db8:6:2::/64 nhid 13 dev lo table main proto boot scope global metric 1024 pref \
        medium\n\tnh_info id 13 scope global blackhole proto unspec\u{20}
        """,
      json: """
        {"type":"blackhole","dst":"2001:db8:6:2::/64","nhid":13,"dev":"lo","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"2001:db8:6:2::/64","nhid":13,"dev":"lo","table":"main","protocol":"boot",\
        "scope":"global","metric":1024,"flags":[],"pref":"medium","nh_info":{"id":13,"scope":"global",\
        "blackhole":null,"protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:3::/64 nhid 14, compat mode on",
      route("2001:db8:6:3::/64", metric: 1024, nhid: 14, .single(leg(dev: 7)), pref: 0),
      text: "2001:db8:6:3::/64 nhid 14 dev lab2 metric 1024 pref medium",
      details: """
        unicast 2001:db8:6:3::/64 nhid 14 dev lab2 table main proto boot scope global metric 1024 pref \
        medium\n\tnh_info id 14 dev lab2 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:3::/64","nhid":14,"dev":"lab2","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:3::/64","nhid":14,"dev":"lab2","table":"main","protocol":"boot",\
        "scope":"global","metric":1024,"flags":[],"pref":"medium","nh_info":{"id":14,"dev":"lab2","scope":"link",\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:4::/64 nhid 104 proto bgp, compat mode on",
      route(
        "2001:db8:6:4::/64", metric: 1024, proto: 186, nhid: 104,
        .multipath([
          leg("2001:db8:1::2", dev: 3),
          leg("fe80::2", dev: 5, weight: 10),
        ]), pref: 0),
      text: """
        2001:db8:6:4::/64 nhid 104 proto bgp metric 1024 pref medium\n\tnexthop via 2001:db8:1::2 dev lab0 weight \
        1 \n\tnexthop via fe80::2 dev lab1 weight 10\u{20}
        """,
      details: """
        unicast 2001:db8:6:4::/64 nhid 104 table main proto bgp scope global metric 1024 pref medium\n\tnh_info \
        id 104 group 11/12,10 scope global proto unspec \n\tnexthop via 2001:db8:1::2 dev lab0 weight 1 \
        \n\tnexthop via fe80::2 dev lab1 weight 10\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:4::/64","nhid":104,"protocol":"bgp","metric":1024,"flags":[],"pref":"medium",\
        "nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},{"gateway":"fe80::2",\
        "dev":"lab1","weight":10,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:4::/64","nhid":104,"table":"main","protocol":"bgp","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":104,"group":[{"id":11},{"id":12,"weight":10}],\
        "scope":"global","protocol":"unspec","flags":[]},"nexthops":[{"gateway":"2001:db8:1::2","dev":"lab0",\
        "weight":1,"flags":[]},{"gateway":"fe80::2","dev":"lab1","weight":10,"flags":[]}]}
        """),
  ]
}
