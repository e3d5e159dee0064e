internal import Routing

/// What of a wanted state is otherwise in the one that was found, as far as it decides where packets go.
///
/// Counters, idle times, lifetimes, offload flags, operational states, link kinds and link-layer facts of hardware are
/// not looked at.
struct StateComparison {
  private(set) var differences: [ShadowDifference] = []
  private let refusals: [ShadowDifference.Place: String]

  /// - Parameter refusals: why something was not made.
  init(wanted: RoutingState, found: RoutingState, refusals: [ShadowDifference.Place: String]) {
    self.refusals = refusals
    compareKernels(wanted, found)
    let isThere = Set(found.links.map(\.name))
    compareSettings(wanted.settings, found.settings, interfaces: isThere)
    compareLinks(wanted, found)
    compareAddresses(wanted, found)
    compareNeighbours(wanted, found)
    compareRules(wanted.rules, found.rules)
    compareObjects(wanted, found)
    compareBuckets(wanted.bucketTables, found.bucketTables)
    compareRoutes(wanted.routes, found.routes)
  }

  private mutating func note(_ place: ShadowDifference.Place, _ reason: String) {
    let refusal = refusals[place].map { ": \($0)" } ?? ""
    differences.append(ShadowDifference(place.subject, place.identity, reason + refusal))
  }

  /// Compares things that have a place of their own.
  private mutating func compare<Element>(
    _ wanted: [Element], _ found: [Element], place: (Element) -> ShadowDifference.Place,
    extraCounts: (Element) -> Bool = { _ in true }, fields: (Element, Element) -> [String]
  ) {
    var left = Dictionary(found.map { (place($0), $0) }, uniquingKeysWith: { first, _ in first })
    for element in wanted {
      guard let other = left.removeValue(forKey: place(element)) else {
        note(place(element), "is missing")
        continue
      }
      let fields = fields(element, other)
      if !fields.isEmpty { note(place(element), "differs in " + fields.joined(separator: ", ")) }
    }
    for element in found where left[place(element)] != nil && extraCounts(element) {
      note(place(element), "is there and should not be")
    }
  }
}

extension StateComparison {
  /// A kernel that is known to select in another way proves nothing.
  private mutating func compareKernels(_ wanted: RoutingState, _ found: RoutingState) {
    let hasVRFs = wanted.links.contains { $0.vrfTable != nil }
    for trait in KernelBehaviour.Trait.all where hasVRFs || !trait.concernsVRFs {
      guard let asked = wanted.behaviour[keyPath: trait.value], let has = found.behaviour[keyPath: trait.value],
        asked != has
      else { continue }
      note(
        ShadowDifference.Place(.kernel, found.kernel.release),
        "\(has ? "does" : "does not do") what \(asked ? "" : "not ")Linux \(wanted.kernel.release) does: \(trait.meaning)"
      )
    }
    let place = ShadowDifference.Place(.kernel, found.kernel.release)
    let isOfThisBoot = wanted.kernel.bootID == found.kernel.bootID
    if wanted.settings.hashSeed == nil, found.settings.hashSeed != nil, wanted.kernel.version != nil {
      note(place, "has another hash key, whose length differs")
    } else if wanted.settings.hashSeed == nil, found.settings.hashSeed == nil, !isOfThisBoot {
      note(place, "has another hash key: that of another boot")
    } else if wanted.settings.hashSeed == 0, !isOfThisBoot {
      note(place, "has another boot seed: that of another boot")
    }
  }

