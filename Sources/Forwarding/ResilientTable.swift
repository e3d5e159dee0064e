package import Routing

/// The bucket table of a resilient group as the kernel keeps it: which member each bucket sends to, and which buckets
/// move when the members change and as time goes by.
///
/// Mirrors `nh_res_group_rebalance()` and `nh_res_table_upkeep()`, net/ipv4/nexthop.c, Linux 5.13 to 7.2. Times are in
/// USER_HZ ticks (1/100 s) on a clock of the caller's.
package struct ResilientTable: Hashable, Sendable {
  /// Whether a bucket was used since it was given to its member; a bucket that was not counts as idle at once.
  package enum Use: Hashable, Sendable {
    case used
    case unused
    /// A dump tells the time since the last use or the last move, and not which of the two it was.
    case unknown
  }

  package struct Bucket: Hashable, Sendable {
    /// The id of the member; nil only while the table is changed.
    package var owner: UInt32?
    /// When the bucket was last used, or given to its member.
    package var usedAt: Int64
    package var use: Use
  }

  /// What the members have and are to have, and which of them are to get more.
  private struct Balance {
    var wants: [UInt32: Int]
    var counts: [UInt32: Int] = [:]
    /// Ids of the members with fewer buckets than they want; the first one gets the next bucket.
    var underweight: [UInt32] = []
  }

  package private(set) var members: [NexthopGroup.Member]
  package private(set) var buckets: [Bucket]
  /// How long a bucket must be unused to count as idle.
  package var idleTimer: Int64
  /// How long the table may stay unbalanced before used buckets are moved; 0 is for ever.
  package var unbalancedTimer: Int64
  /// Since when the table is unbalanced; nil when it is balanced.
  package private(set) var unbalancedSince: Int64?
  /// When the kernel looks at the table again; nil while it is balanced.
  package private(set) var nextUpkeep: Int64?
  /// Buckets that stayed, or moved, only as `unknown` was taken for used or for unused; in the order of the table.
  package private(set) var doubtful: Set<Int> = []
  /// What an `unknown` bucket is taken for where that decides.
  package var assumesUnused = false

  /// The earliest that the kernel looks at a table again (`nh_res_table_upkeep()`: half a second).
  package static let shortestUpkeep: Int64 = 50

  /// The table of a new group.
  ///
  /// - Parameters:
  ///   - members: at least one, each weight at least 1.
  ///   - buckets: 1 to 65535.
  package init(
    members: [NexthopGroup.Member], buckets: Int, idleTimer: Int64 = 12000, unbalancedTimer: Int64 = 0, now: Int64 = 0
  ) {
    self.members = []
    self.buckets = Array(repeating: Bucket(owner: nil, usedAt: now, use: .unused), count: buckets)
    self.idleTimer = idleTimer
    self.unbalancedTimer = unbalancedTimer
    replace(members: members, now: now)
  }

  /// The table that a dump shows.
  ///
  /// - Parameter now: the time of the dump.
  /// - Returns: nil where the dump does not fit the group.
  package init?(_ group: NexthopGroup, _ table: BucketTable, now: Int64 = 0) {
    guard let parameters = group.resilient, Int(parameters.buckets) == table.buckets.count else { return nil }
    let known = Set(group.members.map(\.id))
    guard table.buckets.allSatisfy({ known.contains($0.nexthop) }) else { return nil }
    members = group.members
    buckets = table.buckets.map {
      Bucket(owner: $0.nexthop, usedAt: now - Int64(clamping: $0.idleTime), use: .unknown)
    }
    idleTimer = Int64(parameters.idleTimer)
    unbalancedTimer = Int64(parameters.unbalancedTimer)
    guard !balance().underweight.isEmpty else { return }
    unbalancedSince = now - Int64(clamping: parameters.unbalancedTime)
    nextUpkeep = now
  }

  /// How many buckets each member is to have, in the order of the members.
  package static func wants(_ members: [NexthopGroup.Member], buckets: Int) -> [Int] {
    let total = members.reduce(UInt64(0)) { $0 + UInt64($1.weight) }
    guard total > 0 else { return members.map { _ in 0 } }
    var weight: UInt64 = 0
    var before = 0
    return members.map { member in
      weight += UInt64(member.weight)
      let bound = Int((UInt64(buckets) * weight + total / 2) / total)
      defer { before = bound }
      return bound - before
    }
  }

  /// The owner of every bucket by index.
  package var owners: [UInt32] { buckets.map { $0.owner ?? 0 } }

  package var isBalanced: Bool { unbalancedSince == nil }

  /// Other members or weights: what `ip nexthop replace` of the group, or the end of a member, does to the table.
  ///
  /// Buckets of leavers move at once, those of members with too many only when they are idle.
  package mutating func replace(members new: [NexthopGroup.Member], now: Int64) {
    members = new
    let staying = Set(new.map(\.id))
    for index in buckets.indices where !(buckets[index].owner.map(staying.contains) ?? false) {
      buckets[index].owner = nil
    }
    upkeep(now: now)
  }

  /// A lookup falls on the bucket.
  package mutating func use(_ bucket: Int, at now: Int64) {
    buckets[bucket].usedAt = now
    buckets[bucket].use = .used
  }

  /// Moves every bucket that may move now.
  ///
  /// - Returns: the indices of the buckets that moved.
  @discardableResult
  package mutating func upkeep(now: Int64) -> [Int] {
    var balance = balance()
    guard !balance.underweight.isEmpty else {
      unbalancedSince = nil
      nextUpkeep = nil
      return []
    }
    let since = unbalancedSince ?? now
    unbalancedSince = since
    var moved: [Int] = []
    var deadline = unbalancedTimer == 0 ? now + idleTimer : now + min(idleTimer, unbalancedTimer)
    for index in buckets.indices {
      guard mayMove(index, balance, since: since, now: now, deadline: &deadline) else { continue }
      guard let receiver = balance.underweight.first else { break }
      if let owner = buckets[index].owner { balance.counts[owner, default: 0] -= 1 }
      buckets[index] = Bucket(owner: receiver, usedAt: now, use: .unused)
      balance.counts[receiver, default: 0] += 1
      if balance.counts[receiver, default: 0] >= balance.wants[receiver, default: 0] {
        balance.underweight.removeFirst()
      }
      moved.append(index)
    }
    if balance.underweight.isEmpty {
      unbalancedSince = nil
      nextUpkeep = nil
    } else {
      nextUpkeep = max(deadline, now + Self.shortestUpkeep)
    }
    return moved
  }

  /// `nh_res_bucket_should_migrate()`.
  private mutating func mayMove(
    _ index: Int, _ balance: Balance, since: Int64, now: Int64, deadline: inout Int64
  ) -> Bool {
    let bucket = buckets[index]
    guard let owner = bucket.owner else { return true }
    guard balance.counts[owner, default: 0] > balance.wants[owner, default: 0] else { return false }
    let idlePoint = bucket.usedAt + idleTimer
    let forcePoint = since + unbalancedTimer
    if now >= idlePoint || bucket.use == .unused { return true }
    if unbalancedTimer != 0, now > forcePoint { return true }
    if bucket.use == .unknown {
      doubtful.insert(index)
      if assumesUnused { return true }
    }
    deadline = min(deadline, idlePoint)
    if unbalancedTimer != 0 { deadline = min(deadline, forcePoint) }
    return false
  }

  private func balance() -> Balance {
    let wants = Self.wants(members, buckets: buckets.count)
    var balance = Balance(wants: Dictionary(zip(members.map(\.id), wants), uniquingKeysWith: { first, _ in first }))
    for case let owner? in buckets.lazy.map(\.owner) { balance.counts[owner, default: 0] += 1 }
    for (member, wanted) in zip(members, wants) where balance.counts[member.id, default: 0] < wanted {
      balance.underweight.insert(member.id, at: 0)
    }
    return balance
  }
}
