import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct LiveInterruptionTests {
  /// Reads a table of 65535 buckets, which takes many messages, and changes the nexthops in the middle of an attempt.
  ///
  /// Returns how often the dump was begun, and how many buckets the last attempt has seen.
  static func read(
    changingDuring changes: (Int) -> Bool
  ) throws -> (attempts: Int, buckets: Int, error: NetlinkError?) {
    try withRouter { kernel in
      try run(
        """
        ip nexthop add id 1 via 10.0.1.2 dev o1
        ip nexthop add id 2 via 10.0.2.2 dev o2
        ip nexthop add id 9 group 1/2 type resilient buckets 65535
        """)
      var attempts = 0
      var buckets = 0
      var problem: (any Error)?
      var failure: NetlinkError?
      var request = AttributeWriter()
      request.append(header: NexthopHeader().bytes)
      do throws(NetlinkError) {
        try kernel.dump(
          "read the buckets", type: RTM_GETNEXTHOPBUCKET, request: request,
          start: {
            attempts += 1
            buckets = 0
          }
        ) { (wire) throws(WireError) in
          buckets += 1
          guard buckets == 1, changes(attempts) else { return }
          do { try run("ip nexthop add id \(100 + attempts) blackhole") } catch { problem = error }
        }
      } catch {
        failure = error
      }
      if let problem { throw problem }
      return (attempts, buckets, failure)
    }
  }

  @Test func `A dump that a change interrupts is read again, whole`() throws {
    let result = try Self.read { $0 < 3 }
    #expect(result.attempts == 3 && result.buckets == 65535 && result.error == nil)
  }

  @Test func `A dump that never comes to rest is an error after five attempts`() throws {
    let result = try Self.read { _ in true }
    #expect(result.attempts == 5)
    #expect(result.error?.reason == .interrupted)
  }

  /// Runs `body` in a router with 6000 IPv6 routes, before and behind which others come and go without end.
  static func withChangingRoutes(_ body: (inout Kernel) throws -> Void) throws {
    try withRouter { kernel in
      // Ends by itself should nobody stop it.
      let started = try run(
        """
        folder=$(mktemp -d)
        for i in $(seq 6000); do printf 'route add 2001:db8:%x:: dev o1\n' $((i + 100)); done >$folder/add
        ip -6 -batch $folder/add
        for i in $(seq 20); do
          for change in add del; do
            printf "route $change 2001:db7::%x dev o1\nroute $change 2001:db9::%x dev o1\n" $i $i
          done
        done >$folder/change
        (timeout 60 sh -c "while [ -e $folder/change ]; do ip -6 -batch $folder/change; done"; rm -rf $folder) \
          >/dev/null 2>&1 &
        echo $folder
        """)
      let folder = started.split(separator: "\n").first.map(String.init) ?? ""
      let result = Result { try body(&kernel) }
      try run("rm -f \(folder)/change")
      try result.get()
    }
  }

  /// How often each of the 6000 routes is among those that were read.
  static func counts(_ routes: [Route]) -> [Int] {
    var counts = [Int](repeating: 0, count: 6000)
    for route in routes where route.destination.isHost && route.destination.address.high >> 32 == 0x2001_0db8 {
      let number = Int(route.destination.address.high >> 16 & 0xffff) - 101
      if counts.indices.contains(number) { counts[number] += 1 }
    }
    return counts
  }

  @Test func `IPv6 routes are all read, and once, while others come and go`() throws {
    try Self.withChangingRoutes { kernel in
      for _ in 0..<10 {
        let counts = Self.counts(try kernel.routes(RouteFilter(family: .ipv6)))
        #expect(counts.allSatisfy { $0 == 1 }, "missing or repeated: \(counts.indices.filter { counts[$0] != 1 })")
      }
    }
  }

  @Test func `Routes that come and go are not taken for hidden ones`() throws {
    try Self.withChangingRoutes { kernel in
      try run("ip -6 route add 2001:db8:a::/64 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2")
      for _ in 0..<20 {
        let state = try kernel.readState()
        #expect(state.routes.contains { $0.entries6 == 2 } && state.hiddenRoutes.isEmpty)
      }
    }
  }

  @Test func `Routes that stream by are told to be inconsistent when they have changed meanwhile`() throws {
    try Self.withChangingRoutes { kernel in
      var answers: Set<Bool> = []
      for _ in 0..<20 { answers.insert(try kernel.forEachRoute(RouteFilter(family: .ipv6)) { _ in }) }
      #expect(answers.contains(false))
    }
    try withRouter { kernel in
      let isConsistent = try kernel.forEachRoute { _ in }
      #expect(isConsistent)
    }
  }

  @Test func `A state in which links or nexthops change while it is read is read again, or told not to rest`() throws {
    try withRouter { kernel in
      let quiet = try kernel.readSteadyState(.nexthops)
      #expect(quiet.isSteady)
      // It ends by itself should nobody stop it, and changes for as long as it takes to see that.
      let file = try run(
        """
        ip nexthop add id 4711 blackhole
        file=$(mktemp)
        for i in $(seq 10000); do echo nexthop replace id 4711 blackhole proto $((i % 200 + 1)); done >$file
        timeout 60 sh -c "while [ -e $file ]; do ip -batch $file; done" >/dev/null 2>&1 &
        echo $file
        """
      ).filter { !$0.isNewline }
      defer { _ = try? run("rm -f \(file)") }
      var answers: Set<Bool> = []
      for _ in 0..<100_000 where !answers.contains(false) {
        answers.insert(try kernel.readSteadyState(.nexthops).isSteady)
      }
      #expect(answers.contains(false))
    }
  }

  @Test func `Readings of a table that never rests are put together without what has changed`() {
    func route(_ number: UInt32, metric: UInt32 = 1024) -> Route {
      Route(
        destination: Prefix(host: IPAddress(ipv6High: 0, low: UInt64(number))), metric: metric, nexthops: .legs(.none))
    }
    var changes = RouteChanges()
    #expect(changes.isEmpty)
    changes.add(route(4))
    let readings = [[1, 2, 3, 4], [1, 3, 3, 5]].map { $0.map { route($0) } }
    let whole = changes.complete([1, 1, 5, 6].map { route($0) }, from: readings)
    #expect(whole == [1, 5, 6, 3, 2].map { route($0) })
    #expect(changes.complete([route(4, metric: 1)], from: [[route(4)]]) == [route(4, metric: 1)])
    #expect(changes.leaveSame([1, 2, 2, 4].map { route($0) }, [2, 1].map { route($0) }))
    #expect(!changes.leaveSame([1, 2].map { route($0) }, [1, 3].map { route($0) }))
  }
}
