import Forwarding
import Routing
import Testing

@Suite("The bucket table of a resilient group")
struct ResilientTableTests {
  /// A table as the kernel made it: the position of the member and for how many buckets in a row.
  struct Fresh: Sendable {
    var weights: [UInt32]
    var runs: [(member: Int, buckets: Int)]

    init(_ weights: [UInt32], _ runs: [(Int, Int)]) {
      self.weights = weights
      self.runs = runs.map { (member: $0.0, buckets: $0.1) }
    }
  }

  static func members(_ weights: [UInt32]) -> [NexthopGroup.Member] {
    weights.enumerated().map { NexthopGroup.Member(id: UInt32($0.offset + 1), weight: $0.element) }
  }

  @Test(
    "A new table is what Linux 6.18 makes",
    arguments: [
      Fresh([1, 1], [(1, 4), (0, 4)]),
      Fresh([1, 1, 1], [(2, 3), (1, 4), (0, 3)]),
      Fresh([3, 1, 7, 2], [(3, 2), (2, 9), (1, 1), (0, 4)]),
      Fresh([3, 1, 7, 2], [(3, 20), (2, 69), (1, 9), (0, 30)]),
      Fresh([1, 100, 1], [(1, 4)]),
      Fresh([1, 1, 1, 1], [(2, 1), (0, 1)]),
      Fresh([5, 5, 5, 5, 5], [(4, 13), (3, 13), (2, 12), (1, 13), (0, 13)]),
    ])
  func fresh(_ fresh: Fresh) {
    let expected = fresh.runs.flatMap { Array(repeating: UInt32($0.member + 1), count: $0.buckets) }
    let table = ResilientTable(members: Self.members(fresh.weights), buckets: expected.count)
    #expect(table.owners == expected)
    #expect(table.isBalanced && table.nextUpkeep == nil)
  }

  @Test("The buckets of a leaver move, and no others")
  func leaver() {
    var table = ResilientTable(members: Self.members([1, 1, 1, 1]), buckets: 12)
    for bucket in table.buckets.indices { table.use(bucket, at: 10) }
    let before = table.owners
    #expect(before == [4, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1])
    table.replace(members: Self.members([1, 1, 1, 1]).filter { $0.id != 3 }, now: 20)
    #expect(zip(before, table.owners).allSatisfy { $0 == 3 || $0 == $1 })
    #expect(table.owners == [4, 4, 4, 4, 2, 1, 2, 2, 2, 1, 1, 1])
    #expect(table.isBalanced)
  }

  @Test("A member that comes back gets idle buckets at once, busy ones when they are idle")
  func returning() {
    var table = ResilientTable(members: Self.members([1, 1]), buckets: 8, idleTimer: 1000)
    for bucket in [0, 1, 4, 5, 6, 7] { table.use(bucket, at: 100) }
    let both = table.members
    table.replace(members: [both[0]], now: 200)
    for bucket in 1..<8 { table.use(bucket, at: 300) }
    table.replace(members: both, now: 400)
    #expect(table.owners == [2, 1, 1, 1, 1, 1, 1, 1])
    #expect(table.unbalancedSince == 400)
    #expect(table.nextUpkeep == 1300)
    table.use(1, at: 1000)
    #expect(table.upkeep(now: 1300) == [2, 3, 4])
    #expect(table.isBalanced)
  }

  @Test("The unbalanced timer moves busy buckets")
  func forced() {
    var table = ResilientTable(members: Self.members([1]), buckets: 4, idleTimer: 10000, unbalancedTimer: 500)
    for bucket in table.buckets.indices { table.use(bucket, at: 1) }
    table.replace(members: Self.members([1, 3]), now: 100)
    #expect(table.owners == [1, 1, 1, 1])
    #expect(table.nextUpkeep == 600)
    #expect(table.upkeep(now: 600).isEmpty)
    #expect(table.nextUpkeep == 650)
    #expect(table.upkeep(now: 650) == [0, 1, 2])
    #expect(table.owners == [2, 2, 2, 1])
  }

  @Test("What a dump does not tell is named where it decides")
  func doubtful() throws {
    let parameters = ResilientParameters(buckets: 4, idleTimer: 1000, unbalancedTimer: 0)
    let group = NexthopGroup(id: 9, kind: .resilient, members: Self.members([1]), resilient: parameters)
    let idle: [UInt64] = [1000, 5, 999, 3]
    let dump = BucketTable(group: 9, buckets: idle.map { NexthopBucket(nexthop: 1, idleTime: $0) })
    var used = try #require(ResilientTable(group, dump))
    var unused = used
    unused.assumesUnused = true
    used.replace(members: Self.members([1, 1]), now: 0)
    unused.replace(members: Self.members([1, 1]), now: 0)
    #expect(used.owners == [2, 1, 1, 1])
    #expect(used.doubtful == [1, 2, 3])
    #expect(unused.owners == [2, 2, 1, 1])
    #expect(unused.doubtful == [1])
  }

  @Test("A dump that does not fit its group makes no table")
  func unfit() {
    let parameters = ResilientParameters(buckets: 4, idleTimer: 1000, unbalancedTimer: 0)
    let group = NexthopGroup(id: 9, kind: .resilient, members: Self.members([1]), resilient: parameters)
    let stranger = Array(repeating: NexthopBucket(nexthop: 2, idleTime: 0), count: 4)
    #expect(ResilientTable(group, BucketTable(group: 9, buckets: stranger)) == nil)
    #expect(ResilientTable(group, BucketTable(group: 9, buckets: [])) == nil)
  }
}