  /// - Parameter interfaces: those that are there; one that is missing is told of once.
  private mutating func compareSettings(
    _ wanted: KernelSettings, _ found: KernelSettings, interfaces: Set<String>
  ) {
    func check<Value: Equatable>(_ path: String, _ asked: Value?, _ has: Value?) {
      guard let asked, asked != has else { return }
      note(ShadowDifference.Place(.setting, path), "is \(has.map { "\($0)" } ?? "absent") instead of \(asked)")
    }
    for (family, asked, has) in [
      ("ipv4", wanted.ipv4Hash, found.ipv4Hash), ("ipv6", wanted.ipv6Hash, found.ipv6Hash),
    ] {
      check("\(family)/fib_multipath_hash_policy", asked.policy, has.policy)
      check("\(family)/fib_multipath_hash_fields", asked.fields, has.fields)
    }
    check("ipv4/fib_multipath_hash_seed", wanted.hashSeed, found.hashSeed)
    check("ipv4/fib_multipath_use_neigh", wanted.useNeighbours, found.useNeighbours)
    check("ipv4/nexthop_compat_mode", wanted.nexthopCompatMode, found.nexthopCompatMode)
    check("ipv4/conf/all/forwarding", wanted.ipv4ForwardingAll, found.ipv4ForwardingAll)
    check("ipv6/conf/all/forwarding", wanted.ipv6ForwardingAll, found.ipv6ForwardingAll)
    check("ipv4/conf/all/ignore_routes_with_linkdown", wanted.ipv4IgnoresLinkdownAll, found.ipv4IgnoresLinkdownAll)
    check("ipv6/conf/all/ignore_routes_with_linkdown", wanted.ipv6IgnoresLinkdownAll, found.ipv6IgnoresLinkdownAll)
    check("ipv4/conf/all/rp_filter", wanted.ipv4ReversePathFilterAll, found.ipv4ReversePathFilterAll)
    check("ipv4/conf/all/accept_source_route", wanted.ipv4AcceptsSourceRoutesAll, found.ipv4AcceptsSourceRoutesAll)
    for entry in AdmissionSettings.Entry.all {
      check(
        "ipv4/conf/all/\(entry.name)", wanted.ipv4AdmissionAll[keyPath: entry.value],
        found.ipv4AdmissionAll[keyPath: entry.value])
    }
    check("ipv6/auto_flowlabels", wanted.autoFlowLabels, found.autoFlowLabels)
    check("ipv6/route/skip_notify_on_dev_down", wanted.skipNotifyOnDeviceDown, found.skipNotifyOnDeviceDown)
    for (name, asked) in wanted.interfaces.sorted(by: { $0.key < $1.key })
    where interfaces.contains(name) {
      let has = found.interfaces[name] ?? InterfaceSettings()
      check("ipv4/conf/\(name)/forwarding", asked.ipv4Forwarding, has.ipv4Forwarding)
      check("ipv6/conf/\(name)/forwarding", asked.ipv6Forwarding, has.ipv6Forwarding)
      check("ipv4/conf/\(name)/ignore_routes_with_linkdown", asked.ipv4IgnoresLinkdown, has.ipv4IgnoresLinkdown)
      check("ipv6/conf/\(name)/ignore_routes_with_linkdown", asked.ipv6IgnoresLinkdown, has.ipv6IgnoresLinkdown)
      check("ipv4/conf/\(name)/rp_filter", asked.reversePathFilter, has.reversePathFilter)
      check("ipv4/conf/\(name)/accept_source_route", asked.ipv4AcceptsSourceRoutes, has.ipv4AcceptsSourceRoutes)
      for entry in AdmissionSettings.Entry.all {
        check(
          "ipv4/conf/\(name)/\(entry.name)", asked.ipv4Admission[keyPath: entry.value],
          has.ipv4Admission[keyPath: entry.value])
      }
      check("ipv6/conf/\(name)/force_forwarding", asked.ipv6ForcesForwarding, has.ipv6ForcesForwarding)
      check("ipv6/conf/\(name)/keep_addr_on_down", asked.ipv6KeepsAddresses, has.ipv6KeepsAddresses)
      // The shadow has IPv6 off where nothing uses it.
      if asked.ipv6IsDisabled == true { check("ipv6/conf/\(name)/disable_ipv6", true, has.ipv6IsDisabled) }
    }
  }

  private mutating func compareLinks(_ wanted: RoutingState, _ found: RoutingState) {
    // Some interfaces every new namespace has, in places of their own. While one is down and not used, it decides nothing.
    let used = wanted.usedLinks
    let has = Set(found.links.map(\.place))
    let asked = wanted.links.filter { $0.isUp || used.contains($0.index) || has.contains($0.place) }
    compare(asked, found.links, place: \.place, extraCounts: \.isUp) { asked, has in
      let followsLower = LinkPlan.stackedKinds.contains(asked.kind ?? "") || asked.kind == "veth"
      return [
        asked.isUp == has.isUp ? nil : "being up",
        !asked.isUp || asked.hasCarrier == has.hasCarrier ? nil : "its carrier",
        asked.mtu == has.mtu ? nil : "its MTU", asked.group == has.group ? nil : "its group",
        asked.master == has.master ? nil : "its master", asked.vrfTable == has.vrfTable ? nil : "its VRF",
        !followsLower || asked.lower == has.lower ? nil : "the interface below it",
      ].compactMap { $0 }
    }
  }

  private mutating func compareAddresses(_ wanted: RoutingState, _ found: RoutingState) {
    compare(wanted.addresses, found.addresses, place: \.place) { asked, has in
      var flags = InterfaceAddress.chosenFlags
      // The same bit is that of a temporary address of IPv6, which a user can not add.
      if asked.address.family == .ipv4 { flags |= InterfaceAddress.secondary }
      return [
        asked.peer == has.peer ? nil : "its peer", asked.scope == has.scope ? nil : "its scope",
        asked.flags & flags == has.flags & flags ? nil : "its flags",
      ].compactMap { $0 }
    }
  }

  private mutating func compareNeighbours(_ wanted: RoutingState, _ found: RoutingState) {
    let loopbacks = wanted.loopbacks
    let asked = wanted.neighbours.filter { $0.decides(loopbacks) }
    let has = found.neighbours.filter { $0.decides(loopbacks) }
    compare(asked, has, place: \.place, extraCounts: { $0.state != .noARP }) { asked, has in
      [
        asked.decidingState == has.decidingState ? nil : "its state (\(has.state.name) instead of \(asked.state.name))",
        !asked.state.isValid || asked.linkLayerAddress == has.linkLayerAddress ? nil : "its link-layer address",
      ].compactMap { $0 }
    }
  }

