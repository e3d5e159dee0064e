import Routing

extension GoldenRoute {
  static let ofEncapsulationsInIPv4: [GoldenRoute] = [
    GoldenRoute(
      """
      ip route add 10.5.0.0/24 encap ip id 100 src 10.1.0.1 dst 10.9.9.9 ttl 9 tos 4 key csum seq via 10.1.0.2
      """,
      route(
        "10.5.0.0/24",
        .single(
          leg(
            "10.1.0.2", dev: 3,
            encap: Encapsulation(
              type: 2,
              hex: "0c0001000000000000000064080002000a090909080003000a01000105000500"
                + "04000000050004000900000006000600000d0000")))),
      text: """
        10.5.0.0/24  encap ip id 100 src 10.1.0.1 dst 10.9.9.9 ttl 9 tos 4 key csum seq via 10.1.0.2 dev lab0\u{20}
        """,
      details: """
        unicast 10.5.0.0/24  encap ip id 100 src 10.1.0.1 dst 10.9.9.9 ttl 9 tos 4 key csum seq via 10.1.0.2 dev \
        lab0 table main proto boot scope global\u{20}
        """,
      json: """
        {"dst":"10.5.0.0/24","encap":"ip","id":100,"src":"10.1.0.1","dst":"10.9.9.9","ttl":9,"tos":4,"key":true,\
        "csum":true,"seq":true,"gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.5.0.0/24","encap":"ip","id":100,"src":"10.1.0.1","dst":"10.9.9.9","ttl":9,\
        "tos":4,"key":true,"csum":true,"seq":true,"gateway":"10.1.0.2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.5.1.0/24 encap ip dst 10.9.9.9 dev lab0",
      route(
        "10.5.1.0/24", scope: 253,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 2,
              hex: "0c0001000000000000000000080002000a090909080003000000000005000500"
                + "0000000005000400000000000600060000000000")))),
      text: "10.5.1.0/24  encap ip id 0 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 dev lab0 scope link ",
      details: """
        unicast 10.5.1.0/24  encap ip id 0 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 dev lab0 table main proto boot \
        scope link\u{20}
        """,
      json: """
        {"dst":"10.5.1.0/24","encap":"ip","id":0,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,"dev":"lab0",\
        "scope":"link","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.5.1.0/24","encap":"ip","id":0,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,\
        "tos":0,"dev":"lab0","table":"main","protocol":"boot","scope":"link","flags":[]}
        """),
    GoldenRoute(
      """
      ip route add 10.5.2.0/24 encap ip6 id 7 dst 2001:db8:9::1 hoplimit 3 tc 5 key via 10.1.0.2
      """,
      route(
        "10.5.2.0/24",
        .single(
          leg(
            "10.1.0.2", dev: 3,
            encap: Encapsulation(
              type: 4,
              hex: "0c00010000000000000000071400020020010db8000900000000000000000001"
                + "1400030000000000000000000000000000000000050005000500000005000400"
                + "030000000600060000040000")))),
      text: """
        10.5.2.0/24  encap ip6 id 7 src :: dst 2001:db8:9::1 hoplimit 3 tc 5 key via 10.1.0.2 dev lab0\u{20}
        """,
      details: """
        unicast 10.5.2.0/24  encap ip6 id 7 src :: dst 2001:db8:9::1 hoplimit 3 tc 5 key via 10.1.0.2 dev lab0 \
        table main proto boot scope global\u{20}
        """,
      json: """
        {"dst":"10.5.2.0/24","encap":"ip6","id":7,"src":"::","dst":"2001:db8:9::1","hoplimit":3,"tc":5,"key":true,\
        "gateway":"10.1.0.2","dev":"lab0","flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.5.2.0/24","encap":"ip6","id":7,"src":"::","dst":"2001:db8:9::1","hoplimit":3,\
        "tc":5,"key":true,"gateway":"10.1.0.2","dev":"lab0","table":"main","protocol":"boot","scope":"global",\
        "flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.5.3.0/24 encap mpls 100/200/16000 ttl 7 via 10.1.0.2",
      route(
        "10.5.3.0/24",
        .single(
          leg(
            "10.1.0.2", dev: 3,
            encap: Encapsulation(
              type: 1,
              hex: "1000010000064000000c800003e801000500020007000000")))),
      text: "10.5.3.0/24  encap mpls  100/200/16000 ttl 7 via 10.1.0.2 dev lab0 ",
      details: """
        unicast 10.5.3.0/24  encap mpls  100/200/16000 ttl 7 via 10.1.0.2 dev lab0 table main proto boot scope \
        global\u{20}
        """,
      json: """
        {"dst":"10.5.3.0/24","encap":"mpls","dst":"100/200/16000","ttl":7,"gateway":"10.1.0.2","dev":"lab0",\
        "flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.5.3.0/24","encap":"mpls","dst":"100/200/16000","ttl":7,"gateway":"10.1.0.2",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","flags":[]}
        """),
    GoldenRoute(
      "ip route add 10.5.4.0/24 encap seg6 mode encap segs fc00::1 dev lab0",
      route(
        "10.5.4.0/24", scope: 253,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 5,
              hex: "20000100010000000002040000000000fc000000000000000000000000000001")))),
      text: "10.5.4.0/24  encap seg6 mode encap segs 1 [ fc00::1 ] dev lab0 scope link ",
      details: """
        unicast 10.5.4.0/24  encap seg6 mode encap segs 1 [ fc00::1 ] dev lab0 table main proto boot scope link\u{20}
        """,
      json: """
        {"dst":"10.5.4.0/24","encap":"seg6","mode":"encap","segs":["fc00::1"],"dev":"lab0","scope":"link",\
        "flags":[]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.5.4.0/24","encap":"seg6","mode":"encap","segs":["fc00::1"],"dev":"lab0",\
        "table":"main","protocol":"boot","scope":"link","flags":[]}
        """),
    GoldenRoute(
      """
      ip route add 10.5.5.0/24 nexthop encap ip id 1 dst 10.9.9.9 via 10.1.0.2 weight 2 nexthop encap mpls 300 \
      via 10.1.1.2 nexthop via 10.1.2.2
      """,
      route(
        "10.5.5.0/24",
        .multipath([
          leg(
            "10.1.0.2", dev: 3, weight: 2,
            encap: Encapsulation(
              type: 2,
              hex: "0c0001000000000000000001080002000a090909080003000000000005000500"
                + "0000000005000400000000000600060000000000")),
          leg("10.1.1.2", dev: 5, encap: Encapsulation(type: 1, hex: "080001000012c100")), leg("10.1.2.2", dev: 7),
        ])),
      text: """
        10.5.5.0/24 \n\tnexthop  encap ip id 1 src 0.0.0.0 dst 10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0 weight \
        2 \n\tnexthop  encap mpls  300 via 10.1.1.2 dev lab1 weight 1 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      details: """
        unicast 10.5.5.0/24 table main proto boot scope global \n\tnexthop  encap ip id 1 src 0.0.0.0 dst \
        10.9.9.9 ttl 0 tos 0 via 10.1.0.2 dev lab0 weight 2 \n\tnexthop  encap mpls  300 via 10.1.1.2 dev lab1 \
        weight 1 \n\tnexthop via 10.1.2.2 dev lab2 weight 1\u{20}
        """,
      json: """
        {"dst":"10.5.5.0/24","flags":[],"nexthops":[{"encap":"ip","id":1,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,\
        "tos":0,"gateway":"10.1.0.2","dev":"lab0","weight":2,"flags":[]},{"encap":"mpls","dst":"300",\
        "gateway":"10.1.1.2","dev":"lab1","weight":1,"flags":[]},{"gateway":"10.1.2.2","dev":"lab2","weight":1,\
        "flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"10.5.5.0/24","table":"main","protocol":"boot","scope":"global","flags":[],\
        "nexthops":[{"encap":"ip","id":1,"src":"0.0.0.0","dst":"10.9.9.9","ttl":0,"tos":0,"gateway":"10.1.0.2",\
        "dev":"lab0","weight":2,"flags":[]},{"encap":"mpls","dst":"300","gateway":"10.1.1.2","dev":"lab1",\
        "weight":1,"flags":[]},{"gateway":"10.1.2.2","dev":"lab2","weight":1,"flags":[]}]}
        """),
  ]
}
