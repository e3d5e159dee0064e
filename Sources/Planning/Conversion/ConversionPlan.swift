package import Routing

/// How routes come to use other nexthop objects: steps in order, what they cost, and what can go wrong.
///
/// A plan is a value made from one `RoutingState`; nothing is changed by making it. It holds for a machine as long as
/// its `expectation` holds there.
package struct ConversionPlan: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Legs or groups become resilient groups.
    case convert
    /// Resilient groups become hash-threshold groups again, or legs where those came from legs.
    case revert
    /// Other members, weights or timers of a group, in place.
    case tune
  }

  package var kind: Kind
  /// In the order in which they have to be carried out; to be undone in reverse, each by its inverse.
  package var steps: [ConversionStep]
  /// What becomes of the routes, one entry for each group that they use afterwards, or for each set of legs.
  package var conversions: [Conversion]
  /// What the state was made of where the plan touches it; to be held against the machine before anything is touched.
  package var expectation: StateExpectation
  /// `rtm_protocol` of the nexthop objects and groups that the plan adds, by which they are recognised.
  package var `protocol`: UInt8
  /// Most severe first.
  package var hazards: [ConversionHazard]
  /// What can be done about routes of daemons, the best first.
  package var proposals: [DaemonProposal] = []
  /// What the user called the network namespace that the plan is for; nil where he named none.
  package var namespaceName: String?

  package init(
    kind: Kind, steps: [ConversionStep] = [], conversions: [Conversion] = [],
    expectation: StateExpectation = StateExpectation(), protocol: UInt8, hazards: [ConversionHazard] = []
  ) {
    self.kind = kind
    self.steps = steps
    self.conversions = conversions
    self.expectation = expectation
    self.protocol = `protocol`
    self.hazards = hazards
  }

  /// A few words on what the plan does: "convert 3 routes to resilient groups".
  package var description: String {
    let count = conversions.reduce(0) { $0 + $1.routes.count }
    let routes = "\(count) route\(count == 1 ? "" : "s")"
    return switch kind {
    case .convert where !followings.isEmpty: "put resilient groups in front of \(routes)"
    case .convert: "convert \(routes) to resilient groups"
    case .revert where !followings.isEmpty && followings.count == conversions.count:
      "take the resilient groups in front of \(routes) away"
    case .revert: "take \(routes) back from resilient groups"
    case .tune: "change a group of \(routes) in place"
    }
  }

  /// The hazards that forbid to carry the plan out.
  package var refusals: [ConversionHazard] { hazards.filter(\.refuses) }

  package var isRefused: Bool { hazards.contains(where: \.refuses) }

  /// The ids of the nexthop objects and groups that the plan adds and does not take away again, in order.
  package var addedIDs: [UInt32] {
    var ids: Set<UInt32> = []
    for step in steps {
      switch step.change {
      case .addNexthop(let nexthop): ids.insert(nexthop.id)
      case .addGroup(let group): ids.insert(group.id)
      case .removeNexthop(let nexthop): ids.remove(nexthop.id)
      case .removeGroup(let group): ids.remove(group.id)
      default: break
      }
    }
    return ids.sorted()
  }
}

/// What becomes of routes that share their nexthops.
package struct Conversion: Hashable, Sendable {
  /// What routes use.
  package enum Place: Hashable, Sendable {
    /// Legs that are written in each route.
    case legs
    /// A group, or the object that stands alone for one.
    case object(id: UInt32)
  }

  package var from: Place
  package var to: Place
  /// The routes as they were before.
  package var routes: [Route]
  /// The group that the routes use afterwards; nil for legs, and for an object that is no group.
  package var group: NexthopGroup?
  /// The group that the routes used before; nil for legs.
  package var replaced: NexthopGroup?
  /// Where the routes came from before an earlier plan, where that is known: what a revert goes back to.
  package var origin: Place?
  /// The route in front of the one of `routes`, which stays as it is; nil where the routes themselves move.
  package var following: Following?

  package init(
    from: Place, to: Place, routes: [Route], group: NexthopGroup? = nil, replaced: NexthopGroup? = nil,
    origin: Place? = nil, following: Following? = nil
  ) {
    self.from = from
    self.to = to
    self.routes = routes
    self.group = group
    self.replaced = replaced
    self.origin = origin
    self.following = following
  }
}
