package import Planning
package import Routing

/// A plan for people and programs: what becomes of which routes, each step as a command with its price, and what can go
/// wrong.
package struct ConversionReport: Sendable {
  /// A step as a line of a batch.
  package struct Line: Hashable, Sendable {
    package let step: ConversionStep
    /// nil where `ip` can not be told.
    package let command: String?
  }

  /// What becomes of routes that share their nexthops.
  package struct Fate: Hashable, Sendable {
    package let conversion: Conversion
    /// Legs, or members of the group of before.
    package let nexthops: Int
    /// The parts of forwarded traffic that the steps move, one after the other; of the route that loses most.
    package let shares: [Double]
    package let estimate: BucketEstimate?
    /// The bucket count that is advised for the weights; nil where no resilient group comes out.
    package let advisedBuckets: UInt16?
    package let moves: MembershipMoves?
    /// After how many membership changes the price is paid back; nil for never, or where nothing is to be paid back.
    package let breakEven: Int?

    /// What all steps together move at most.
    package var share: Double { min(shares.reduce(0, +), 1) }
  }

  /// Which part of the flows one membership change moves on average.
  package struct MembershipMoves: Hashable, Sendable {
    package let threshold: Double
    package let resilient: Double
  }

  package let plan: ConversionPlan
  /// What the user calls the network namespace that the plan is for; nil for his own.
  package let namespaceName: String?
  package let lines: [Line]
  package let fates: [Fate]
  /// All flows that were given, those that the routes of the plan take, and those that the plan moves; nil without flows.
  package let flows: (all: UInt64, concerned: UInt64, moved: UInt64, undetermined: UInt64)?

  /// - Parameters:
  ///   - allFlows: how many flows were given; nil for none.
  ///   - namespaceName: what the user calls the network namespace; nil for his own.
  package init(
    _ plan: ConversionPlan, in state: RoutingState, allFlows: UInt64? = nil, namespaceName: String? = nil
  ) {
    self.plan = plan
    self.namespaceName = namespaceName
    let text = IPCommandText(state)
    lines = plan.steps.map { Line(step: $0, command: text.line($0.change)) }
    fates = plan.conversions.map { Self.fate($0, plan) }
    guard let allFlows else {
      flows = nil
      return
    }
    let observed = plan.steps.compactMap { $0.price?.flows }
    var firsts: Set<RouteKey> = []
    var concerned: UInt64 = 0
    for step in plan.steps {
      guard let flows = step.price?.flows else { continue }
      if let old = plan.move(by: step.change)?.from, !firsts.insert(RouteKey(old)).inserted { continue }
      concerned += flows.total
    }
    flows = (
      allFlows, concerned, observed.reduce(0) { $0 + $1.moved }, observed.reduce(0) { $0 + $1.undetermined }
    )
  }

  private static func fate(_ conversion: Conversion, _ plan: ConversionPlan) -> Fate {
    let shares = shares(conversion, plan)
    let before: Int
    switch conversion.from {
    case .legs: before = conversion.routes.map(\.legs.count).max() ?? 0
    case .object: before = conversion.replaced?.members.count ?? 0
    }
    guard let group = conversion.group, let parameters = group.resilient, plan.kind == .convert else {
      return Fate(
        conversion: conversion, nexthops: before, shares: shares, estimate: nil, advisedBuckets: nil, moves: nil,
        breakEven: nil)
    }
    let weights = group.members.map(\.weight)
    let moves = BucketEstimate.movesByMembershipChange(weights: weights)
    let wasResilient = conversion.replaced?.kind == .resilient
    return Fate(
      conversion: conversion, nexthops: before, shares: shares,
      estimate: BucketEstimate(weights: weights, buckets: Int(parameters.buckets)),
      advisedBuckets: BucketEstimate.advisedBuckets(weights: weights),
      moves: moves.map { MembershipMoves(threshold: $0.threshold, resilient: $0.resilient) },
      breakEven: wasResilient
        ? nil : BucketEstimate.breakEven(price: min(shares.reduce(0, +), 1), weights: weights))
  }

  /// What the moves of one of the routes cost, or the change of the group.
  private static func shares(_ conversion: Conversion, _ plan: ConversionPlan) -> [Double] {
    let keys = Set(conversion.routes.map(RouteKey.init))
    var sharesOfRoute: [RouteKey: [Double]] = [:]
    var sharesOfGroup: [Double] = []
    for step in plan.steps {
      guard let price = step.price else { continue }
      switch step.change {
      case .replaceGroup(let old, _):
        if conversion.from == .object(id: old.id) { sharesOfGroup.append(price.share) }
      default:
        guard let move = plan.move(by: step.change) else { continue }
        let key = RouteKey(keys.contains(RouteKey(move.from)) ? move.from : move.to)
        if keys.contains(key) { sharesOfRoute[key, default: []].append(price.share) }
      }
    }
    return sharesOfRoute.values.max { $0.reduce(0, +) < $1.reduce(0, +) } ?? sharesOfGroup
  }
}

extension RouteLegs {
  fileprivate var count: Int {
    switch self {
    case .none: 0
    case .single: 1
    case .multipath(let legs): legs.count
    }
  }
}
