import Forwarding
import Routing

/// A member as the schemes see it: where it leads, the how many-th of that way it is, and its weight.
struct SchemeMember: Hashable, Sendable {
  struct Identity: Hashable, Sendable {
    var way: Way
    /// 0 but for a list that names one nexthop more than once.
    var occurrence: Int
  }

  var identity: Identity
  var weight: UInt32

  /// The members that the weights of a spread give a part of the hash, in order, with weights without a common divisor.
  static func members(of spread: Spread) -> [SchemeMember] {
    var seen: [Way: Int] = [:]
    var members = spread.members.filter(\.takesHash).map { member in
      let way = Way(member.choice)
      defer { seen[way, default: 0] += 1 }
      return SchemeMember(
        identity: Identity(way: way, occurrence: seen[way] ?? 0), weight: max(member.choice.weight, 1))
    }
    let divisor = WeightedSlots.divisor(members.map(\.weight))
    for index in members.indices { members[index].weight /= divisor }
    return members
  }
}
