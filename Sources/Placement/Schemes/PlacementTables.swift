import Forwarding
import MultipathHash
import Routing

/// How every scheme places hashes on two lists of members, as what becomes of a hash.
///
/// Made once for a pair of lists; a flow then costs a lookup or two a scheme.
struct PlacementTables: Sendable {
  /// What becomes of the flows of one hash, table entry or slot.
  enum Outcome: UInt8, Sendable {
    case stays = 0
    case unavoidable = 1
    case collateral = 2
  }

  /// At most this many slots times members are drawn for.
  private static let largestDraw = 1 << 22
  private static let mostSlots = 1 << 16
  private static let mostJumpBuckets = 1 << 12

  /// Ends of ranges of hashes, and what becomes of them.
  private let bounds: [Int32]
  private let ranges: [UInt8]
  private let modulo: (before: [UInt16], after: [UInt16])
  private let judge: Judge
  private let resilient: [UInt8]
  private let maglev: [UInt8]
  private let rendezvous: [UInt8]
  private let jump: [UInt8]
  /// A hash shifted by this is its slot.
  private let slotShift: UInt32

  init(before: [SchemeMember], after: [SchemeMember], buckets: Int) {
    let judge = Judge(before, after)
    self.judge = judge
    (bounds, ranges) = Self.threshold(before, after, judge)
    modulo = (
      WeightedSlots.slots(before.map(\.weight), limit: Self.mostSlots),
      WeightedSlots.slots(after.map(\.weight), limit: Self.mostSlots)
    )
    resilient = Self.resilient(before, after, buckets: buckets, judge)

    let names = (before.map { MaglevTable.name($0.identity) }, after.map { MaglevTable.name($0.identity) })
    let weights = (before.map(\.weight), after.map(\.weight))
    let size = MaglevTable.size(members: max(before.count, after.count))
    func permutations(_ names: [HashKey]) -> [MaglevTable.Permutation] { names.map { .init(name: $0, size: size) } }
    maglev = judge.outcomes(
      MaglevTable(permutations(names.0), weights: weights.0, size: size).entries,
      MaglevTable(permutations(names.1), weights: weights.1, size: size).entries)

    var slots = Self.mostSlots
    while slots > 1 << 10, slots * (before.count + after.count) > Self.largestDraw { slots /= 2 }
    slotShift = UInt32(31 - slots.trailingZeroBitCount)
    rendezvous = judge.outcomes(
      RendezvousTable(names: names.0, weights: weights.0, count: slots).slots,
      RendezvousTable(names: names.1, weights: weights.1, count: slots).slots)
    jump = Self.jump(before, after, slots: slots, judge)
  }

  /// What becomes of a flow under a scheme: the raw value of an `Outcome`.
  @inline(__always)
  func outcome(_ scheme: Scheme, hash: UInt32) -> UInt8 {
    switch scheme {
    case .modulo:
      let old = modulo.before[Int(hash % UInt32(truncatingIfNeeded: modulo.before.count))]
      return judge.outcome(Int(old), Int(modulo.after[Int(hash % UInt32(truncatingIfNeeded: modulo.after.count))]))
    case .hashThreshold:
      let hash31 = Int32(truncatingIfNeeded: hash)
      var (low, high) = (0, bounds.count - 1)
      while low < high {
        let middle = (low &+ high) / 2
        if bounds[middle] < hash31 { low = middle &+ 1 } else { high = middle }
      }
      return ranges[low]
    case .resilient: return resilient[Int(hash % UInt32(truncatingIfNeeded: resilient.count))]
    case .maglev: return maglev[Int(hash % UInt32(truncatingIfNeeded: maglev.count))]
    case .rendezvous: return rendezvous[Int(hash >> slotShift)]
    case .jump: return jump[Int(hash >> slotShift)]
    }
  }

  /// What it means for a flow to go from one member to another.
  private struct Judge: Sendable {
    /// A number for the way of each member, and whether that way is still there afterwards.
    private let before: [(way: Int32, isStaying: Bool)]
    private let after: [Int32]

