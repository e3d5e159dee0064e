import KernelRouting
import Routing
import Shadow
import TestSupport
import Testing

@Suite("The buckets of a shadow")
struct LiveBucketTests {
  /// A state with one resilient group (10) over six nexthops.
  private static func state(
    members: String, buckets: Int, idleTimer: Int = 1000
  ) throws -> RoutingState {
    try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name p1; ip link set o1 up; ip link set p1 up; ip addr add 10.1.1.1/24 dev o1
        for n in 1 2 3 4 5 6; do ip nexthop add id $n via 10.1.1.1$n dev o1; done
        ip nexthop add id 10 group \(members) type resilient buckets \(buckets) idle_timer \(idleTimer)
        ip route add 198.51.100.0/24 nhid 10
        """)
      var kernel = try Kernel(visiting: ())
      return try kernel.readState()
    }
  }

  private static func members(_ state: RoutingState) -> [UInt32] {
    state.bucketTables.first?.buckets.map(\.nexthop) ?? []
  }

  /// Busy or long idle.
  private static func bucket(_ nexthop: UInt32, isBusy: Bool) -> NexthopBucket {
    NexthopBucket(nexthop: nexthop, idleTime: isBusy ? 10 : 1_000_000)
  }

  @Test("any table comes about, while its buckets are in use", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func anyTable(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = [16, 100, 257, 1024, 1500, 64][Int(seed) - 1]
    var state = try Self.state(members: "1,3/2/3,9/4", buckets: count)
    let wanted = (0..<count).map { _ in Self.bucket(random.pick([1, 1, 2, 3, 4]), isBusy: true) }
    state.bucketTables = [BucketTable(group: 10, buckets: wanted)]
    var shadow = try Shadow(rebuilding: state)
    #expect(shadow.differences == [], "seed \(seed)")
    let found = try shadow.readState()
    #expect(Self.members(found) == wanted.map(\.nexthop), "seed \(seed)")
    #expect(found.nexthops == state.nexthops && found.groups.map(\.members) == state.groups.map(\.members))
    #expect(found.routes.count == state.routes.count)
  }

  @Test(
    "buckets that are idle move at the next change, and those in use do not", arguments: 1...6 as ClosedRange<UInt64>)
  func idleness(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = 96
    var state = try Self.state(members: "1/2/3", buckets: count)
    var places = (0..<count).map { UInt32($0 % 3) + 1 }
    places.shuffle(using: &random)
    let isBusy = (0..<count).map { _ in random.chance(40) }
    state.bucketTables = [BucketTable(group: 10, buckets: zip(places, isBusy).map { Self.bucket($0, isBusy: $1) })]
    var shadow = try Shadow(rebuilding: state)
    #expect(shadow.differences == [], "seed \(seed)")
    #expect(Self.members(try shadow.readState()) == places)
    // Each of the three has 8 buckets too many for the fourth; idle ones are given away in order until there are none.
    _ = try shadow.run([
      ["ip", "nexthop", "replace", "id", "10", "group", "1/2/3/4", "type", "resilient", "buckets", "96"]
    ])
    var expected = places
    var surplus: [UInt32: Int] = [1: 8, 2: 8, 3: 8]
    for index in 0..<count {
      guard !isBusy[index], let left = surplus[places[index]], left > 0 else { continue }
      surplus[places[index]] = left - 1
      expected[index] = 4
    }
    #expect(Self.members(try shadow.readState()) == expected, "seed \(seed)")
  }

  @Test("who builds a shadow may say that no bucket is in use, or that all are")
  func activity() throws {
    let state = try Self.state(members: "1/2/3", buckets: 60)
    let command = ["ip", "nexthop", "replace", "id", "10", "group", "1/2/3/4", "type", "resilient"]
    for (activity, moved) in [(Shadow.BucketActivity.allIdle, 15), (.allBusy, 0), (.byIdleTime, 0)] {
      var shadow = try Shadow(rebuilding: state, buckets: activity)
      #expect(shadow.differences == [])
      _ = try shadow.run([command])
      #expect(Self.members(try shadow.readState()).count { $0 == 4 } == moved, "\(activity)")
    }
  }

  @Test("a table that members have come to and gone from for long", arguments: [1, 2, 3] as [UInt64])
  func churn(seed: UInt64) throws {
    try withNetworkNamespace {
      try run(LookupLab.interfaces)
      try run(LookupLab.objects)
      try run("ip nexthop replace id 102 group 1/2 type resilient buckets 64 idle_timer 1")
      var random = SeededGenerator(seed: seed)
      for id in [102, 103, 105, 112, 115] {
        let base = id < 110 ? 1 : 11
        for _ in 0..<20 {
          var all = Array(base...(base + 5))
          all.shuffle(using: &random)
          let list = all.prefix(Int(random.next() % 5) + 1).map { "\($0),\(random.next() % 9 + 1)" }.joined(
            separator: "/")
          try run("ip nexthop replace id \(id) group \(list) type resilient")
        }
      }
      try expectFaithfulShadow("churn \(seed)", seed: seed)
    }
  }
}
