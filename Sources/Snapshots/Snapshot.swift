package import Routing

/// A routing state as it is kept in a file; the format is described in docs/snapshot-format.md.
package struct Snapshot: Hashable, Sendable {
  /// The value of the key `format`.
  package static let format = "ecmpctl-snapshot"
  /// The newest version that this program reads, and the one that it writes.
  package static let version: Int64 = 1

  package var state: RoutingState
  /// When the state was read, such as `2026-01-31T12:00:00Z`.
  package var created: String?
  /// What is not known about the state, a sentence each; `snapshot import` leaves some.
  package var notes: [String]

  package init(state: RoutingState, created: String? = nil, notes: [String] = []) {
    self.state = state
    self.created = created
    self.notes = notes
  }
}
