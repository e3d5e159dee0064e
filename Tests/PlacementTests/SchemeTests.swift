import Forwarding
import MultipathHash
import Routing
import Testing

@testable import Placement

@Suite("Other schemes on the same members and flows")
struct SchemeTests {
  private static let flows = MultipathLab.equal(2).flows(6000)

  private static func shares(_ before: MultipathLab, _ after: MultipathLab) -> [Scheme: (
    moved: Double, collateral: Double
  )] {
    guard let comparison = before.change(to: after, flows, comparesSchemes: true).disruption.comparison else {
      return [:]
    }
    let compared = Double(comparison.compared.flows)
    return Dictionary(
      uniqueKeysWithValues: Scheme.allCases.map { scheme in
        let result = comparison.result(scheme)
        #expect(result.moved.flows == result.unavoidable.flows + result.collateral.flows)
        return (scheme, (Double(result.moved.flows) / compared, Double(result.collateral.flows) / compared))
      })
  }

  @Test("One of N removed", arguments: [2, 4, 5, 8, 16])
  func removal(count: Int) throws {
    let lab = MultipathLab.equal(count)
    let shares = Self.shares(lab, lab.without(2))
    let one = 1 / Double(count)
    #expect(abs(try #require(shares[.modulo]).moved - (1 - one)) < 0.02)
    #expect(
      abs(try #require(shares[.hashThreshold]).moved - ThresholdOverlap.movedShare(removing: 2, of: count)) < 0.02)
    for scheme in [Scheme.resilient, .maglev, .rendezvous] {
      #expect(abs(try #require(shares[scheme]).moved - one) < 0.02, "\(scheme)")
    }
    #expect(shares[.resilient]?.collateral == 0)
    #expect(shares[.rendezvous]?.collateral == 0)
    #expect(try #require(shares[.maglev]).collateral < 0.004)
    // The last member takes the hole of the second one, and keeps of its own flows only what falls there.
    let jump = one + one * Double(count - 2) / Double(count - 1)
    #expect(abs(try #require(shares[.jump]).moved - jump) < 0.02)
    let last = Self.shares(lab, lab.without(UInt32(count)))
    #expect(last[.jump]?.collateral == 0)
    #expect(abs(try #require(last[.jump]).moved - one) < 0.02)
  }

  @Test("The actual scheme is among them: it moves exactly the flows that move", arguments: MultipathLab.Kind.allCases)
  func actual(kind: MultipathLab.Kind) throws {
    let lab = MultipathLab.equal(6, kind)
    let comparison = try #require(
      lab.change(to: lab.without(2, 5), Self.flows, comparesSchemes: true).disruption.comparison)
    #expect(comparison.result(kind == .resilient ? .resilient : .hashThreshold) == comparison.actual)
    #expect(comparison.bound == 2000)
    #expect(comparison.bucketCounts == [256])
  }

  @Test("Weights count: nothing moves less than the bound says, rendezvous just that")
  func weights() throws {
    var before = MultipathLab.equal(4)
    before.members[0].weight = 5
    var after = before
    after.members[0].weight = 3
    let comparison = try #require(before.change(to: after, Self.flows, comparesSchemes: true).disruption.comparison)
    // 5/8 become 3/6.
    #expect(comparison.bound == 750)
    for scheme in Scheme.allCases {
      #expect(Double(comparison.result(scheme).moved.flows) > 650, "\(scheme)")
      #expect(comparison.result(scheme).unavoidable.flows == 0)
    }
    #expect(abs(Double(comparison.result(.rendezvous).moved.flows) - 750) < 100)
    #expect(abs(Double(comparison.result(.resilient).moved.flows) - 750) < 100)
    // Twice the weights are the same weights.
    var doubled = before
    for index in doubled.members.indices { doubled.members[index].weight *= 2 }
    let same = try #require(before.change(to: doubled, Self.flows, comparesSchemes: true).disruption.comparison)
    #expect(Scheme.allCases.allSatisfy { same.result($0).moved.flows == 0 })
    #expect(same.compared.flows == 6000)
  }