  /// Rules have no identity but their place: what comes before the first difference is left out, and what comes after the
  /// last one.
  private mutating func compareRules(_ wanted: [Rule], _ found: [Rule]) {
    for family in AddressFamily.allCases {
      var asked = wanted.filter { $0.family == family }[...]
      var has = found.filter { $0.family == family }[...]
      while let first = asked.first, let other = has.first, first.comparable == other.comparable {
        asked.removeFirst()
        has.removeFirst()
      }
      while let last = asked.last, let other = has.last, last.comparable == other.comparable {
        asked.removeLast()
        has.removeLast()
      }
      let kept = Set(asked.map(\.comparable)).intersection(has.map(\.comparable))
      for rule in asked where !kept.contains(rule.comparable) { note(rule.place, "is missing") }
      for rule in has where !kept.contains(rule.comparable) { note(rule.place, "is there and should not be") }
      if asked.map(\.comparable).filter(kept.contains) != has.map(\.comparable).filter(kept.contains),
        let first = asked.first
      {
        note(first.place, "is not in its place among the others")
      }
    }
  }
}

extension StateComparison {
  private mutating func compareObjects(_ wanted: RoutingState, _ found: RoutingState) {
    compare(wanted.nexthops ?? [], found.nexthops ?? [], place: \.place) { asked, has in
      let onlink = UInt32(NexthopFlags.onlink.rawValue)
      return [
        asked.family == has.family ? nil : "its family", asked.target == has.target ? nil : "its target",
        asked.protocol == has.protocol ? nil : "its protocol", asked.scope == has.scope ? nil : "its scope",
        asked.flags & onlink == has.flags & onlink ? nil : "being onlink",
      ].compactMap { $0 }
    }
    compare(wanted.groups, found.groups, place: \.place) { asked, has in
      [
        asked.kind == has.kind ? nil : "its type", asked.members == has.members ? nil : "its members",
        asked.isFDB == has.isFDB ? nil : "being for FDB entries",
        asked.protocol == has.protocol ? nil : "its protocol",
        asked.resilient?.buckets == has.resilient?.buckets ? nil : "its number of buckets",
        asked.resilient?.idleTimer == has.resilient?.idleTimer ? nil : "its idle timer",
        asked.resilient?.unbalancedTimer == has.resilient?.unbalancedTimer ? nil : "its unbalanced timer",
      ].compactMap { $0 }
    }
  }

  private mutating func compareBuckets(_ wanted: [BucketTable], _ found: [BucketTable]) {
    let found = Dictionary(found.map { ($0.group, $0.buckets) }, uniquingKeysWith: { first, _ in first })
    for table in wanted {
      let asked = table.buckets.map(\.nexthop)
      let has = (found[table.group] ?? []).map(\.nexthop)
      guard asked != has else { continue }
      let count = asked.count == has.count ? zip(asked, has).count { $0 != $1 } : asked.count
      let place = ShadowDifference.Place(.buckets, "of group \(table.group)")
      let refusal = refusals[ShadowDifference.Place(.group, "id \(table.group)")].map { ": \($0)" } ?? ""
      note(place, "\(count) of \(asked.count) name another member" + refusal)
    }
  }

  private mutating func compareRoutes(_ wanted: [Route], _ found: [Route]) {
    var left: [RouteShape.Key: [Route]] = [:]
    for route in found where !route.isNull { left[route.shape.key, default: []].append(route) }
    var asked: [RouteShape.Key: [Route]] = [:]
    for route in wanted where !route.isNull { asked[route.shape.key, default: []].append(route) }
    var isDone: Set<RouteShape.Key> = []
    for route in wanted where !route.isNull {
      let key = route.shape.key
      guard isDone.insert(key).inserted else { continue }
      let (asked, has) = (asked[key] ?? [], left.removeValue(forKey: key) ?? [])
      if key.isOfKernelOnly {
        compare(RouteShape.without(has, asked), RouteShape.without(asked, has), at: route.place)
      } else {
        compare(asked, has, at: route.place)
      }
    }
    for route in found {
      if let routes = left.removeValue(forKey: route.shape.key) { compare([], routes, at: route.place) }
    }
  }

  /// Compares the routes of one prefix and metric, one by one.
  private mutating func compare(_ asked: [Route], _ has: [Route], at place: ShadowDifference.Place) {
    for (index, route) in asked.enumerated() {
      guard index < has.count else {
        note(place, "is missing")
        continue
      }
      var fields = route.shape.differences(from: has[index].shape)
      if fields.isEmpty, route.liveness != has[index].liveness { fields.append("which legs are dead or down") }
      if !fields.isEmpty { note(place, "differs in " + fields.joined(separator: ", ")) }
    }
    for _ in has.dropFirst(asked.count) { note(place, "is there and should not be") }
  }
}

extension Route {
  /// Which of its own legs are dead or have no carrier.
  fileprivate var liveness: [NexthopFlags] {
    nexthopID == nil ? legs.list.map { $0.flags.intersection([.dead, .linkdown]) } : []
  }
}
