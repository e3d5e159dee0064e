import Routing

extension GoldenRoute {
  static let ofEncapsulationsInIPv6: [GoldenRoute] = [
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5::/64 encap ip6 id 9 src 2001:db8:1::1 dst 2001:db8:9::1 hoplimit 3 via \
      2001:db8:1:0::2
      """,
      route(
        "2001:db8:5::/64", metric: 1024,
        .single(
          leg(
            "2001:db8:1::2", dev: 3,
            encap: Encapsulation(
              type: 4,
              hex: "0c00010000000000000000091400020020010db8000900000000000000000001"
                + "1400030020010db8000100000000000000000001050005000000000005000400"
                + "030000000600060000000000"))),
        pref: 0),
      text: """
        2001:db8:5::/64  encap ip6 id 9 src 2001:db8:1::1 dst 2001:db8:9::1 hoplimit 3 tc 0 via 2001:db8:1::2 dev \
        lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5::/64  encap ip6 id 9 src 2001:db8:1::1 dst 2001:db8:9::1 hoplimit 3 tc 0 via \
        2001:db8:1::2 dev lab0 table main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5::/64","encap":"ip6","id":9,"src":"2001:db8:1::1","dst":"2001:db8:9::1","hoplimit":3,\
        "tc":0,"gateway":"2001:db8:1::2","dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5::/64","encap":"ip6","id":9,"src":"2001:db8:1::1",\
        "dst":"2001:db8:9::1","hoplimit":3,"tc":0,"gateway":"2001:db8:1::2","dev":"lab0","table":"main",\
        "protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:1::/64 encap seg6 mode encap segs fc00::1,fc00::2 dev lab0",
      route(
        "2001:db8:5:1::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 5,
              hex: "30000100010000000004040101000000fc000000000000000000000000000002"
                + "fc000000000000000000000000000001"))),
        pref: 0),
      text: """
        2001:db8:5:1::/64  encap seg6 mode encap segs 2 [ fc00::1 fc00::2 ] dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:1::/64  encap seg6 mode encap segs 2 [ fc00::1 fc00::2 ] dev lab0 table main proto \
        boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:1::/64","encap":"seg6","mode":"encap","segs":["fc00::1","fc00::2"],"dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:1::/64","encap":"seg6","mode":"encap","segs":["fc00::1","fc00::2"],\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:2::/64 encap seg6 mode inline segs fc00::1,fc00::2 dev lab0",
      route(
        "2001:db8:5:2::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 5,
              hex: "4000010000000000000604020200000000000000000000000000000000000000"
                + "fc000000000000000000000000000002fc000000000000000000000000000001"))),
        pref: 0),
      text: """
        2001:db8:5:2::/64  encap seg6 mode inline segs 3 [ fc00::1 fc00::2 :: ] dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:2::/64  encap seg6 mode inline segs 3 [ fc00::1 fc00::2 :: ] dev lab0 table main proto \
        boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:2::/64","encap":"seg6","mode":"inline","segs":["fc00::1","fc00::2","::"],"dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:2::/64","encap":"seg6","mode":"inline","segs":["fc00::1","fc00::2",\
        "::"],"dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],\
        "pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:3::/64 encap seg6 mode l2encap segs fc00::1 dev lab0",
      route(
        "2001:db8:5:3::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 5,
              hex: "20000100020000000002040000000000fc000000000000000000000000000001"))), pref: 0),
      text: """
        2001:db8:5:3::/64  encap seg6 mode l2encap segs 1 [ fc00::1 ] dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:3::/64  encap seg6 mode l2encap segs 1 [ fc00::1 ] dev lab0 table main proto boot \
        scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:3::/64","encap":"seg6","mode":"l2encap","segs":["fc00::1"],"dev":"lab0","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:3::/64","encap":"seg6","mode":"l2encap","segs":["fc00::1"],\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:4::/64 encap seg6 mode encap.red segs fc00::1,fc00::2,fc00::3 dev lab0
      """,
      route(
        "2001:db8:5:4::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 5,
              hex: "40000100030000000006040202000000fc000000000000000000000000000003"
                + "fc000000000000000000000000000002fc000000000000000000000000000001"))),
        pref: 0),
      text: """
        2001:db8:5:4::/64  encap seg6 mode encap.red segs 3 [ fc00::1 fc00::2 fc00::3 ] dev lab0 metric 1024 pref \
        medium
        """,
      details: """
        unicast 2001:db8:5:4::/64  encap seg6 mode encap.red segs 3 [ fc00::1 fc00::2 fc00::3 ] dev lab0 table \
        main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:4::/64","encap":"seg6","mode":"encap.red","segs":["fc00::1","fc00::2","fc00::3"],\
        "dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:4::/64","encap":"seg6","mode":"encap.red","segs":["fc00::1","fc00::2",\
        "fc00::3"],"dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],\
        "pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:5::/64 encap seg6 mode l2encap.red segs fc00::1,fc00::2 dev lab0
      """,
      route(
        "2001:db8:5:5::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 5,
              hex: "30000100040000000004040101000000fc000000000000000000000000000002"
                + "fc000000000000000000000000000001"))),
        pref: 0),
      text: """
        2001:db8:5:5::/64  encap seg6 mode l2encap.red segs 2 [ fc00::1 fc00::2 ] dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:5::/64  encap seg6 mode l2encap.red segs 2 [ fc00::1 fc00::2 ] dev lab0 table main \
        proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:5::/64","encap":"seg6","mode":"l2encap.red","segs":["fc00::1","fc00::2"],"dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:5::/64","encap":"seg6","mode":"l2encap.red","segs":["fc00::1",\
        "fc00::2"],"dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],\
        "pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:6::/64 encap seg6local action End dev lab0",
      route(
        "2001:db8:5:6::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "0800010001000000"))), pref: 0),
      text: "2001:db8:5:6::/64  encap seg6local action End dev lab0 metric 1024 pref medium",
      details: """
        unicast 2001:db8:5:6::/64  encap seg6local action End dev lab0 table main proto boot scope global metric \
        1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:6::/64","encap":"seg6local","action":"End","dev":"lab0","metric":1024,"flags":[],\
        "pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:6::/64","encap":"seg6local","action":"End","dev":"lab0",\
        "table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:7::/64 encap seg6local action End.X nh6 2001:db8:1:0::2 dev lab0
      """,
      route(
        "2001:db8:5:7::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "08000100020000001400050020010db8000100000000000000000002"))), pref: 0),
      text: """
        2001:db8:5:7::/64  encap seg6local action End.X nh6 2001:db8:1::2 dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:7::/64  encap seg6local action End.X nh6 2001:db8:1::2 dev lab0 table main proto boot \
        scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:7::/64","encap":"seg6local","action":"End.X","nh6":"2001:db8:1::2","dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:7::/64","encap":"seg6local","action":"End.X","nh6":"2001:db8:1::2",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:8::/64 encap seg6local action End.T table main dev lab0",
      route(
        "2001:db8:5:8::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "080001000300000008000300fe000000"))), pref: 0),
      text: """
        2001:db8:5:8::/64  encap seg6local action End.T table main dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:8::/64  encap seg6local action End.T table main dev lab0 table main proto boot scope \
        global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:8::/64","encap":"seg6local","action":"End.T","table":"main","dev":"lab0","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:8::/64","encap":"seg6local","action":"End.T","table":"main",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:9::/64 encap seg6local action End.DX4 nh4 10.1.0.2 count dev lab0
      """,
      route(
        "2001:db8:5:9::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "0800010006000000080004000a01000228000a800c0002000000000000000000"
                + "0c00030000000000000000000c0004000000000000000000"))),
        pref: 0),
      text: """
        2001:db8:5:9::/64  encap seg6local action End.DX4 nh4 10.1.0.2 dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:9::/64  encap seg6local action End.DX4 nh4 10.1.0.2 dev lab0 table main proto boot \
        scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:9::/64","encap":"seg6local","action":"End.DX4","nh4":"10.1.0.2","dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:9::/64","encap":"seg6local","action":"End.DX4","nh4":"10.1.0.2",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:a::/64 encap seg6local action End.DX2 oif lab1 dev lab0",
      route(
        "2001:db8:5:a::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "08000100040000000800070005000000"))), pref: 0),
      text: """
        2001:db8:5:a::/64  encap seg6local action End.DX2 oif lab1 dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:a::/64  encap seg6local action End.DX2 oif lab1 dev lab0 table main proto boot scope \
        global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:a::/64","encap":"seg6local","action":"End.DX2","oif":"lab1","dev":"lab0","metric":1024,\
        "flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:a::/64","encap":"seg6local","action":"End.DX2","oif":"lab1",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:b::/64 encap seg6local action End.B6.Encaps srh segs fc00::9,fc00::a dev lab0
      """,
      route(
        "2001:db8:5:b::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "080001000a0000002c0002000004040101000000fc0000000000000000000000"
                + "0000000afc000000000000000000000000000009"))),
        pref: 0),
      text: """
        2001:db8:5:b::/64  encap seg6local action End.B6.Encaps segs 2 [ fc00::9 fc00::a ] dev lab0 metric 1024 \
        pref medium
        """,
      details: """
        unicast 2001:db8:5:b::/64  encap seg6local action End.B6.Encaps segs 2 [ fc00::9 fc00::a ] dev lab0 table \
        main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:b::/64","encap":"seg6local","action":"End.B6.Encaps","srh":{"segs":["fc00::9",\
        "fc00::a"]},"dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:b::/64","encap":"seg6local","action":"End.B6.Encaps",\
        "srh":{"segs":["fc00::9","fc00::a"]},"dev":"lab0","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:c::/64 encap seg6local action End flavors psp dev lab0",
      route(
        "2001:db8:5:c::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "08000100010000000c000b800800010002000000"))), pref: 0),
      text: """
        2001:db8:5:c::/64  encap seg6local action End flavors psp dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:c::/64  encap seg6local action End flavors psp dev lab0 table main proto boot scope \
        global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:c::/64","encap":"seg6local","action":"End","flavors":["psp"],"dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:c::/64","encap":"seg6local","action":"End","flavors":["psp"],\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      "ip -6 route add 2001:db8:5:d::/64 encap seg6local action End.DT6 table 100 dev lab0",
      route(
        "2001:db8:5:d::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "08000100070000000800030064000000"))), pref: 0),
      text: """
        2001:db8:5:d::/64  encap seg6local action End.DT6 table 100 dev lab0 metric 1024 pref medium
        """,
      details: """
        unicast 2001:db8:5:d::/64  encap seg6local action End.DT6 table 100 dev lab0 table main proto boot scope \
        global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:d::/64","encap":"seg6local","action":"End.DT6","table":"100","dev":"lab0",\
        "metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:d::/64","encap":"seg6local","action":"End.DT6","table":"100",\
        "dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,"flags":[],"pref":"medium"}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:12::/64 nexthop encap seg6 mode encap segs fc00::1 via 2001:db8:1:0::2 nexthop \
      via 2001:db8:1:1::2
      """,
      route(
        "2001:db8:5:12::/64", metric: 1024,
        .multipath([
          leg(
            "2001:db8:1::2", dev: 3,
            encap: Encapsulation(type: 5, hex: "20000100010000000002040000000000fc000000000000000000000000000001")),
          leg("2001:db8:1:1::2", dev: 5),
        ]), pref: 0),
      text: """
        2001:db8:5:12::/64 metric 1024 pref medium\n\tnexthop  encap seg6 mode encap segs 1 [ fc00::1 ] via \
        2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via 2001:db8:1:1::2 dev lab1 weight 1\u{20}
        """,
      details: """
        unicast 2001:db8:5:12::/64 table main proto boot scope global metric 1024 pref medium\n\tnexthop  encap \
        seg6 mode encap segs 1 [ fc00::1 ] via 2001:db8:1::2 dev lab0 weight 1 \n\tnexthop via 2001:db8:1:1::2 \
        dev lab1 weight 1\u{20}
        """,
      json: """
        {"dst":"2001:db8:5:12::/64","metric":1024,"flags":[],"pref":"medium","nexthops":[{"encap":"seg6",\
        "mode":"encap","segs":["fc00::1"],"gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},\
        {"gateway":"2001:db8:1:1::2","dev":"lab1","weight":1,"flags":[]}]}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:12::/64","table":"main","protocol":"boot","scope":"global",\
        "metric":1024,"flags":[],"pref":"medium","nexthops":[{"encap":"seg6","mode":"encap","segs":["fc00::1"],\
        "gateway":"2001:db8:1::2","dev":"lab0","weight":1,"flags":[]},{"gateway":"2001:db8:1:1::2","dev":"lab1",\
        "weight":1,"flags":[]}]}
        """),
    GoldenRoute(
      """
      ip -6 route add 2001:db8:5:13::/64 encap seg6local action End flavors next-csid lblen 32 nflen 16 dev lab0
      """,
      route(
        "2001:db8:5:13::/64", metric: 1024,
        .single(
          leg(
            dev: 3,
            encap: Encapsulation(
              type: 7,
              hex: "08000100010000001c000b80080001001000000005000200200000000500030010000000"))), pref: 0),
      text: """
        2001:db8:5:13::/64  encap seg6local action End flavors next-csid lblen 32 nflen 16 dev lab0 metric 1024 \
        pref medium
        """,
      details: """
        unicast 2001:db8:5:13::/64  encap seg6local action End flavors next-csid lblen 32 nflen 16 dev lab0 table \
        main proto boot scope global metric 1024 pref medium
        """,
      json: """
        {"dst":"2001:db8:5:13::/64","encap":"seg6local","action":"End","flavors":["next-csid"],"lblen":32,\
        "nflen":16,"dev":"lab0","metric":1024,"flags":[],"pref":"medium"}
        """,
      detailedJSON: """
        {"type":"unicast","dst":"2001:db8:5:13::/64","encap":"seg6local","action":"End","flavors":["next-csid"],\
        "lblen":32,"nflen":16,"dev":"lab0","table":"main","protocol":"boot","scope":"global","metric":1024,\
        "flags":[],"pref":"medium"}
        """),
  ]
}
