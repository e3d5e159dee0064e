import Forwarding
import MultipathHash
import Routing

/// Tells what a change does to a flow by the two decisions about it.
///
/// The verdict depends on nothing but the two ways, the two spreads and a few `signs` of the decisions, so that one
/// verdict serves all flows that have these in common.
struct MovementJudge: Sendable {
  let before: ForwardingTable
  let after: ForwardingTable
  let spreadsBefore: SpreadTable
  let spreadsAfter: SpreadTable
  private let hashChange: (ipv4: Movement.Reason?, ipv6: Movement.Reason?)

  init(before: ForwardingTable, after: ForwardingTable) {
    self.before = before
    self.after = after
    spreadsBefore = SpreadTable(before)
    spreadsAfter = SpreadTable(after)
    hashChange = (
      Self.change(before.hasher(.ipv4), after.hasher(.ipv4)), Self.change(before.hasher(.ipv6), after.hasher(.ipv6))
    )
  }

  private static func change(_ old: MultipathHasher, _ new: MultipathHasher) -> Movement.Reason? {
    if old.policy != new.policy || (new.policy == .custom && old.fields != new.fields) { return .policyChanged }
    return old.key == new.key ? nil : .seedChanged
  }

  /// What beside ways and spreads the verdict depends on, as a number below 2^32.
  func signs(_ old: Decision, _ new: Decision, family: AddressFamily?) -> UInt64 {
    var signs: UInt64 = isSameRoute(old, new) ? 1 : 0
    signs |= Self.number(old.selection) << 1 | Self.number(new.selection) << 4
    if old.hash != new.hash { signs |= old.hash != nil && new.hash != nil ? 1 << 7 : 1 << 8 }
    if family == .ipv6 { signs |= 1 << 9 }
    if old.route == nil && old.rule == nil { signs |= 1 << 10 }
    if new.route == nil && new.rule == nil { signs |= 1 << 11 }
    return signs
  }

  private static func number(_ selection: Decision.Selection?) -> UInt64 {
    switch selection {
    case nil: 0
    case .single?: 1
    case .legacy?: 2
    case .threshold?: 3
    case .resilient?: 4
    }
  }

  private func isSameRoute(_ old: Decision, _ new: Decision) -> Bool {
    guard let oldRoute = old.route, let newRoute = new.route else { return false }
    return ForwardingTable.isSameRoute(oldRoute, in: before, newRoute, in: after)
  }

  /// What happens to a flow that goes another way after than before.
  func judge(_ old: Decision, _ new: Decision, family: AddressFamily?) -> Movement {
    switch (Way(old), Way(new)) {
    case (.undetermined, .undetermined) where isSurelyTheSame(old, new, family: family): Movement(.stays)
    case (.undetermined, _), (_, .undetermined): Movement(.undetermined, reasonOfHash(family))
    case (.sent, .sent): judgeMoved(old, new, family: family)
    case (.sent, let way) where way.isLost: Movement(.unroutable, reasonOfLoss(new))
    case (let way, .sent) where way.isLost: Movement(.restored, reasonOfLoss(old))
    case (_, let way) where way.isLost: Movement(.otherwise, reasonOfLoss(new))
    case (_, _): Movement(.otherwise, .routeChanged)
    }
  }

  /// Whether a hash that is not known leads the same way before and after, whatever it is.
  private func isSurelyTheSame(_ old: Decision, _ new: Decision, family: AddressFamily?) -> Bool {
    guard reasonOfHash(family) == nil, let before = spread(old, spreadsBefore), let after = spread(new, spreadsAfter)
    else {
      return false
    }
    return before.places(asBy: after)
  }

  /// The part of the flows that move of those whose hash is not known, where upper bounds place them; nil where nothing
  /// can be said.
  func expectedShare(_ old: Decision, _ new: Decision, family: AddressFamily?) -> Double? {
    guard reasonOfHash(family) == nil, old.outcome == .undetermined, new.outcome == .undetermined,
      let before = spread(old, spreadsBefore), let after = spread(new, spreadsAfter)
    else { return nil }
    return ThresholdOverlap.movedShare(before: before, after: after)
  }

  private func spread(_ decision: Decision, _ table: SpreadTable) -> Spread? {
    decision.route.flatMap { table.position(ofRoute: $0) }.map { table.spreads[$0] }
  }

  private func reasonOfLoss(_ lost: Decision) -> Movement.Reason {
    if case .dropped = lost.outcome { return .dropped }
    return lost.route == nil && lost.rule == nil ? .routeGone : .routeChanged
  }

  private func reasonOfHash(_ family: AddressFamily?) -> Movement.Reason? {
    family == .ipv6 ? hashChange.ipv6 : hashChange.ipv4
  }

  private func judgeMoved(_ old: Decision, _ new: Decision, family: AddressFamily?) -> Movement {
    let spread = spread(new, spreadsAfter)
    let way = Way(old)
    let known = spread?.members.filter { Way($0.choice) == way } ?? []
    let isThere = known.contains(where: \.isUsable)
    let fate: Movement.Fate = isThere ? .collateral : .unavoidable
    guard isSameRoute(old, new) else { return Movement(fate, .routeChanged) }
    guard isThere else {
      guard known.contains(where: \.takesHash) else { return Movement(fate, .nexthopGone) }
      if case .resilient? = spread?.kind { return Movement(fate, .bucketMoved) }
      return Movement(fate, .neighbourFailed)
    }
    return Movement(fate, reason(old, new, family: family))
  }

  /// Why the choice among the nexthops of a route falls on another one although the old one is usable.
  private func reason(_ old: Decision, _ new: Decision, family: AddressFamily?) -> Movement.Reason {
    if let changed = reasonOfHash(family), old.isHashed || new.isHashed { return changed }
    if let oldHash = old.hash, let newHash = new.hash, oldHash != newHash { return .hashChanged }
    switch (old.selection, new.selection) {
    case (.resilient?, .resilient?):
      return buckets(old, spreadsBefore) == buckets(new, spreadsAfter) ? .bucketMoved : .bucketsChanged
    case (.resilient?, .legacy?), (.resilient?, .threshold?), (.legacy?, .resilient?), (.threshold?, .resilient?):
      return .typeChanged
    case (.legacy?, .legacy?), (.legacy?, .threshold?), (.threshold?, .legacy?), (.threshold?, .threshold?):
      return wasPassedOver(Way(new), old) ? .neighbourReturned : .rangeShifted
    case (.single?, .legacy?), (.single?, .threshold?): return .rangeShifted
    case (.single?, .resilient?): return .bucketMoved
    default: return .selectionChanged
    }
  }

  private func buckets(_ decision: Decision, _ table: SpreadTable) -> Int? {
    guard case .resilient(_, let buckets)? = spread(decision, table)?.kind else { return nil }
    return buckets
  }

  /// Whether the way stood in the old route and no flow could take it.
  private func wasPassedOver(_ way: Way, _ old: Decision) -> Bool {
    let members = spread(old, spreadsBefore)?.members.filter { Way($0.choice) == way } ?? []
    return !members.isEmpty && !members.contains(where: \.isUsable) && members.contains(where: \.takesHash)
  }
}
