import MultipathHash
import Routing

/// Plans of a run of flows that arrive alike.
extension BatchDecider {
  mutating func plan4(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int, _ batch: inout DecisionBatch
  ) {
    plain4.destinations.prefixes.longest4(covering: flows.destinations4.span, places, into: &destinations)
    let looksBack = slots[slot].looksBack
    if looksBack { admit4(flows, places, slot) }
    var start = places.lowerBound
    while true {
      if looksBack {
        let held = sources
        let sources = held.span.extracting(start..<places.upperBound)
        start = plan(flows, start..<places.upperBound, slot, plain4, &batch) { sources[$0] >= 0 }
      } else {
        let filter = plain4.sources
        let addresses = flows.sources4.span.extracting(start..<places.upperBound)
        let mayCover = filter.mayCover.span.extracting(0..<SourceFilter.bitWords)
        start = plan(flows, start..<places.upperBound, slot, plain4, &batch) {
          filter.covers4(addresses[$0], mayCover)
        }
      }
      guard start < places.upperBound else { return }
      makePlan(flows, start, slot, plain4)
    }
  }

  mutating func plan6(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int, _ batch: inout DecisionBatch
  ) {
    let filter = plain6.sources
    plain6.destinations.prefixes.longest6(covering: flows.headers6.span, places, into: &destinations)
    var start = places.lowerBound
    while true {
      let headers = flows.headers6.span.extracting(start..<places.upperBound)
      let mayCover = filter.mayCover.span.extracting(0..<SourceFilter.bitWords)
      start = plan(flows, start..<places.upperBound, slot, plain6, &batch) {
        filter.covers6(headers[$0].sourceHigh, headers[$0].sourceLow, mayCover)
      }
      guard start < places.upperBound else { return }
      makePlan(flows, start, slot, plain6)
    }
  }

  /// Leaves flows to `ForwardingTable.decide`.
  mutating func leave(_ places: Range<Int>, _ batch: inout DecisionBatch) {
    left.append(contentsOf: places)
    for place in places { batch.shapes[place] = SelectorTable.none }
  }

  /// Lets the selectors that flows go by stand in for their shapes, which the hash has still to tell.
  ///
  /// All lists are cut down to the run, so that one look at its end does for all of them.
  ///
  /// - Parameter isBarred: whether the source of a flow, counted from the first one, may change what becomes of it.
  /// - Returns: the place of a flow whose plan is not known yet; the end of `places` when there is none.
  @inline(__always)
  private mutating func plan(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int, _ plain: PlainFlows,
    _ batch: inout DecisionBatch, isBarred: (Int) -> Bool
  ) -> Int {
    let (admissions, known, heldPlans, heldDestinations) = (plain.admissions, plain.destinations, plans, destinations)
    let (kinds, ports) = (flows.kinds.span.extracting(places), flows.ports.span.extracting(places))
    let destinations = heldDestinations.span.extracting(places)
    let (table, nodes, plans) = (admissions.span.extracting(0..<256), known.nodes.span, heldPlans.span)
    let first = slots[slot].firstPlan
    let heeded: UInt64 = plain.heedsTOS ? 0xff_0000 : 0
    return Self.write(places, &batch.shapes, &batch.routes, &left) { index in
      let kind = kinds[index]
      guard table[Int(kind.ipProtocol)].admits(ports: ports[index]), kind.word & heeded == 0, !isBarred(index) else {
        return Plan(selector: Plan.none, route: -1)
      }
      let node = nodes[Int(destinations[index]) &+ 1]
      var plan = plans[first &+ Int(node.kind)]
      if plan.route < -1 {
        plan.route =
          plan.route == Plan.own
          ? node.route : known.route(Int(Plan.own) &- Int(plan.route), above: destinations[index])
      }
      return plan
    }
  }

  // Spans of two lists of one value can not be had at once, but of two lists that are parameters.
  @inline(__always)
  private static func write(
    _ places: Range<Int>, _ allShapes: inout [UInt32], _ allRoutes: inout [Int32], _ left: inout [Int],
    plan: (Int) -> Plan
  ) -> Int {
    var shapesSpan = allShapes.mutableSpan
    var routesSpan = allRoutes.mutableSpan
    var shapes = shapesSpan.extracting(places)
    var routes = routesSpan.extracting(places)
    for index in 0..<places.count {
      let plan = plan(index)
      guard plan.selector < Plan.none else {
        if plan.selector == Plan.unknown { return places.lowerBound &+ index }
        shapes[index] = SelectorTable.none
        left.append(places.lowerBound &+ index)
        continue
      }
      shapes[index] = plan.selector
      routes[index] = plan.route
    }
    return places.upperBound
  }

  @inline(never)
  private mutating func makePlan(_ flows: borrowing FlowColumns, _ place: Int, _ slot: Int, _ plain: PlainFlows) {
    let position = destinations[place]
    let number = slots[slot].firstPlan + Int(plain.destinations.nodes[Int(position) + 1].kind)
    plans[number] =
      flows.flow(at: place).map { plan(for: $0, slot, from: position) } ?? Plan(selector: Plan.none, route: -1)
  }

  // MARK: The way back

  /// Finds out which sources change nothing, where the way back to them counts.
  private mutating func admit4(_ flows: borrowing FlowColumns, _ places: Range<Int>, _ slot: Int) {
    plain4.destinations.prefixes.longest4(covering: flows.sources4.span, places, into: &sources)
    let first = slots[slot].firstAdmission
    for place in places {
      let number = first &+ Int(plain4.destinations.nodes[Int(sources[place]) &+ 1].kind)
      if admissions[number] == 0 { admissions[number] = admits4(flows, place) ? 1 : 2 }
      sources[place] = admissions[number] == 1 ? -1 : 0
    }
  }

  /// Whether nothing becomes of the flow on account of its source that becomes of no other one.
  @inline(never)
  private func admits4(_ flows: borrowing FlowColumns, _ place: Int) -> Bool {
    guard plain4.sources.prefixes.longest4(covering: flows.sources4[place]) < 0, var flow = flows.flow(at: place)
    else { return false }
    // Where the TOS counts, on the way back as on the way there, flows that have one stand aside.
    flow.tos = 0
    return Walk(table: table, flow: flow, question: .traffic, trace: nil).admitsSource
  }
}
