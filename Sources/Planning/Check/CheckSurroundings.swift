import Routing

/// What a state does not tell of its machine and a check can use.
package struct CheckSurroundings: Sendable {
  /// The boot seed, where it was recovered.
  package var bootSeed: UInt32?
  /// Programs that make routes.
  package var managers: [RouteManager] = []
  /// Groups that a guard keeps when one runs, with their members; nil where that is not known, as for a saved state.
  package var keptGroups: [KeptGroup]?
  /// Whether a guard runs.
  package var isGuarded = false

  package init() {}

  /// Whether nobody puts the members of the group back; nil where that is not known.
  func isUnguarded(_ group: UInt32) -> Bool? {
    keptGroups.map { kept in !isGuarded || !kept.contains { $0.group.id == group } }
  }

  func isKept(_ id: UInt32) -> Bool {
    keptGroups?.contains { $0.group.id == id || $0.members.contains { $0.nexthop.id == id } } ?? false
  }
}
