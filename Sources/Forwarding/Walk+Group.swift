import Routing

extension Walk {
  /// Picks a member of a group by hash (`nexthop_select_path()`, net/ipv4/nexthop.c).
  mutating func select(_ target: NexthopTarget) -> Decision {
    switch target {
    case .single(let entry): return settled(entry)
    case .blackhole, .unusable: return Decision(outcome: .refused(.blackhole))
    case .threshold(let group, let members):
      guard let hash = hash31() else { return Decision(outcome: .undetermined) }
      noteUnread(.neighbours)
      let chosen = selectThreshold(members, hash: hash)
      var decision = settled(members[chosen], selection: .threshold(group: group, member: chosen))
      decision.hash = exactHash
      return decision
    case .resilient(let group, let members, let buckets, let places):
      guard hash31() != nil, buckets > 0 else { return Decision(outcome: .undetermined) }
      // A range of hashes says nothing about the remainder.
      guard let hash = exactHash else {
        caveats.insert(.seedUnknown)
        return Decision(outcome: .undetermined)
      }
      let bucket = Int(hash) % buckets
      guard let places else {
        caveats.insert(.bucketsUnknown)
        var decision = Decision(outcome: .undetermined)
        decision.hash = exactHash
        decision.selection = .resilient(group: group, bucket: bucket)
        return decision
      }
      let entry = members[Int(places[bucket])]
      record(.bucket(group: group, bucket: bucket, of: buckets, nexthop: entry.choice.id ?? 0))
      var decision = settled(entry, selection: .resilient(group: group, bucket: bucket))
      decision.hash = exactHash
      return decision
    }
  }

  private mutating func selectThreshold(_ members: [NexthopEntry], hash: UInt32) -> Int {
    switch table.behaviour.skipsInvalidMembersFromStart {
    case true?: return firstGood(members, hash: hash)
    case false?: return firstGoodFromHashed(members, hash: hash)
    case nil:
      let old = firstGoodFromHashed(members, hash: hash)
      let new = firstGood(members, hash: hash)
      if old != new { caveats.insert(.kernelBehaviour) }
      return new
    }
  }

  /// 6.5 and later: invalid neighbours are passed over wherever they stand; the first valid member is the fallback.
  private mutating func firstGood(_ members: [NexthopEntry], hash: UInt32) -> Int {
    var fallback: Int? = nil
    for (position, member) in members.enumerated() {
      guard member.neighbourIsGood else {
        note(position, member, .neighbourInvalid)
        continue
      }
      if fallback == nil { fallback = position }
      if Int64(hash) <= Int64(member.upperBound) {
        note(position, member, .chosen)
        return position
      }
      note(position, member, .above)
    }
    return fallback ?? 0
  }

  /// Before 6.5: members below the hashed one are never considered; the hashed one itself is the fallback.
  private mutating func firstGoodFromHashed(_ members: [NexthopEntry], hash: UInt32) -> Int {
    var fallback: Int? = nil
    for (position, member) in members.enumerated() {
      if Int64(hash) > Int64(member.upperBound) {
        note(position, member, .above)
        continue
      }
      if member.neighbourIsGood {
        note(position, member, .chosen)
        return position
      }
      note(position, member, .neighbourInvalid)
      if fallback == nil { fallback = position }
    }
    return fallback ?? 0
  }
}
