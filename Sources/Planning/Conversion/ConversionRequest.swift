package import Routing

/// What a plan is to be made for, and how.
package struct ConversionRequest: Hashable, Sendable {
  package enum Selection: Hashable, Sendable {
    /// The routes to exactly this prefix, in every table and of every metric.
    case prefix(Prefix)
    /// The routes over this group.
    case group(UInt32)
    /// Every route with several nexthops.
    case everything
  }

  /// What resilient groups become.
  package enum RevertTarget: String, Hashable, Sendable, CaseIterable {
    /// What they were before, as far as that is known or can be told from the objects.
    case origin
    case threshold = "hash-threshold"
    case legs = "legacy"
  }

  package var selection: Selection
  /// Both families when nil.
  package var family: AddressFamily?
  /// What is nil is advised.
  package var parameters: ResilientRequest
  /// Legs become a hash-threshold group first, which costs forwarded traffic nothing, and a resilient one afterwards.
  package var isInTwoSteps = false
  /// Groups that nothing uses any more stay.
  package var keepsOldGroups = false
  /// Routes of daemons that can be followed get a route of ours in front of them.
  package var follows = false
  /// Hazards that the user has accepted.
  package var accepted: Set<ConversionHazard.Code> = []
  /// What of this machine has a hand in its routes.
  package var managers: [RouteManager] = []
  /// How long flows pause; nil where no flows told it.
  package var pauses: FlowPauses?
  /// What earlier plans did, the latest last.
  package var history: [Conversion] = []
  /// The routes in front of others that earlier plans have made, and that are still to be there.
  package var followings: [Following] = []
  /// nil for what revert is for: legs where they came from legs, else hash-threshold groups, also of those that were
  /// resilient before all plans; of everything it is `origin`, as nobody has named those.
  package var revertTarget: RevertTarget?
  /// Whether a group that was resilient before all plans stays so.
  var restoresOrigin: Bool { revertTarget == .origin || revertTarget == nil && selection == .everything }
  /// Where ids are taken from.
  package var ids = ConversionRequest.ownIDs
  /// Where tables for routes of ours in front of others are taken from.
  package var tables: ClosedRange<UInt32> = 7700...7799
  /// `rtm_protocol` of new objects.
  package var `protocol` = ConversionRequest.ownProtocol

  package init(_ selection: Selection, parameters: ResilientRequest = ResilientRequest()) {
    self.selection = selection
    self.parameters = parameters
  }

  /// The ids of objects made by plans. They are taken from the highest down: zebra numbers upwards from the highest id
  /// that it sees in the kernel, and does not look whether the next one is free, so that the highest one must never
  /// have a neighbour of ours above it.
  package static let ownIDs: ClosedRange<UInt32> = 77_000_000...77_999_999

  /// The protocol of objects made by plans: one that no routing daemon takes for its own, or for one to sweep.
  package static let ownProtocol: UInt8 = 200
}

/// A program on this machine that makes routes, and may undo what others make.
package struct RouteManager: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case zebra
    case bird
    case networkd = "systemd-networkd"
    case networkManager = "NetworkManager"
  }

  package var kind: Kind
  package var processID: Int32
  /// Of zebra, such as "8.4.4"; nil where it does not tell.
  package var version: String?
  /// Of systemd-networkd: ManageForeignNextHops, yes unless it is set.
  package var managesForeignNexthops: Bool

  package init(_ kind: Kind, processID: Int32, version: String? = nil, managesForeignNexthops: Bool = true) {
    self.kind = kind
    self.processID = processID
    self.version = version
    self.managesForeignNexthops = managesForeignNexthops
  }
}

/// How long the flows of now have been silent, as far as the source of flows tells.
package struct FlowPauses: Hashable, Sendable {
  /// Flows that were looked at.
  package var flows: Int
  /// The pause that one flow of a hundred exceeds, in USER_HZ ticks (1/100 s).
  package var long: UInt64

  /// nil without any pause.
  ///
  /// - Parameter pauses: in USER_HZ ticks.
  package init?(_ pauses: [UInt64]) {
    guard !pauses.isEmpty else { return nil }
    let sorted = pauses.sorted()
    flows = sorted.count
    long = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
  }
}
