import MultipathHash
import Routing

extension BatchDecider {
  /// The slot of a flow; nil for one that is not plain, or that no slot is left for.
  ///
  /// - Parameter last: the slot of the flow before, -1 for none.
  @inline(__always)
  mutating func slot(of flows: Span<Flow>, _ place: Int, _ last: Int) -> Int? {
    let isIPv4: Bool
    switch flows[place].destination.family {
    case .ipv4: isIPv4 = true
    case .ipv6: isIPv4 = false
    }
    guard isIPv4 ? plain4.contain(flows, place) : plain6.contain(flows, place) else { return nil }
    // A plain flow brings no hash whose value is known.
    let bringsNoHash: Bool
    if case .absent = flows[place].layer4Hash { bringsNoHash = true } else { bringsNoHash = false }
    let interface = flows[place].inputInterface
    if last >= 0, slots[last].interface == interface, slots[last].isIPv4 == isIPv4,
      slots[last].bringsNoHash == bringsNoHash
    {
      return last
    }
    return slot(isIPv4: isIPv4, interface: interface, bringsNoHash: bringsNoHash)
  }

  @inline(never)
  private mutating func slot(isIPv4: Bool, interface: UInt32, bringsNoHash: Bool) -> Int? {
    let known = slots.firstIndex {
      $0.isIPv4 == isIPv4 && $0.interface == interface && $0.bringsNoHash == bringsNoHash
    }
    if let known { return known }
    let prefixes = (isIPv4 ? plain4 : plain6).destinations.count + 1
    guard slots.isEmpty || (plans.count + prefixes <= Self.mostPlans && slots.count < Self.mostSlots) else {
      return nil
    }
    let ingress = table.links.vrf(of: interface) ?? interface
    let looksBack =
      isIPv4 && interface != 0 && (table.links.reversePathFilter(ingress) != 0 || table.hasCustomLocalRoutes)
    slots.append(
      Slot(
        isIPv4: isIPv4, interface: interface, bringsNoHash: bringsNoHash, looksBack: looksBack,
        firstPlan: plans.count, firstAdmission: admissions.count))
    plans += repeatElement(Plan(selector: Plan.unknown, route: -1), count: prefixes)
    if looksBack { admissions += repeatElement(0, count: prefixes) }
    return slots.count - 1
  }

  /// Whether nothing becomes of the flow on account of its source that becomes of no other one.
  @inline(__always)
  mutating func admits(_ flows: Span<Flow>, _ place: Int, _ slot: Int) -> Bool {
    guard slots[slot].looksBack else {
      return slots[slot].isIPv4
        ? plain4.sources.longest4(covering: UInt32(truncatingIfNeeded: flows[place].source.low)) < 0
        : plain6.sources.longest(covering: flows[place].source) < 0
    }
    let source = UInt32(truncatingIfNeeded: flows[place].source.low)
    let leaf = slots[slot].firstAdmission &+ 1 &+ Int(plain4.destinations.longest4(covering: source))
    if admissions[leaf] == 0 {
      let walk = Walk(table: table, flow: flows[place], question: .traffic, trace: nil)
      let isOrdinary = plain4.sources.longest4(covering: source) < 0
      let isAdmitted = isOrdinary && walk.admitsSource
      admissions[leaf] = isAdmitted ? 1 : 2
    }
    return admissions[leaf] == 1
  }

  /// What becomes of the flow and of all that have its slot and the longest known prefix of its destination.
  @inline(never)
  mutating func plan(for flow: Flow, _ slot: Int) -> Plan {
    let (decision, asksForHash) = decide(flow, assuming: 0)
    let route = decision.route ?? -1
    let shape = selectors.shape(of: decision)
    guard asksForHash, route >= 0 else {
      guard !asksForHash else { return Plan(selector: Plan.none, route: -1) }
      return Plan(selector: selectors.selector(to: shape), route: Int32(truncatingIfNeeded: route))
    }
    let destination = flow.destination
    let target: Int64
    if let id = table.state.routes[route].nexthopID {
      target = Int64(id)
    } else {
      target = -1 - Int64(table.nexthops.setOfRoute[route])
    }
    let key = SelectorTable.Key(
      target: target, routeFlags: table.state.routes[route].flags,
      preference: table.state.routes[route].preference ?? 0,
      isScoped: destination.isMulticast || destination.isLinkLocal || destination.isLoopback, slot: slot, shape: shape)
    let known = selectors.known(key)
    let number = known ?? divide(flow, route)
    if known == nil { selectors.remember(number, key) }
    return Plan(selector: number, route: Int32(truncatingIfNeeded: route))
  }

  private func decide(_ flow: Flow, assuming hash: UInt32) -> (Decision, asksForHash: Bool) {
    var walk = Walk(table: table, flow: flow, question: .traffic, trace: nil)
    walk.assumedHash = hash
    let decision = walk.run()
    return (decision, walk.hasAskedForHash)
  }

  /// Finds out how the hashes are divided: by size they are at upper bounds alone, and by remainder a resilient group
  /// divides them.
  private mutating func divide(_ flow: Flow, _ route: Int) -> UInt32 {
    if let id = table.state.routes[route].nexthopID, case .resilient(_, _, let buckets, _)? = table.nexthops.objects[id]
    {
      let places = (0..<UInt32(truncatingIfNeeded: max(buckets, 1))).map { bucket in
        (selectors.shape(of: decide(flow, assuming: bucket).0), UInt32.max)
      }
      return selectors.add(.remainders, places)
    }
    let bounds = Walk(table: table, flow: flow, question: .traffic, trace: nil).entries(of: route).map(
      \.upperBound)
    let ends = Set(bounds.filter { $0 >= 0 } + [.max]).sorted().map { UInt32(bitPattern: $0) }
    return selectors.add(.ranges, ends.map { (selectors.shape(of: decide(flow, assuming: $0).0), $0) })
  }
}
