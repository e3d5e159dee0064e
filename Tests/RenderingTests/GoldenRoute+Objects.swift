import Routing

extension GoldenRoute {
  static let ofObjects: [GoldenRoute] = [
    GoldenRoute(
      "ip route add 10.6.12.0/24 nhid 111 table 100, compat mode off",
      route("10.6.12.0/24", table: 100, nhid: 111, .none),
      text: "10.6.12.0/24 nhid 111 table 100 ",
      details: """
        unicast 10.6.12.0/24 nhid 111 table 100 proto boot scope global \n\tnh_info id 111 group 1,3/2,4 type \
        resilient buckets 16 idle_timer 120 unbalanced_timer 0 unbalanced_time 0 scope global proto babel\u{20}
        """,
      json: """
        {"dst":"10.6.12.0/24","nhid":111,"table":"100","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.12.0/24","nhid":111,"table":"100","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":111,"group":[{"id":1,"weight":3},{"id":2,"weight":4}],"type":"resilient",\
        "resilient_args":{"buckets":16,"idle_timer":120,"unbalanced_timer":0,"unbalanced_time":0},\
        "scope":"global","protocol":"babel","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.0.0/24 nhid 1, compat mode off",
      route("10.6.0.0/24", nhid: 1, .none),
      text: "10.6.0.0/24 nhid 1 ",
      details: """
        unicast 10.6.0.0/24 nhid 1 table main proto boot scope global \n\tnh_info id 1 via 10.1.0.2 dev lab0 \
        scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.0.0/24","nhid":1,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.0.0/24","nhid":1,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":1,"gateway":"10.1.0.2","dev":"lab0","scope":"link","protocol":"unspec",\
        "flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.1.0/24 nhid 2 proto static metric 7, compat mode off",
      route("10.6.1.0/24", metric: 7, proto: 4, nhid: 2, .none),
      text: "10.6.1.0/24 nhid 2 proto static metric 7 ",
      details: """
        unicast 10.6.1.0/24 nhid 2 table main proto static scope global metric 7 \n\tnh_info id 2 via 10.1.1.2 \
        dev lab1 scope link proto static\u{20}
        """,
      json: """
        {"dst":"10.6.1.0/24","nhid":2,"protocol":"static","metric":7,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.1.0/24","nhid":2,"table":"main","protocol":"static","scope":"global",\
        "metric":7,"flags":[],"nh_info":{"id":2,"gateway":"10.1.1.2","dev":"lab1","scope":"link",\
        "protocol":"static","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.2.0/24 nhid 4, compat mode off",
      route("10.6.2.0/24", nhid: 4, .none),
      text: "10.6.2.0/24 nhid 4 ",
      details: """
        unicast 10.6.2.0/24 nhid 4 table main proto boot scope global \n\tnh_info id 4 via 10.99.0.1 dev lab3 \
        scope link proto unspec onlink\u{20}
        """,
      json: """
        {"dst":"10.6.2.0/24","nhid":4,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.2.0/24","nhid":4,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":4,"gateway":"10.99.0.1","dev":"lab3","scope":"link","protocol":"unspec",\
        "flags":["onlink"]}}
        """),
    GoldenRoute(
      "ip route add 10.6.3.0/24 nhid 5, compat mode off",
      route("10.6.3.0/24", nhid: 5, .none),
      text: "10.6.3.0/24 nhid 5 ",
      details: """
        unicast 10.6.3.0/24 nhid 5 table main proto boot scope global \n\tnh_info id 5 dev lab0 scope host proto \
        unspec\u{20}
        """,
      json: """
        {"dst":"10.6.3.0/24","nhid":5,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.3.0/24","nhid":5,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":5,"dev":"lab0","scope":"host","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.4.0/24 nhid 6, compat mode off",
      route("10.6.4.0/24", type: .blackhole, nhid: 6, .none),
      text: "blackhole 10.6.4.0/24 nhid 6 ",
      details: """
        blackhole 10.6.4.0/24 nhid 6 table main proto boot scope global \n\tnh_info id 6 scope global blackhole \
        proto unspec\u{20}
        """,
      json: """
        {"type":"blackhole","dst":"10.6.4.0/24","nhid":6,"flags":[]}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"10.6.4.0/24","nhid":6,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":6,"scope":"global","blackhole":null,"protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.6.0/24 nhid 100 src 10.1.0.1, compat mode off",
      route("10.6.6.0/24", nhid: 100, .none, src: "10.1.0.1"),
      text: "10.6.6.0/24 nhid 100 src 10.1.0.1 ",
      details: """
        unicast 10.6.6.0/24 nhid 100 table main proto boot scope global src 10.1.0.1 \n\tnh_info id 100 group 1/2 \
        scope global proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.6.0/24","nhid":100,"prefsrc":"10.1.0.1","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.6.0/24","nhid":100,"table":"main","protocol":"boot","scope":"global",\
        "prefsrc":"10.1.0.1","flags":[],"nh_info":{"id":100,"group":[{"id":1},{"id":2}],"scope":"global",\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.7.0/24 nhid 101 proto bgp mtu 1400, compat mode off",
      route("10.6.7.0/24", proto: 186, nhid: 101, .none, extras(metrics: [(2, 1400, nil)])),
      text: "10.6.7.0/24 nhid 101 proto bgp mtu 1400 ",
      details: """
        unicast 10.6.7.0/24 nhid 101 table main proto bgp scope global mtu 1400 \n\tnh_info id 101 group 1,3/2,\
        256/3 scope global proto bgp\u{20}
        """,
      json: """
        {"dst":"10.6.7.0/24","nhid":101,"protocol":"bgp","flags":[],"metrics":[{"mtu":1400}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.7.0/24","nhid":101,"table":"main","protocol":"bgp","scope":"global",\
        "flags":[],"metrics":[{"mtu":1400}],"nh_info":{"id":101,"group":[{"id":1,"weight":3},{"id":2,\
        "weight":256},{"id":3}],"scope":"global","protocol":"bgp","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.8.0/24 nhid 102, compat mode off",
      route("10.6.8.0/24", nhid: 102, .none),
      text: "10.6.8.0/24 nhid 102 ",
      details: """
        unicast 10.6.8.0/24 nhid 102 table main proto boot scope global \n\tnh_info id 102 group 1 scope global \
        proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.8.0/24","nhid":102,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.8.0/24","nhid":102,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":102,"group":[{"id":1}],"scope":"global","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.9.0/24 nhid 104, compat mode off",
      route("10.6.9.0/24", nhid: 104, .none),
      text: "10.6.9.0/24 nhid 104 ",
      details: """
        unicast 10.6.9.0/24 nhid 104 table main proto boot scope global \n\tnh_info id 104 group 11/12,10 scope \
        global proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.9.0/24","nhid":104,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.9.0/24","nhid":104,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":104,"group":[{"id":11},{"id":12,"weight":10}],"scope":"global",\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.10.0/24 nhid 106, compat mode off",
      route("10.6.10.0/24", nhid: 106, .none),
      text: "10.6.10.0/24 nhid 106 ",
      details: """
        unicast 10.6.10.0/24 nhid 106 table main proto boot scope global \n\tnh_info id 106 group 1/4 scope \
        global proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.10.0/24","nhid":106,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.10.0/24","nhid":106,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":106,"group":[{"id":1},{"id":4}],"scope":"global","protocol":"unspec",\
        "flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.11.0/24 nhid 110, compat mode off",
      route("10.6.11.0/24", nhid: 110, .none),
      text: "10.6.11.0/24 nhid 110 ",
      details: """
        unicast 10.6.11.0/24 nhid 110 table main proto boot scope global \n\tnh_info id 110 group 1/2/3 type \
        resilient buckets 8 idle_timer 60 unbalanced_timer 300 unbalanced_time 0 scope global proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.11.0/24","nhid":110,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.11.0/24","nhid":110,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":110,"group":[{"id":1},{"id":2},{"id":3}],"type":"resilient",\
        "resilient_args":{"buckets":8,"idle_timer":60,"unbalanced_timer":300,"unbalanced_time":0},\
        "scope":"global","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.13.0/24 nhid 112, compat mode off",
      route("10.6.13.0/24", nhid: 112, .none),
      text: "10.6.13.0/24 nhid 112 ",
      details: """
        unicast 10.6.13.0/24 nhid 112 table main proto boot scope global \n\tnh_info id 112 group 11/12 type \
        resilient buckets 4 idle_timer 1e+07 unbalanced_timer 1 unbalanced_time 0 scope global proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.13.0/24","nhid":112,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.13.0/24","nhid":112,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":112,"group":[{"id":11},{"id":12}],"type":"resilient",\
        "resilient_args":{"buckets":4,"idle_timer":1e+07,"unbalanced_timer":1,"unbalanced_time":0},\
        "scope":"global","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.14.0/24 nhid 12, compat mode off",
      route("10.6.14.0/24", nhid: 12, .none),
      text: "10.6.14.0/24 nhid 12 ",
      details: """
        unicast 10.6.14.0/24 nhid 12 table main proto boot scope global \n\tnh_info id 12 via fe80::2 dev lab1 \
        scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.14.0/24","nhid":12,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.14.0/24","nhid":12,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":12,"gateway":"fe80::2","dev":"lab1","scope":"link","protocol":"unspec",\
        "flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.15.0/24 nhid 105, compat mode off",
      route("10.6.15.0/24", type: .blackhole, nhid: 105, .none),
      text: "blackhole 10.6.15.0/24 nhid 105 ",
      details: """
        blackhole 10.6.15.0/24 nhid 105 table main proto boot scope global \n\tnh_info id 105 group 6 scope \
        global proto unspec\u{20}
        """,
      json: """
        {"type":"blackhole","dst":"10.6.15.0/24","nhid":105,"flags":[]}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"10.6.15.0/24","nhid":105,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":105,"group":[{"id":6}],"scope":"global","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.16.0/24 nhid 16, compat mode off",
      route("10.6.16.0/24", nhid: 16, .none),
      text: "10.6.16.0/24 nhid 16 ",
      details: """
        unicast 10.6.16.0/24 nhid 16 table main proto boot scope global \n\tnh_info id 16  encap mpls  100/200 \
        via 10.1.0.2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.16.0/24","nhid":16,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.16.0/24","nhid":16,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":16,"encap":"mpls","dst":"100/200","gateway":"10.1.0.2","dev":"lab0",\
        "scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip route add 10.6.17.0/24 nhid 17, compat mode off",
      route("10.6.17.0/24", nhid: 17, .none),
      text: "10.6.17.0/24 nhid 17 ",
      details: """
        unicast 10.6.17.0/24 nhid 17 table main proto boot scope global \n\tnh_info id 17  encap ip id 5 src \
        0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"10.6.17.0/24","nhid":17,"flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.6.17.0/24","nhid":17,"table":"main","protocol":"boot","scope":"global",\
        "flags":[],"nh_info":{"id":17,"encap":"ip","id":5,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,\
        "gateway":"10.1.0.2","dev":"lab0","scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:5::/64 nhid 112 table 100, compat mode off",
      route("2001:db8:6:5::/64", table: 100, metric: 1024, nhid: 112, .none, pref: 0),
      text: "2001:db8:6:5::/64 nhid 112 table 100 metric 1024 pref medium",
      details: """
        unicast 2001:db8:6:5::/64 nhid 112 table 100 proto boot scope global metric 1024 pref medium\n\tnh_info \
        id 112 group 11/12 type resilient buckets 4 idle_timer 1e+07 unbalanced_timer 1 unbalanced_time 0 scope \
        global proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:5::/64","nhid":112,"table":"100","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:5::/64","nhid":112,"table":"100","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":112,"group":[{"id":11},{"id":12}],\
        "type":"resilient","resilient_args":{"buckets":4,"idle_timer":1e+07,"unbalanced_timer":1,\
        "unbalanced_time":0},"scope":"global","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6::/64 nhid 11, compat mode off",
      route("2001:db8:6::/64", metric: 1024, nhid: 11, .none, pref: 0),
      text: "2001:db8:6::/64 nhid 11 metric 1024 pref medium",
      details: """
        unicast 2001:db8:6::/64 nhid 11 table main proto boot scope global metric 1024 pref medium\n\tnh_info id \
        11 via 2001:db8:1::2 dev lab0 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6::/64","nhid":11,"metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6::/64","nhid":11,"table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":11,"gateway":"2001:db8:1::2","dev":"lab0",\
        "scope":"link","protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:1::/64 nhid 12 metric 7, compat mode off",
      route("2001:db8:6:1::/64", metric: 7, nhid: 12, .none, pref: 0),
      text: "2001:db8:6:1::/64 nhid 12 metric 7 pref medium",
      details: """
        unicast 2001:db8:6:1::/64 nhid 12 table main proto boot scope global metric 7 pref medium\n\tnh_info id \
        12 via fe80::2 dev lab1 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:1::/64","nhid":12,"metric":7,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:1::/64","nhid":12,"table":"main","protocol":"boot","scope":"global",\
        "metric":7,"flags":[],"pref":"medium","nh_info":{"id":12,"gateway":"fe80::2","dev":"lab1","scope":"link",\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:2::/64 nhid 13, compat mode off",
      route("2001:db8:6:2::/64", metric: 1024, type: .blackhole, nhid: 13, .none, pref: 0),
      text: "blackhole 2001:db8:6:2::/64 nhid 13 metric 1024 pref medium",
      details: """
        blackhole 2001:db8:6:2::/64 nhid 13 table main proto boot scope global metric 1024 pref medium\n\tnh_info \
        id 13 scope global blackhole proto unspec\u{20}
        """,
      json: """
        {"type":"blackhole","dst":"2001:db8:6:2::/64","nhid":13,"metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"blackhole","dst":"2001:db8:6:2::/64","nhid":13,"table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":13,"scope":"global","blackhole":null,\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:3::/64 nhid 14, compat mode off",
      route("2001:db8:6:3::/64", metric: 1024, nhid: 14, .none, pref: 0),
      text: "2001:db8:6:3::/64 nhid 14 metric 1024 pref medium",
      details: """
        unicast 2001:db8:6:3::/64 nhid 14 table main proto boot scope global metric 1024 pref medium\n\tnh_info \
        id 14 dev lab2 scope link proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:3::/64","nhid":14,"metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:3::/64","nhid":14,"table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":14,"dev":"lab2","scope":"link",\
        "protocol":"unspec","flags":[]}}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:6:4::/64 nhid 104 proto bgp, compat mode off",
      route("2001:db8:6:4::/64", metric: 1024, proto: 186, nhid: 104, .none, pref: 0),
      text: "2001:db8:6:4::/64 nhid 104 proto bgp metric 1024 pref medium",
      details: """
        unicast 2001:db8:6:4::/64 nhid 104 table main proto bgp scope global metric 1024 pref medium\n\tnh_info \
        id 104 group 11/12,10 scope global proto unspec\u{20}
        """,
      json: """
        {"dst":"2001:db8:6:4::/64","nhid":104,"protocol":"bgp","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:6:4::/64","nhid":104,"table":"main","protocol":"bgp","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nh_info":{"id":104,"group":[{"id":11},{"id":12,"weight":10}],\
        "scope":"global","protocol":"unspec","flags":[]}}
        """),
  ]
}
