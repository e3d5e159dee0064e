/// One step of a plan, with what it costs.
package struct ConversionStep: Hashable, Sendable {
  package var change: PlannedChange
  /// For people: what the step does, and why, without a full stop.
  package var phrase: String
  /// nil for a step that moves no traffic because nothing uses what it changes.
  package var price: MovePrice?

  package init(_ change: PlannedChange, phrase: String, price: MovePrice? = nil) {
    self.change = change
    self.phrase = phrase
    self.price = price
  }
}

/// Which part of the traffic takes another nexthop after a change than before.
package struct MovePrice: Hashable, Sendable {
  /// Flows that were looked at one by one.
  package struct Flows: Hashable, Sendable {
    /// Those that the routes concerned took before the change or take after it.
    package var total: UInt64
    package var moved: UInt64
    /// Those of which it can not be computed where they go.
    package var undetermined: UInt64
    /// Bytes, packets or anything else that the flows carry, summed up.
    package var weight: UInt64
    package var movedWeight: UInt64

    package init(
      total: UInt64 = 0, moved: UInt64 = 0, undetermined: UInt64 = 0, weight: UInt64 = 0, movedWeight: UInt64 = 0
    ) {
      self.total = total
      self.moved = moved
      self.undetermined = undetermined
      self.weight = weight
      self.movedWeight = movedWeight
    }
  }

  /// How many of `hashes` equally likely hashes of forwarded traffic lead elsewhere; exact.
  package var movedHashes: UInt64
  /// At least 1.
  package var hashes: UInt64
  /// nil where no flows were given.
  package var flows: Flows?

  package init(movedHashes: UInt64, hashes: UInt64, flows: Flows? = nil) {
    self.movedHashes = movedHashes
    self.hashes = max(hashes, 1)
    self.flows = flows
  }

  /// The part of evenly hashed, forwarded traffic that moves, 0 to 1.
  package var share: Double { Double(movedHashes) / Double(hashes) }
}
