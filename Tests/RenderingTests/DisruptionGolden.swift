/// What the reports of `DisruptionLab` look like.
enum DisruptionGolden {
  /// Nexthop 3 of four leaves its group.
  static let text = """
    337 of 1000 flows move (33.7%): 250 had to, 87 need not

    before                      flows  share  ideal
    id 1 via 10.1.1.1 dev swp1    232  23.2%  25.0%  #####################
    id 2 via 10.1.2.1 dev swp2    261  26.1%  25.0%  ################--------
    id 3 via 10.1.3.1 dev swp3    250  25.0%  25.0%  -----------------------
    id 4 via 10.1.4.1 dev swp4    257  25.7%  25.0%  ########################

    after                       flows  share  ideal
    id 1 via 10.1.1.1 dev swp1    319  31.9%  33.3%  ################++++++
    id 2 via 10.1.2.1 dev swp2    344  34.4%  33.3%  ############++++++++++++
    id 4 via 10.1.4.1 dev swp4    337  33.7%  33.3%  ##################++++++
    (# stays, - leaves, + comes)

    from -> to
      170  via 10.1.3.1 dev swp3 -> via 10.1.2.1 dev swp2
       87  via 10.1.2.1 dev swp2 -> via 10.1.1.1 dev swp1
       80  via 10.1.3.1 dev swp3 -> via 10.1.4.1 dev swp4
    reasons: nexthop-gone 250, range-shifted 87

    of 1000 flows                move  share  had to  need not
    this change                   337  33.7%     250        87
    mod-n                         751  75.1%     244       507
    hash-threshold                337  33.7%     250        87
    resilient                     237  23.7%     237         0
    maglev                        260  26.0%     259         1
    rendezvous                    245  24.5%     245         0
    jump                          422  42.2%     256       166
    least on average, by weight   250  25.0%
    the same hashes placed by other schemes; resilient with 256 buckets, once
      settled
    hash-threshold was to move 33.3% by its ranges (RFC 2992), and moved 33.7%

    anycast: an ICMP "packet too big" takes the nexthop of its flow for 31.8% of
      1000 sampled flows; policy 1 hashes the router's address, not the flow: by
      chance (RFC 7690); policy 0 sends it there
    anycast: 341 of 500 clients with several flows to one address are split over
      nexthops (before: 397); policy 0 splits none

    every prediction is exact

    """

  /// The same, with a rule that refuses a part of the clients, and everything else that a report can have.
  static let rich = """
    254 of 1000 flows move (25.4%): 187 had to, 67 need not, 256 unroutable
    by weight 114867000 of 499500000 (23.0%): 81331000 had to, 33536000 need not

    before                      flows  share  ideal     weight
    id 1 via 10.1.1.1 dev swp1    232  23.2%  25.0%  110510000  #############-----
    id 2 via 10.1.2.1 dev swp2    261  26.1%  25.0%  131893000  ##########----------
    id 3 via 10.1.3.1 dev swp3    250  25.0%  25.0%  122374000  -------------------
    id 4 via 10.1.4.1 dev swp4    257  25.7%  25.0%  134723000  ##############------

    after                       flows  share  ideal     weight
    id 1 via 10.1.1.1 dev swp1    240  24.0%  24.8%  106255000  #############+++++
    id 2 via 10.1.2.1 dev swp2    260  26.0%  24.8%  115402000  ##########++++++++++
    id 4 via 10.1.4.1 dev swp4    244  24.4%  24.8%  114131000  ##############+++++
    prohibit                      256  25.6%         163712000  ++++++++++++++++++++
    (# stays, - leaves, + comes)

    from -> to
      124  via 10.1.3.1 dev swp3 -> via 10.1.2.1 dev swp2
       76  via 10.1.4.1 dev swp4 -> prohibit
       67  via 10.1.2.1 dev swp2 -> via 10.1.1.1 dev swp1
       63  via 10.1.3.1 dev swp3 -> via 10.1.4.1 dev swp4
       63  via 10.1.3.1 dev swp3 -> prohibit
       59  via 10.1.1.1 dev swp1 -> prohibit
       58  via 10.1.2.1 dev swp2 -> prohibit
    reasons: route-changed 256, nexthop-gone 187, range-shifted 67

    of 744 flows                 move  share  had to  need not
    this change                   254  34.1%     187        67
    mod-n                         562  75.5%     173       389
    hash-threshold                254  34.1%     187        67
    resilient                     175  23.5%     175         0
    maglev                        196  26.3%     195         1
    rendezvous                    190  25.5%     190         0
    jump                          314  42.2%     188       126
    least on average, by weight   186  25.0%
    the same hashes placed by other schemes; resilient with 256 buckets, once
      settled
    hash-threshold was to move 33.3% by its ranges (RFC 2992), and moved 34.1%

    resilient groups: moves 250 flows, may-move 12, stays 738
      now      64 buckets  250 flows  ip nexthop del id 3
      +60.5 s  1 bucket    12 flows   balanced

    anycast: an ICMP "packet too big" takes the nexthop of its flow for 22.4% of 744
      sampled flows; policy 1 hashes the router's address, not the flow: by chance
      (RFC 7690); policy 0 sends it there
    anycast: 252 of 500 clients with several flows to one address are split over
      nexthops (before: 397); policy 0 splits none

    uncertain:
      idle-unknown: whether a bucket was used since it was moved can not be seen
        from outside

    """

