import MultipathHash
import Routing

extension BatchDecider {
  /// The slot of flows of a kind; nil where none of them is plain, or no slot is left for them.
  @inline(__always)
  mutating func slot(of kind: FlowKind) -> Int? {
    let arrival = kind.word & FlowKind.arrival
    if let known = slots.firstIndex(where: { $0.arrival == arrival }) { return known }
    return newSlot(kind)
  }

  @inline(never)
  private mutating func newSlot(_ kind: FlowKind) -> Int? {
    let plain = kind.isIPv6 ? plain6 : plain4
    let kinds = plain.destinations.kindCount
    guard plain.exist, slots.isEmpty || (plans.count + kinds <= Self.mostPlans && slots.count < Self.mostSlots)
    else {
      return nil
    }
    let ingress = table.links.vrf(of: kind.interface) ?? kind.interface
    let looksBack =
      !kind.isIPv6 && kind.interface != 0 && (table.links.reversePathFilter(ingress) != 0 || table.hasCustomLocalRoutes)
    slots.append(
      Slot(
        arrival: kind.word & FlowKind.arrival, looksBack: looksBack, firstPlan: plans.count,
        firstAdmission: admissions.count))
    plans += repeatElement(Plan(selector: Plan.unknown, route: -1), count: kinds)
    if looksBack { admissions += repeatElement(0, count: kinds) }
    return slots.count - 1
  }

  /// What becomes of the flow and of all that have its slot and whose destinations are of the kind of its own.
  ///
  /// - Parameter position: of the longest known prefix of the destination, -1 for none.
  @inline(never)
  mutating func plan(for flow: Flow, _ slot: Int, from position: Int32) -> Plan {
    let (decision, asksForHash) = decide(flow, assuming: 0)
    let route = decision.route ?? -1
    let kinds = (flow.family == .ipv4 ? plain4 : plain6).destinations
    let unknown = Plan(selector: Plan.none, route: -1)
    guard let path = kinds.path(from: position, to: Int32(truncatingIfNeeded: route)) else { return unknown }
    let found: Int32 =
      switch path {
      case .same(let route): route
      case .above(let steps): Plan.own - Int32(truncatingIfNeeded: steps)
      }
    let shape = selectors.shape(of: decision)
    guard asksForHash, route >= 0 else {
      return asksForHash ? unknown : Plan(selector: selectors.fixed(shape), route: found)
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
      isScoped: destination.isMulticast || destination.isLinkLocal || destination.isLoopback,
      redirected: table.redirected[destination] == nil ? nil : destination, slot: slot, shape: shape)
    let known = selectors.known(key)
    let number = known ?? divide(flow, route)
    if known == nil { selectors.remember(number, key) }
    return Plan(selector: number, route: found)
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
    let ends = Walk(table: table, flow: flow, question: .traffic, trace: nil).rangeEnds(ofRoute: route)
    return selectors.add(.ranges, ends.map { (selectors.shape(of: decide(flow, assuming: $0).0), $0) })
  }
}
