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
