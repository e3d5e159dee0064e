/// How a hash came about: every input and every step.
package struct HashTrace: Sendable {
  /// The last step to the 32-bit hash.
  package enum Result: Hashable, Sendable {
    /// The SipHash of the only input: `outer`, or `inner` where policy 2 looked into a tunnel.
    case sipHash
    /// The Jenkins hash of `outerHash` and `innerHash`.
    case mixed
    /// A layer-4 hash that came with the packet; nothing else counts.
    case layer4Hash
    /// No field that the policy reads applies, so that the hash is 0.
    case nothing
  }

  /// What was hashed of the outer header; nil where the policy reads nothing of it.
  package internal(set) var outer: HashInput?
  /// What was hashed of the innermost header; nil where the policy reads nothing of it or there is none.
  package internal(set) var inner: HashInput?
  /// The 32-bit SipHash of `outer`; 0 without one.
  package internal(set) var outerHash: UInt32 = 0
  /// The 32-bit SipHash of `inner`; 0 without one.
  package internal(set) var innerHash: UInt32 = 0
  package internal(set) var result: Result
  /// The whole 32 bits; selection uses `hash31`.
  package internal(set) var hash: UInt32
  /// Whether the fields stand in the header that an ICMP error quotes.
  package internal(set) var isQuoted = false
  /// Whether the policy looks into a tunnel whose inner header is not known, so that the hash may be wrong.
  package internal(set) var isInnerUnknown = false

  /// The value that upper bounds and buckets are compared with: 0 to 0x7fffffff.
  package var hash31: UInt32 { hash >> 1 }
}

extension HashTrace {
  /// The input of a plain SipHash, whichever header it was taken from, and the outer one of a mixed hash.
  package var outerOrOnly: HashInput? { result == .sipHash ? outer ?? inner : outer }

  /// Whether the same bytes are hashed in the same way, so that the hash is the same under any key.
  package func hashesSame(as other: HashTrace) -> Bool {
    result == other.result && Self.same(outerOrOnly, other.outerOrOnly)
      && (result == .sipHash || Self.same(inner, other.inner))
  }

  private static func same(_ left: HashInput?, _ right: HashInput?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.family == right.family && (0..<9).allSatisfy { left.words[$0] == right.words[$0] }
  }
}