  @Test("Flows of one nexthop that get a second one are compared, too")
  func single() throws {
    let lab = MultipathLab.equal(2, .legacy)
    let comparison = try #require(
      lab.without(2).change(to: lab, Self.flows, comparesSchemes: true).disruption.comparison)
    #expect(comparison.compared.flows == 6000)
    for scheme in Scheme.allCases {
      #expect(abs(Double(comparison.result(scheme).moved.flows) / 6000 - 0.5) < 0.03, "\(scheme)")
    }
  }

  // MARK: The parts

  @Test(
    "Jump hash by its published property: a key keeps its bucket or goes to the new one",
    arguments: [1, 2, 5, 10, 1000])
  func jump(buckets: Int) {
    var moved = 0
    for key in 0..<4000 as Range<UInt64> {
      let old = JumpHash.bucket(key &* 0x9e37_79b9_7f4a_7c15, buckets: buckets)
      let new = JumpHash.bucket(key &* 0x9e37_79b9_7f4a_7c15, buckets: buckets + 1)
      #expect(old < buckets && (new == old || new == buckets))
      moved += new == old ? 0 : 1
    }
    #expect(abs(Double(moved) / 4000 - 1 / Double(buckets + 1)) < 0.03)
  }

  @Test("Buckets of jump hash keep their numbers where members leave and come")
  func jumpBuckets() {
    func buckets(_ before: [String], _ wants: [(String, Int)]) -> [String] {
      JumpHash.buckets(after: before, wants: wants.map { (member: $0.0, count: $0.1) })
    }
    #expect(buckets([], [("a", 1), ("b", 2)]) == ["a", "b", "b"])
    #expect(buckets(["a", "b", "c", "d"], [("a", 1), ("c", 1), ("d", 1)]) == ["a", "d", "c"])
    #expect(buckets(["a", "b", "c", "d"], [("b", 1), ("a", 1)]) == ["a", "b"])
    #expect(buckets(["a", "b"], [("c", 1), ("b", 1), ("a", 2)]) == ["a", "b", "c", "a"])
    #expect(buckets(["a", "a", "a", "b"], [("a", 1), ("b", 1)]) == ["b", "a"])
  }

  @Test(
    "The logarithm of rendezvous hashing", arguments: [(1.0, 0.0), (0.5, -0.693147180560), (1e-9, -20.723265836946)])
  func logarithm(value: Double, expected: Double) {
    #expect(abs(RendezvousTable.logarithm(value) - expected) < 1e-10)
  }

  @Test("Slots in proportion to weights")
  func slots() {
    #expect(WeightedSlots.slots([2, 1], limit: 10) == [0, 0, 1])
    #expect(WeightedSlots.counts([30000, 60000, 1], total: 90001, limit: 90) == [30, 60, 1])
    #expect(WeightedSlots.divisor([4, 6, 10]) == 2)
    #expect(WeightedSlots.divisor([]) == 1)
  }
}

@Suite("Maglev's table (NSDI 2016)")
struct MaglevTests {
  /// The permutations of members that are called by a number and a salt.
  private static func permutations(_ count: Int, size: Int, salt: UInt64) -> [MaglevTable.Permutation] {
    (0..<UInt64(count)).map {
      MaglevTable.Permutation(name: HashKey(word0: Mix.mix($0, salt), word1: Mix.mix(salt, $0)), size: size)
    }
  }

  /// What of the table changes when members are removed, and what of that had not been theirs; in percent.
  private static func change(
    _ permutations: [MaglevTable.Permutation], size: Int, removing gone: Range<Int>
  ) -> (changed: Double, collateral: Double) {
    let before = MaglevTable(permutations, weights: permutations.map { _ in 1 }, size: size).entries
    let staying = permutations.indices.filter { !gone.contains($0) }
    let after = MaglevTable(staying.map { permutations[$0] }, weights: staying.map { _ in 1 }, size: size).entries
    var (changed, collateral) = (0, 0)
    for (old, new) in zip(before, after) where Int(old) != staying[Int(new)] {
      changed += 1
      if !gone.contains(Int(old)) { collateral += 1 }
    }
    return (100 * Double(changed) / Double(size), 100 * Double(collateral) / Double(size))
  }

  @Test(
    "Five members named by SHA-256, the second one removed: the reference to two digits",
    arguments: [
      (251, 23.51, 3.59), (16381, 20.15, 0.15),
    ])
  func reference(size: Int, changed: Double, collateral: Double) {
    // The first sixteen bytes of SHA-256 of backend-0 to backend-4.
    let hashes: [(UInt64, UInt64)] = [
      (0xfafb_e9ca_0101_1e8c, 0xb45b_4603_f9bc_8ae9), (0x4ca0_0a69_4026_4245, 0x7681_9ea0_0042_cbd5),
      (0xa9f9_f80c_d9e5_dd4c, 0x451a_4c09_da0c_528c), (0x928d_5b9e_e6e4_c39a, 0x3fe5_bc18_0b4f_ad64),
      (0x508a_2201_eed3_acef, 0xde3f_6bff_540d_0e54),
    ]
    let permutations = hashes.map { MaglevTable.Permutation(offset: $0.0, skip: $0.1, size: size) }
    let change = Self.change(permutations, size: size, removing: 1..<2)
    #expect(abs(change.changed - changed) < 0.005 && abs(change.collateral - collateral) < 0.005, "\(change)")
  }

