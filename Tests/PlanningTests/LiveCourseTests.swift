import FlowSources
import Forwarding
import KernelRouting
import Planning
import Routing
import TestSupport
import Testing
import Verification

/// The bucket table of a resilient group after a change, as time goes by: simulated, and the kernel's.
@Suite struct LiveCourseTests {
  /// Which buckets are in use, and how the group is.
  struct Course: Sendable, CustomTestStringConvertible {
    var name: String
    var idleTimer: Int
    var unbalancedTimer: Int
    var change: String
    /// Which buckets are used again and again while time goes by.
    var keepsBusy: @Sendable (Int) -> Bool
    /// When to look, in seconds after the change: never within 0.4 s of a deadline.
    var looks: [Double]

    var testDescription: String { name }
  }

  private static let buckets = 32

  private static let courses = [
    Course(
      name: "a member joins and the buckets become idle", idleTimer: 2, unbalancedTimer: 0,
      change: "group 1/2/3 type resilient", keepsBusy: { _ in false }, looks: [0, 1.2, 3.2]),
    Course(
      name: "a member joins and half of the buckets stay in use", idleTimer: 2, unbalancedTimer: 0,
      change: "group 1/2/3,4 type resilient", keepsBusy: { $0 % 2 == 0 }, looks: [0, 1.2, 3.4]),
    Course(
      name: "a member joins and the timer forces it", idleTimer: 60, unbalancedTimer: 2,
      change: "group 1/2/3 type resilient", keepsBusy: { _ in true }, looks: [0, 1.2, 3.4]),
    Course(
      name: "one leaves and another joins", idleTimer: 2, unbalancedTimer: 0,
      change: "group 3,2/1 type resilient", keepsBusy: { $0 < 8 }, looks: [0, 1.2, 3.2]),
    Course(
      name: "the weights change, and the timer with them", idleTimer: 60, unbalancedTimer: 0,
      change: "group 1,9/2,1 type resilient idle_timer 2", keepsBusy: { $0 % 3 == 0 }, looks: [0, 1.2, 3.2]),
  ]

  @Test("Bucket by bucket, the kernel does at each time what was simulated", arguments: courses)
  func course(_ course: Course) throws {
    try withNetworkNamespace {
      let lab = ChangeLab(family: .ipv4, kind: .legacy, members: [.init(link: 1, weight: 1)])
      try run(lab.script)
      try run(
        """
        ip nexthop add id 50 group 1/2 type resilient buckets \(Self.buckets) idle_timer \(course.idleTimer) \
        unbalanced_timer \(course.unbalancedTimer)
        ip route add 203.0.113.0/24 nhid 50
        """)
      var kernel = try Kernel()
      let flows = try Self.flowOfEachBucket(try SimulationLab.settle(&kernel))
      try Self.use(Array(flows.values), &kernel)
      let start = ContinuousClock.now
      var simulation = Simulation(try kernel.readState())
      let command = "nexthop replace id 50 \(course.change)"
      try simulation.apply(try CommandParser().change(command))
      try run("ip \(command)")
      let busy = flows.filter { course.keepsBusy($0.key) }
      for look in course.looks {
        while Self.seconds(since: start) < look {
          try Self.use(Array(busy.values), &kernel)
          for bucket in busy.keys { simulation.use(bucket: bucket, of: 50, at: Self.ticks(since: start)) }
          try run("sleep 0.1")
          simulation.advance(to: Self.ticks(since: start))
        }
        let real = try #require(try kernel.readState().bucketTables.first { $0.group == 50 })
        #expect(simulation.tables[50]?.owners == real.buckets.map(\.nexthop), "\(course.name), \(look) s")
      }
      #expect(simulation.doubts.isEmpty || simulation.doubts == [.bucketActivity(group: 50)])
    }
  }

  /// A flow that falls into each bucket.
  private static func flowOfEachBucket(_ state: RoutingState) throws -> [Int: Flow] {
    let ingress = try #require(state.links.first { $0.name == "o5" }).index
    let table = ForwardingTable(state)
    var flows: [Int: Flow] = [:]
    let random = RandomFlows(
      seed: 3, count: 5000, to: try Prefix(parsing: "203.0.113.0/24"), from: try Prefix(parsing: "10.0.5.128/26"),
      ipProtocol: 17, inputInterface: ingress)
    for flow in random {
      guard case .resilient(_, let bucket) = table.decide(flow, for: .query).selection else { continue }
      flows[bucket] = flows[bucket] ?? flow
    }
    #expect(flows.count == buckets)
    return flows
  }

  private static func use(_ flows: [Flow], _ kernel: inout Kernel) throws {
    _ = try kernel.lookup(flows.compactMap(RouteQuery.init(asking:)))
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = start.duration(to: .now).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  private static func ticks(since start: ContinuousClock.Instant) -> Int64 { Int64(seconds(since: start) * 100) }
}
