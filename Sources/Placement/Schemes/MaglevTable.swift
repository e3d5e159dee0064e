import MultipathHash
import Routing

/// The lookup table of Maglev hashing: members take turns, each the next free entry of its own permutation.
///
/// After Eisenbud and others, "Maglev: A Fast and Reliable Software Network Load Balancer", NSDI 2016, 3.4. A member
/// takes part in as many of the rounds as its weight is of the largest one.
struct MaglevTable: Sendable {
  /// The position of the member behind each entry.
  let entries: [UInt16]

  /// The size for a number of members: a prime, at least 100 times as large.
  static func size(members: Int) -> Int {
    members <= 655 ? 65537 : 655_373
  }

  /// Where the permutation of a member begins, and by how much it goes on: entries of the table.
  struct Permutation: Hashable, Sendable {
    var offset: Int
    var skip: Int

    /// - Parameters:
    ///   - offset: any hash of the member.
    ///   - skip: another one.
    ///   - size: of the table, a prime.
    init(offset: UInt64, skip: UInt64, size: Int) {
      self.offset = Int(offset % UInt64(size))
      self.skip = Int(skip % UInt64(size - 1)) + 1
    }

    /// - Parameter name: what stays the same whatever the other members are.
    init(name: HashKey, size: Int) {
      self.init(offset: Self.hash(name, salt: 0), skip: Self.hash(name, salt: 1), size: size)
    }

    private static func hash(_ name: HashKey, salt: UInt64) -> UInt64 {
      let words = [salt]
      return SipHash24.hash(words.span, key: name)
    }
  }

  /// - Parameters:
  ///   - permutations: one a member, fewer than 65535.
  ///   - size: a prime.
  init(_ permutations: [Permutation], weights: [UInt32], size: Int) {
    let heaviest = weights.max() ?? 1
    var next = permutations.map(\.offset)
    let skips = permutations.map(\.skip)
    var credits = [UInt64](repeating: 0, count: next.count)
    let free = UInt16.max
    var entries = [UInt16](repeating: free, count: size)
    var left = next.isEmpty ? 0 : size
    fill: while left > 0 {
      for member in next.indices {
        credits[member] += UInt64(weights[member])
        guard credits[member] >= UInt64(heaviest) else { continue }
        credits[member] -= UInt64(heaviest)
        while entries[next[member]] != free { Self.advance(&next[member], skips[member], size) }
        entries[next[member]] = UInt16(truncatingIfNeeded: member)
        Self.advance(&next[member], skips[member], size)
        left -= 1
        if left == 0 { break fill }
      }
    }
    self.entries = entries
  }

  private static func advance(_ place: inout Int, _ skip: Int, _ size: Int) {
    place &+= skip
    if place >= size { place &-= size }
  }

  /// The name of a member as a key.
  static func name(_ identity: SchemeMember.Identity) -> HashKey {
    var (first, second, third) = (UInt64(0), UInt64(0), UInt64(0))
    if case .sent(let gateway, let interface) = identity.way {
      first = gateway?.high ?? 0
      second = gateway?.low ?? 0
      third = UInt64(interface) | (gateway?.family == .ipv6 ? 1 << 32 : 0)
    }
    third |= UInt64(truncatingIfNeeded: identity.occurrence) << 33
    return HashKey(word0: Mix.mix(first, third), word1: Mix.mix(second, third))
  }
}