  @Test(
    "Disruption is what the reference has on average, within 0.1 points",
    arguments: [
      ("16", 16, 65537, 1, 10, 6.58, 0.33), ("0.1 % of 1000", 1000, 65537, 1, 4, 0.69, 0.58),
      ("0.5 % of 1000", 1000, 65537, 5, 3, 2.29, 1.79), ("1 % of 1000", 1000, 65537, 10, 3, 3.31, 2.31),
      ("2 % of 1000", 1000, 65537, 20, 3, 4.67, 2.67), ("1 % of 1000, a large table", 1000, 655_373, 10, 1, 1.59, 0.59),
    ] as [(String, Int, Int, Int, Int, Double, Double)])
  func disruption(
    what: String, count: Int, size: Int, removed: Int, rounds: Int, changed: Double, collateral: Double
  ) {
    let changes = (0..<rounds).map { round in
      let first = round * 7 % (count - removed + 1)
      return Self.change(
        Self.permutations(count, size: size, salt: UInt64(round)), size: size, removing: first..<first + removed)
    }
    let mean = changes.reduce(0) { $0 + $1.changed } / Double(rounds)
    let meanCollateral = changes.reduce(0) { $0 + $1.collateral } / Double(rounds)
    #expect(abs(mean - changed) < 0.1, "\(what): \(mean) % changed")
    #expect(abs(meanCollateral - collateral) < 0.1, "\(what): \(meanCollateral) % collateral")
  }

  @Test("Members get what their weights say, within 1 %")
  func weights() {
    let weights: [UInt32] = [1, 2, 3, 10]
    let entries = MaglevTable(Self.permutations(4, size: 65537, salt: 1), weights: weights, size: 65537).entries
    for (member, weight) in weights.enumerated() {
      let share = Double(entries.count { Int($0) == member }) / 65537
      #expect(abs(share / (Double(weight) / 16) - 1) < 0.01)
    }
  }
}

@Suite("Bucket counts against weights (WCMP's oversubscription)")
struct BucketShareTests {
  /// The largest and the smallest share of a member, as parts of what its weight says.
  private static func errors(_ weights: [UInt32], buckets: Int) -> (max: Double, min: Double) {
    let wants = ResilientTable.wants(
      weights.enumerated().map { NexthopGroup.Member(id: UInt32($0.offset + 1), weight: $0.element) }, buckets: buckets)
    let total = Double(weights.reduce(0, +))
    let errors = zip(wants, weights).map { Double($0) * total / (Double(buckets) * Double($1)) }
    return (errors.max() ?? 0, errors.min() ?? 0)
  }

  @Test(
    "Equal weights",
    arguments: [
      (8, [(3, 1.125, 0.750), (5, 1.250, 0.625), (7, 1.750, 0.875), (16, 2.0, 0), (31, 3.875, 0)]),
      (32, [(3, 1.031, 0.938), (5, 1.094, 0.938), (7, 1.094, 0.875), (16, 1, 1), (31, 1.94, 0.969)]),
      (128, [(3, 1.008, 0.984), (5, 1.016, 0.977), (7, 1.039, 0.984), (16, 1, 1), (31, 1.21, 0.969)]),
      (512, [(3, 1.002, 0.996), (5, 1.006, 0.996), (7, 1.012, 0.998), (16, 1, 1), (31, 1.03, 0.969)]),
    ] as [(Int, [(Int, Double, Double)])])
  func equal(buckets: Int, expected: [(Int, Double, Double)]) {
    for (count, largest, smallest) in expected {
      let errors = Self.errors(Array(repeating: 1, count: count), buckets: buckets)
      #expect(abs(errors.max - largest) < 0.006 && abs(errors.min - smallest) < 0.0006, "\(count): \(errors)")
    }
  }

  @Test("Weights 11 and 45", arguments: [(8, 2, 1.27), (32, 6, 1.011), (512, 101, 1.004)])
  func uneven(buckets: Int, first: Int, error: Double) {
    let members = [NexthopGroup.Member(id: 1, weight: 11), NexthopGroup.Member(id: 2, weight: 45)]
    #expect(ResilientTable.wants(members, buckets: buckets) == [first, buckets - first])
    #expect(abs(Self.errors([11, 45], buckets: buckets).max - error) < 0.006)
  }
}
