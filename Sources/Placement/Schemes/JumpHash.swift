/// Jump consistent hash.
///
/// After Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014.
enum JumpHash {
  /// The bucket of a key: 0 to `buckets` - 1.
  static func bucket(_ key: UInt64, buckets: Int) -> Int {
    var key = key
    var bucket = 0
    var next = 0
    while next < buckets {
      bucket = next
      key = key &* 2_862_933_555_777_941_757 &+ 1
      next = Int(Double(bucket + 1) * (0x1p31 / Double(key >> 33 &+ 1)))
    }
    return bucket
  }

  /// The buckets after a change of members.
  ///
  /// The scheme can only take away the last bucket. So buckets keep their numbers; where a member leaves, or gets a
  /// smaller weight, the last bucket's member takes the hole, and what comes new is put at the end.
  ///
  /// - Parameter wants: how many buckets each member is to have.
  static func buckets<Member: Hashable>(after before: [Member], wants: [(member: Member, count: Int)]) -> [Member] {
    let target = Dictionary(wants.map { ($0.member, $0.count) }, uniquingKeysWith: +)
    var counts: [Member: Int] = [:]
    for member in before { counts[member, default: 0] += 1 }
    var buckets = before
    var index = 0
    while index < buckets.count {
      let member = buckets[index]
      guard counts[member, default: 0] > target[member, default: 0] else {
        index += 1
        continue
      }
      counts[member, default: 0] -= 1
      let last = buckets.removeLast()
      // What came from the end may have to go, too.
      if index < buckets.count { buckets[index] = last }
    }
    for (member, count) in wants {
      while counts[member, default: 0] < count {
        buckets.append(member)
        counts[member, default: 0] += 1
      }
    }
    return buckets
  }
}
