package import MultipathHash

/// A hash that is wanted: what is hashed, without the key.
package struct HashQuestion: Sendable {
  /// What goes into the hash, as the hash module found it; the hash itself is not read.
  package let trace: HashTrace
  /// The setting that the traffic is hashed under.
  package let hasher: MultipathHasher
  /// How upper bounds divide the hash where the answer is used; nil where the whole hash is needed.
  package let weights: [UInt32?]?

  package init(_ trace: HashTrace, hasher: MultipathHasher, weights: [UInt32?]? = nil) {
    self.trace = trace
    self.hasher = hasher
    self.weights = weights
  }
}

extension HashQuestion {
  /// Whether the same bytes are hashed, in the same way.
  func hashesSame(as other: HashTrace) -> Bool {
    trace.result == other.result && Self.same(trace.outerOrOnly, other.outerOrOnly)
      && (trace.result == .sipHash || Self.same(trace.inner, other.inner))
  }

  private static func same(_ left: HashInput?, _ right: HashInput?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.family == right.family && (0..<9).allSatisfy { left.words[$0] == right.words[$0] }
  }
}

extension HashTrace {
  /// The input of a plain SipHash, whichever header it was taken from, and the outer one of a mixed hash.
  var outerOrOnly: HashInput? { result == .sipHash ? outer ?? inner : outer }
}
