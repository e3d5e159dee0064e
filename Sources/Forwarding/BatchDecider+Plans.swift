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
    let prefixes = plain.destinations.count + 1
    guard plain.exist, slots.isEmpty || (plans.count + prefixes <= Self.mostPlans && slots.count < Self.mostSlots)
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
    plans += repeatElement(Plan(selector: Plan.unknown, route: -1), count: prefixes)
    if looksBack { admissions += repeatElement(0, count: prefixes) }
    return slots.count - 1
  }

  /// Whether nothing becomes of the flow on account of its source that becomes of no other one, where the way back to
  /// it counts.
  mutating func admits4(_ flows: borrowing FlowColumns, _ place: Int, _ slot: Int) -> Bool {
    let source = flows.sources4[place]
    let leaf = slots[slot].firstAdmission &+ 1 &+ Int(plain4.destinations.longest4(covering: source))
    if admissions[leaf] == 0 {
      let isAdmitted =
        plain4.sources.longest4(covering: source) < 0
        && flows.flow(at: place).map { Walk(table: table, flow: $0, question: .traffic, trace: nil).admitsSource }
          ?? false
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
      return Plan(selector: Plan.fixed | shape, route: Int32(truncatingIfNeeded: route))
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
