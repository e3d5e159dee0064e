import MultipathHash
import Routing

/// How the flows of a route are divided among its nexthops.
package struct Spread: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// One nexthop, or none.
    case single
    /// Legs written in the route: upper bounds decide.
    case legacy
    /// Upper bounds decide.
    case threshold(group: UInt32)
    /// Buckets decide.
    case resilient(group: UInt32, buckets: Int)
  }

  /// One leg of the route, or one member of its group.
  package struct Member: Hashable, Sendable {
    package var choice: Decision.Choice
    /// Whether the weights give it a part of the hash: everything but dead legs, and those whose link is down where
    /// that counts.
    package var takesHash: Bool
    /// Whether some hash leads here at this moment. A failed neighbour, where selection looks at neighbours, or a
    /// member without buckets is not usable, whatever its weight.
    package var isUsable: Bool

    package init(choice: Decision.Choice, takesHash: Bool = true, isUsable: Bool = true) {
      self.choice = choice
      self.takesHash = takesHash
      self.isUsable = isUsable
    }
  }

  /// 31-bit hashes in a row that lead to one member.
  package struct HashRange: Hashable, Sendable {
    /// The largest of them; the range begins behind the one before.
    package var last: UInt32
    /// A position in `members`.
    package var member: Int

    package init(last: UInt32, member: Int) {
      self.last = last
      self.member = member
    }
  }

  package var kind: Kind
  /// In the order of selection.
  package var members: [Member]
  /// Where buckets decide: the position in `members` of the owner of each; nil where the state lacks the table.
  package var owners: [UInt16]?
  /// Where the hash decides by its size: all 2^31 of them in order. Empty where buckets decide, and without members.
  package private(set) var ranges: [HashRange] = []

  /// - Parameter passesToFirst: Whether the hashes of a member that is not usable go to the first one that is, and not
  ///   to the next.
  package init(kind: Kind, members: [Member], owners: [UInt16]? = nil, passesToFirst: Bool = false) {
    self.kind = kind
    self.members = members
    self.owners = owners
    if case .resilient = kind { return }
    ranges = Self.ranges(members, passesToFirst: passesToFirst)
  }

  private static func ranges(_ members: [Member], passesToFirst: Bool) -> [HashRange] {
    guard let first = members.firstIndex(where: \.isUsable) else { return [] }
    let bounds = UpperBounds.bounds(weights: members.map { $0.takesHash ? $0.choice.weight : nil })
    var ranges: [HashRange] = []
    for (position, bound) in bounds.enumerated() where bound >= 0 {
      let last = UInt32(bitPattern: bound)
      if let previous = ranges.last, previous.last >= last { continue }
      if members[position].isUsable {
        ranges.append(HashRange(last: last, member: position))
      } else if passesToFirst {
        ranges.append(HashRange(last: last, member: first))
      }
    }
    // What falls behind the last usable member goes to the first one.
    if ranges.last?.last != UInt32(Int32.max) { ranges.append(HashRange(last: UInt32(Int32.max), member: first)) }
    return ranges
  }

  /// Whether every hash leads the same way by both, as far as the state tells.
  package func places(asBy other: Spread) -> Bool {
    switch (kind, other.kind) {
    case (.resilient, .resilient): owners != nil && owners == other.owners && sameWays(as: other)
    case (.resilient, _), (_, .resilient): false
    default:
      !ranges.isEmpty && ranges.map(\.last) == other.ranges.map(\.last)
        && zip(ranges, other.ranges).allSatisfy { Self.isSame(members[$0.member], other.members[$1.member]) }
    }
  }

  private func sameWays(as other: Spread) -> Bool {
    members.count == other.members.count && zip(members, other.members).allSatisfy(Self.isSame)
  }

  private static func isSame(_ left: Member, _ right: Member) -> Bool {
    left.choice.gateway == right.choice.gateway && left.choice.interface == right.choice.interface
  }

  /// Whether upper bounds decide.
  package var hasBounds: Bool {
    switch kind {
    case .legacy, .threshold: true
    case .single, .resilient: false
    }
  }
}