  static let json = """
    {
      "changes": [
        "ip nexthop del id 3",
        "ip rule add from 10.2.1.0/25 prohibit"
      ],
      "flows": 1000,
      "moved": 254,
      "unavoidable": 187,
      "collateral": 67,
      "unroutable": 256,
      "restored": 0,
      "otherwise": 0,
      "undetermined": 0,
      "stays": 490,
      "weight": {
        "total": 499500000,
        "moved": 114867000,
        "unavoidable": 81331000,
        "collateral": 33536000,
        "unroutable": 163712000,
        "restored": 0
      },
      "before": [
        {"nexthop":{"id":1,"gateway":"10.1.1.1","dev":"swp1","weight":1},"flows":232,"weight":110510000,"share":0.232,"ideal_share":0.25},
        {"nexthop":{"id":2,"gateway":"10.1.2.1","dev":"swp2","weight":1},"flows":261,"weight":131893000,"share":0.261,"ideal_share":0.25},
        {"nexthop":{"id":3,"gateway":"10.1.3.1","dev":"swp3","weight":1},"flows":250,"weight":122374000,"share":0.25,"ideal_share":0.25},
        {"nexthop":{"id":4,"gateway":"10.1.4.1","dev":"swp4","weight":1},"flows":257,"weight":134723000,"share":0.257,"ideal_share":0.25}
      ],
      "after": [
        {"nexthop":{"id":1,"gateway":"10.1.1.1","dev":"swp1","weight":1},"flows":240,"weight":106255000,"share":0.24,"ideal_share":0.248},
        {"nexthop":{"id":2,"gateway":"10.1.2.1","dev":"swp2","weight":1},"flows":260,"weight":115402000,"share":0.26,"ideal_share":0.248},
        {"nexthop":{"id":4,"gateway":"10.1.4.1","dev":"swp4","weight":1},"flows":244,"weight":114131000,"share":0.244,"ideal_share":0.248},
        {"type":"prohibit","flows":256,"weight":163712000,"share":0.256}
      ],
      "matrix": [
        {"from":"via 10.1.1.1 dev swp1","to":"via 10.1.1.1 dev swp1","flows":173,"weight":72719000},
        {"from":"via 10.1.1.1 dev swp1","to":"prohibit","flows":59,"weight":37791000},
        {"from":"via 10.1.2.1 dev swp2","to":"via 10.1.1.1 dev swp1","flows":67,"weight":33536000},
        {"from":"via 10.1.2.1 dev swp2","to":"via 10.1.2.1 dev swp2","flows":136,"weight":60730000},
        {"from":"via 10.1.2.1 dev swp2","to":"prohibit","flows":58,"weight":37627000},
        {"from":"via 10.1.3.1 dev swp3","to":"via 10.1.2.1 dev swp2","flows":124,"weight":54672000},
        {"from":"via 10.1.3.1 dev swp3","to":"via 10.1.4.1 dev swp4","flows":63,"weight":26659000},
        {"from":"via 10.1.3.1 dev swp3","to":"prohibit","flows":63,"weight":41043000},
        {"from":"via 10.1.4.1 dev swp4","to":"via 10.1.4.1 dev swp4","flows":181,"weight":87472000},
        {"from":"via 10.1.4.1 dev swp4","to":"prohibit","flows":76,"weight":47251000}
      ],
      "reasons": {
        "route-changed": 256,
        "nexthop-gone": 187,
        "range-shifted": 67
      },
      "comparison": {
        "flows": 744,
        "not_compared": 0,
        "buckets": [256],
        "actual": {"moved":254,"unavoidable":187,"collateral":67,"weight":114867000},
        "mod-n": {"moved":562,"unavoidable":173,"collateral":389,"weight":261022000},
        "hash-threshold": {"moved":254,"unavoidable":187,"collateral":67,"weight":114867000},
        "resilient": {"moved":175,"unavoidable":175,"collateral":0,"weight":83627000},
        "maglev": {"moved":196,"unavoidable":195,"collateral":1,"weight":86951000},
        "rendezvous": {"moved":190,"unavoidable":190,"collateral":0,"weight":87148000},
        "jump": {"moved":314,"unavoidable":188,"collateral":126,"weight":139446000},
        "bound": 186.0
      },
      "expected": {
        "flows": 744,
        "moved": 254,
        "expected_share": 0.333333,
        "share": 0.341398
      },
      "anycast": [
        {"family":"inet","policy_before":1,"policy":1,"errors_before":{"sampled":1000,"same_nexthop":232,"unknown":0},"errors":{"sampled":744,"same_nexthop":167,"unknown":0},"clients":{"sampled":500,"all":true,"split_before":397,"split":252},"outbound":{"sampled":0,"returns":0}}
      ],
      "resilient": {
        "moves": {"flows":250,"weight":250},
        "may-move": {"flows":12,"weight":12},
        "stays": {"flows":738,"weight":738},
        "course": [{"seconds":0.0,"event":"ip nexthop del id 3","buckets":64,"flows":250},{"seconds":60.5,"event":"balanced","buckets":1,"flows":12}]
      },
      "certainty": "uncertain",
      "uncertain": 0,
      "caveats": [
        {"code":"idle-unknown","text":"whether a bucket was used since it was moved can not be seen from outside"}
      ]
    }
    """
}
