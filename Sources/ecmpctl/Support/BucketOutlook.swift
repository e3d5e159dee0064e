import Forwarding
import Placement
import Planning
import Rendering
import Routing

/// What becomes of the buckets of the resilient groups that a change leaves in place.
struct BucketOutlook {
  private let courses: [ResilientCourse]
  private let tally: BucketTally
  private let outcome: ChangeOutcome
  /// In seconds; nil when nobody asked.
  private let horizon: Double?
  private let hasResilientFlows: Bool

  init(_ outcome: ChangeOutcome, _ tally: BucketTally, after seconds: Double?) {
    self.outcome = outcome
    self.tally = tally
    horizon = seconds
    hasResilientFlows = !tally.groups.isEmpty
    courses = outcome.tablesBefore.sorted { $0.key < $1.key }.compactMap { id, table in
      guard let used = outcome.simulation.tables[id], let unused = outcome.unusedSimulation.tables[id],
        used.buckets.count == table.buckets.count
      else { return nil }
      return ResilientCourse(
        group: id, before: table, after: (used: used, unused: unused), busy: tally.busyBuckets(of: id),
        now: outcome.simulation.now, horizon: Int64(((seconds ?? 0) * 100).rounded()))
    }
  }

  /// The classes of the flows and the course; nil where no flow goes over a resilient group.
  ///
  /// - Parameter elsewhere: flows that came to a resilient group by the change.
  func outlook(elsewhere: (moves: FlowTally.Count, stays: FlowTally.Count)) -> ResilientOutlook? {
    guard hasResilientFlows || elsewhere.moves.flows + elsewhere.stays.flows > 0 else { return nil }
    var counts: [ResilientCourse.Fate: FlowTally.Count] = [.moves: elsewhere.moves, .stays: elsewhere.stays]
    for course in courses {
      for (bucket, fate) in course.fates.enumerated() {
        let count = tally.count(group: course.group, bucket: bucket)
        counts[fate, default: FlowTally.Count()].add(count)
      }
    }
    let none = FlowTally.Count()
    return ResilientOutlook(
      moves: counts[.moves] ?? none, mayMove: counts[.mayMove] ?? none, stays: counts[.stays] ?? none,
      course: courses.flatMap(steps).sorted { $0.seconds < $1.seconds })
  }

  private func steps(_ course: ResilientCourse) -> [ResilientOutlook.Step] {
    let name = "group \(course.group)"
    let moved = course.before.indices.filter { course.before[$0] != course.atOnce[$0] }
    var steps: [ResilientOutlook.Step] = []
    if !moved.isEmpty {
      steps.append(step(course, 0, "\(name): leavers' and idle ones move", moved))
    }
    guard horizon != nil else {
      if course.quietBalance == nil { steps.append(step(course, 0, "\(name) is unbalanced: see --after", [])) }
      return steps
    }
    for quiet in course.quietSteps where !quiet.isForced {
      steps.append(
        step(course, seconds(quiet.time), "\(name): idle by then, if unused", quiet.buckets))
    }
    for busy in course.busySteps where busy.isForced {
      steps.append(
        step(course, seconds(busy.time), "\(name): forced, though in use", busy.buckets))
    }
    if let time = course.quietBalance, time > 0 {
      steps.append(step(course, seconds(time), "\(name) in balance without traffic", []))
    }
    if let time = course.busyBalance, time > 0, time != course.quietBalance {
      steps.append(step(course, seconds(time), "\(name) in balance if flows go on", []))
    }
    if course.quietBalance == nil {
      steps.append(step(course, horizon ?? 0, "\(name) still unbalanced", []))
    } else if course.busyBalance == nil {
      steps.append(step(course, horizon ?? 0, "\(name) unbalanced if flows go on", []))
    }
    return steps
  }

  private func step(
    _ course: ResilientCourse, _ seconds: Double, _ event: String, _ buckets: [Int]
  ) -> ResilientOutlook.Step {
    ResilientOutlook.Step(
      seconds: seconds, event: event, buckets: buckets.count,
      flows: buckets.reduce(0) { $0 + tally.count(group: course.group, bucket: $1).flows })
  }

  private func seconds(_ ticks: Int64) -> Double { Double(ticks) / 100 }

  /// The bucket tables before and after, of the groups that carry flows or changed.
  var maps: [BucketMap] {
    let before = Self.ways(outcome.before)
    let after = Self.ways(outcome.state)
    let undetermined = Way.undetermined
    return courses.filter { !tally.busyBuckets(of: $0.group).isEmpty || $0.before != $0.atOnce }.map { course in
      BucketMap(
        group: course.group, before: course.before.map { before[$0] ?? undetermined },
        after: course.atOnce.map { after[$0] ?? undetermined })
    }
  }

  private static func ways(_ state: RoutingState) -> [UInt32: Way] {
    var ways: [UInt32: Way] = [:]
    for nexthop in state.nexthops ?? [] {
      guard let interface = nexthop.interface else { continue }
      ways[nexthop.id] = Way(Decision.Choice(gateway: nexthop.gateway, interface: interface, id: nexthop.id))
    }
    return ways
  }
}