    init(_ before: [SchemeMember], _ after: [SchemeMember]) {
      var numbers: [Way: Int32] = [:]
      for member in before + after where numbers[member.identity.way] == nil {
        numbers[member.identity.way] = Int32(truncatingIfNeeded: numbers.count)
      }
      let staying = Set(after.map(\.identity.way))
      self.before = before.map { (numbers[$0.identity.way] ?? 0, staying.contains($0.identity.way)) }
      self.after = after.map { numbers[$0.identity.way] ?? 0 }
    }

    /// - Parameters: positions in the two lists.
    @inline(__always)
    func outcome(_ old: Int, _ new: Int) -> UInt8 {
      if before[old].way == after[new] { return Outcome.stays.rawValue }
      return (before[old].isStaying ? Outcome.collateral : .unavoidable).rawValue
    }

    func outcomes(_ old: [UInt16], _ new: [UInt16]) -> [UInt8] {
      zip(old, new).map { outcome(Int($0), Int($1)) }
    }
  }

  private static func threshold(
    _ before: [SchemeMember], _ after: [SchemeMember], _ judge: Judge
  ) -> ([Int32], [UInt8]) {
    let old = UpperBounds.bounds(weights: before.map(\.weight))
    let new = UpperBounds.bounds(weights: after.map(\.weight))
    let bounds = Set(old + new).filter { $0 >= 0 }.sorted()
    let outcomes = bounds.map { bound -> UInt8 in
      guard let left = old.firstIndex(where: { bound <= $0 }), let right = new.firstIndex(where: { bound <= $0 }) else {
        return Outcome.stays.rawValue
      }
      return judge.outcome(left, right)
    }
    return (bounds, outcomes)
  }

  private static func resilient(
    _ before: [SchemeMember], _ after: [SchemeMember], buckets: Int, _ judge: Judge
  ) -> [UInt8] {
    var ids: [SchemeMember.Identity: UInt32] = [:]
    for member in before + after where ids[member.identity] == nil { ids[member.identity] = UInt32(ids.count + 1) }
    func members(_ list: [SchemeMember]) -> [NexthopGroup.Member] {
      list.map { NexthopGroup.Member(id: ids[$0.identity] ?? 0, weight: $0.weight) }
    }
    func positions(_ list: [SchemeMember], _ owners: [UInt32]) -> [UInt16] {
      let places = Dictionary(
        zip(members(list).map(\.id), list.indices.map { UInt16(truncatingIfNeeded: $0) }),
        uniquingKeysWith: { first, _ in first })
      return owners.map { places[$0] ?? 0 }
    }
    var table = ResilientTable(members: members(before), buckets: buckets)
    let old = table.owners
    // None of the buckets was used, so that all that have to move do it at once.
    table.replace(members: members(after), now: 0)
    return judge.outcomes(positions(before, old), positions(after, table.owners))
  }

  private static func jump(
    _ before: [SchemeMember], _ after: [SchemeMember], slots: Int, _ judge: Judge
  ) -> [UInt8] {
    let divisor = WeightedSlots.divisor((before + after).map(\.weight))
    let sums = [before, after].map { $0.reduce(UInt64(0)) { $0 + UInt64($1.weight / divisor) } }
    func wants(_ members: [SchemeMember]) -> [(member: SchemeMember.Identity, count: Int)] {
      let counts = WeightedSlots.counts(
        members.map { $0.weight / divisor }, total: sums.max() ?? 0, limit: mostJumpBuckets)
      return zip(members, counts).map { ($0.identity, $1) }
    }
    let old = JumpHash.buckets(after: [], wants: wants(before))
    let new = JumpHash.buckets(after: old, wants: wants(after))
    func positions(_ list: [SchemeMember], _ buckets: [SchemeMember.Identity]) -> [UInt16] {
      let places = Dictionary(
        list.enumerated().map { ($1.identity, UInt16(truncatingIfNeeded: $0)) }, uniquingKeysWith: { first, _ in first }
      )
      let positions = buckets.map { places[$0] ?? 0 }
      return (0..<slots).map { positions[JumpHash.bucket(Mix.mix(UInt64($0)), buckets: positions.count)] }
    }
    return judge.outcomes(positions(before, old), positions(after, new))
  }
}
