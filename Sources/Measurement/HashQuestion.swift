package import MultipathHash

/// A hash that is wanted: what is hashed, without the key.
package struct HashQuestion: Sendable {
  /// What goes into the hash, as the hash module found it; the hash itself is not read.
  package let trace: HashTrace
  /// The setting that the traffic is hashed under.
  package let hasher: MultipathHasher
  /// How upper bounds divide the hash where the answer is used; nil where the whole hash is needed.
  package let weights: [UInt32?]?
  /// A whole packet of the traffic, from the network header on, which hashes so; nil where there is none.
  package let packet: [UInt8]?

  package init(
    _ trace: HashTrace, hasher: MultipathHasher, weights: [UInt32?]? = nil, packet: [UInt8]? = nil
  ) {
    self.trace = trace
    self.hasher = hasher
    self.weights = weights
    self.packet = packet
  }
}
