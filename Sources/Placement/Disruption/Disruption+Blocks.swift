import Forwarding
import Routing

extension Disruption {
  /// Counts many flows as `add(_:before:after:weight:)` counts each of them; `settle()` has to follow before anything
  /// is asked.
  ///
  /// - Parameters:
  ///   - visitsMoves: whether to visit flows that do not stay.
  ///   - visit: is given the places of those, and of flows that are in no combination.
  package mutating func add(
    _ block: DecidedFlows, visitsMoves: Bool,
    visit: (_ place: Int, _ movement: Movement, _ isInCombination: Bool) throws -> Void
  ) rethrows {
    let other = DecisionBatch.other
    for place in 0..<block.flows.count {
      let (before, after) = (block.before.shapes[place], block.after.shapes[place])
      let weight = block.flows.weights[place]
      let movement: Movement
      let isInCombination = before != other && after != other
      if !isInCombination {
        let (old, new) = block.decisions(place)
        movement = add(block.flows.flow(at: place), before: old, after: new, weight: weight)
      } else {
        movement = add(block, place, (before, after), weight: weight)
      }
      if !isInCombination || (visitsMoves && movement.fate != .stays) { try visit(place, movement, isInCombination) }
    }
  }

  /// Counts a flow that is decided as many others are.
  @inline(__always)
  private mutating func add(
    _ block: DecidedFlows, _ place: Int, _ shapes: (before: UInt32, after: UInt32), weight: UInt64
  ) -> Movement {
    let (oldHash, newHash) = (block.before.hashes[place], block.after.hashes[place])
    let isSame = oldHash == newHash
    let isIPv6 = block.flows.kinds[place].isIPv6
    let routes = (
      before: UInt32(bitPattern: block.before.routes[place]), after: UInt32(bitPattern: block.after.routes[place])
    )
    // A decision is told by its shape and its route; of the hashes it counts whether they are the same.
    let key = InternTable.Key(
      first: UInt64(shapes.before) &<< 32 | UInt64(shapes.after),
      second: UInt64(routes.before) &<< 32 | UInt64(routes.after),
      third: UInt64(truncatingIfNeeded: block.decider) &<< 2 | (isIPv6 ? 2 : 0) | (isSame ? 1 : 0))
    let (number, isNew) = combinations.number(of: key)
    if isNew { combinations.append(combination(block, place)) }
    combinations.count(number, weight: weight)
    let movement = combinations.list[number].movement
    if let comparison = combinations.list[number].comparison {
      let (tellsOld, tellsNew) = (
        block.shapesBefore.tellsHash[Int(shapes.before)], block.shapesAfter.tellsHash[Int(shapes.after)]
      )
      if tellsOld || tellsNew {
        self.comparison?.add(
          tellsOld ? oldHash : newHash, isSame: isSame || !tellsOld || !tellsNew, to: comparison, movement,
          weight: weight)
      }
    }
    let (source, destination) = block.flows.addresses(at: place)
    anycast?.add(source: source, destination: destination, combinations.list[number].ways) {
      let (old, new) = block.decisions(place)
      return (block.flows.flow(at: place) ?? Flow(source: source, destination: destination), old, new)
    }
    return movement
  }

  @inline(never)
  private mutating func combination(_ block: DecidedFlows, _ place: Int) -> FlowCombination {
    let (old, new) = block.decisions(place)
    let family: AddressFamily = block.flows.kinds[place].isIPv6 ? .ipv6 : .ipv4
    let number = record(family, old, new)
    return FlowCombination(
      before: old, after: new, movement: records[number].movement, record: number,
      comparison: records[number].comparison,
      ways: AnycastSample.Ways(
        before: old.outcome == .sent ? records[number].before : nil,
        after: new.outcome == .sent ? records[number].after : nil))
  }

  /// Adds what was counted of many flows at once.
  ///
  /// - Returns: the combinations that occurred.
  package mutating func settle() -> [FlowCombination] {
    let combinations = combinations.take()
    for combination in combinations {
      let count = combination.count
      records[combination.record].count.add(count)
      total.add(count)
      let caveats = combination.before.caveats.union(combination.after.caveats)
      guard !caveats.isEmpty else { continue }
      uncertain += count.flows
      self.caveats.formUnion(caveats)
    }
    return combinations
  }
}
