/// What a change does to one flow.
package struct Movement: Hashable, Sendable {
  package enum Fate: UInt8, Hashable, Sendable, CaseIterable {
    /// It goes the same way as before.
    case stays
    /// It takes another nexthop, because the route that it takes now does not send anything to its old one any more.
    case unavoidable
    /// It takes another nexthop although its old one is still there.
    case collateral
    /// It was sent, and is refused or dropped now.
    case unroutable
    /// It was refused or dropped, and is sent now.
    case restored
    /// Anything else, such as a flow that is delivered to this machine now.
    case otherwise
    /// It can not be computed where it goes, before or after.
    case undetermined
  }

  /// Why, as far as the two decisions tell. The raw value is the stable code of lists and reports.
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// No route or rule covers it any more, or the kernel finds none that is usable.
    case routeGone = "route-gone"
    /// Another entry of the routing tables decides.
    case routeChanged = "route-changed"
    /// The kernel drops it in one of the two states: forwarding, reverse path, addresses.
    case dropped = "dropped"
    /// The old nexthop does not belong to the route any more, or is dead there.
    case nexthopGone = "nexthop-gone"
    /// The old nexthop is passed over because its neighbour is not valid.
    case neighbourFailed = "neighbour-failed"
    /// The new nexthop was passed over, and its neighbour is valid now.
    case neighbourReturned = "neighbour-returned"
    /// Another hash policy, or other fields.
    case policyChanged = "policy-changed"
    /// Another seed.
    case seedChanged = "seed-changed"
    /// The hash is another one although policy and seed are not: a lookup with another source address, for one.
    case hashChanged = "hash-changed"
    /// Upper bounds in place of buckets, or the other way around.
    case typeChanged = "type-changed"
    /// Legacy route or hash-threshold group: the same hash lies within another nexthop's bounds.
    case rangeShifted = "range-shifted"
    /// Resilient group: the flow's bucket has another nexthop.
    case bucketMoved = "bucket-moved"
    /// Resilient group: another number of buckets, so that the flow has another one.
    case bucketsChanged = "buckets-changed"
    /// Something else in the choice of the nexthop, such as the source address or a setting of an interface.
    case selectionChanged = "selection-changed"
  }

  package var fate: Fate
  /// nil for a flow that stays.
  package var reason: Reason?

  package init(_ fate: Fate, _ reason: Reason? = nil) {
    self.fate = fate
    self.reason = reason
  }

  /// Whether it is sent before and after, by another nexthop.
  package var isMoved: Bool { fate == .unavoidable || fate == .collateral }
}
