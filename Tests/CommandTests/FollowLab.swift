import KernelRouting
import Planning
import Routing
import TestSupport
import Testing

/// The anycast network over BGP: a spine in the calling thread's namespace, and four leaves in their own, each of which
/// announces 172.16.255.66/32.
///
///                          .--- swp1 10.1.1.2/24 --- up0 10.1.1.1/24 leaf01
///     in0p --- in0 --- spine02 - swp2                                leaf02
///         10.2.0.1/24      |--- swp3                                 leaf03, which fails and returns
///                          '--- swp4                                 leaf04
final class FollowLab {
  static let prefix = "172.16.255.66/32"
  static let leaves = 1...4
  /// The metric of zebra's route, and that of ours.
  static let metrics: (daemon: UInt32, own: UInt32) = (20, 10)

  let directory: String
  let spine: FRRRouter
  private(set) var leaves: [FRRRouter] = []
  var kernel: Kernel
  private let clock = ContinuousClock()

  private init(_ directory: String) throws {
    self.directory = directory
    try TestSupport.run(
      """
      chmod 755 \(directory)
      sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
      sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv4.fib_multipath_hash_seed=305419896
      ip link add in0 address \(AnycastTraffic.spineAddress) type veth peer name in0p
      ip link set in0p up; ip link set in0 up; ip addr add 10.2.0.1/24 dev in0
      """)
    let neighbours = Self.leaves.map { leaf in
      " neighbor 10.1.\(leaf).1 remote-as 6500\(leaf)\n neighbor 10.1.\(leaf).1 timers connect 1\n"
        + " neighbor 10.1.\(leaf).1 advertisement-interval 0\n"
    }
    spine = try FRRRouter(
      "spine02", in: directory, nil,
      configuration: """
        router bgp 65000
         bgp router-id 10.255.0.1
         no bgp ebgp-requires-policy
         bgp bestpath as-path multipath-relax
         timers bgp 2 6
        \(neighbours.joined()) address-family ipv4 unicast
          maximum-paths 8
         exit-address-family
        """)
    kernel = try Kernel()
    for leaf in Self.leaves { leaves.append(try makeLeaf(leaf)) }
  }

  private func makeLeaf(_ number: Int) throws -> FRRRouter {
    let side = try SideNamespace.make()
    try TestSupport.run(
      """
      ip link add swp\(number) type veth peer name up0 netns \(side.process)
      ip addr add 10.1.\(number).2/24 dev swp\(number); ip link set swp\(number) up
      """)
    try side.enter {
      _ = try TestSupport.run(
        """
        ip addr add 10.1.\(number).1/24 dev up0; ip link set up0 up
        ip addr add 172.16.255.66/32 dev lo
        ip route add blackhole 10.2.0.0/24
        """)
    }
    return try FRRRouter(
      "leaf0\(number)", in: directory, side,
      configuration: """
        router bgp 6500\(number)
         bgp router-id 10.255.0.1\(number)
         no bgp ebgp-requires-policy
         no bgp network import-check
         timers bgp 2 6
         neighbor 10.1.\(number).2 remote-as 65000
         neighbor 10.1.\(number).2 timers connect 1
         neighbor 10.1.\(number).2 advertisement-interval 0
         address-family ipv4 unicast
          network \(Self.prefix)
         exit-address-family
        """)
  }

  /// Runs `body` in the network once it has converged.
  static func with(_ body: (FollowLab) throws -> Void) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        let lab = try FollowLab(directory)
        for router in [lab.spine] + lab.leaves {
          for daemon in FRRRouter.Daemon.allCases { try router.start(daemon) }
        }
        try lab.wait("BGP") { try lab.daemonLeaves() == [1, 2, 3, 4] }
        defer { lab.stopGuard("KILL") }
        try body(lab)
        withExtendedLifetime(lab) {}
      }
    }
  }

  func leaf(_ number: Int) -> FRRRouter { leaves[number - 1] }

  // MARK: ecmpctl

  func resilient(_ arguments: String) throws -> ProgramRun {
    try Program.run("resilient \(arguments) --journal \(directory)/journal")
  }

  /// Starts a guard and waits until it has looked around.
  func startGuard(_ arguments: String = "") throws {
    try TestSupport.run(
      """
      cd \(directory); rm -f guard.status; touch guard.log; lines=$(wc -l <guard.log)
      {
        sh -c 'echo $$ >guard.pid; exec "\(Program.path)" resilient guard --journal \(directory)/journal \(arguments)' \
          >>guard.log 2>&1 || true
        touch guard.status
      } </dev/null >/dev/null 2>&1 &
      for i in $(seq 6000); do
        tail -n +$((lines + 1)) guard.log | grep -q 'keeps\\|no group' && exit 0
        sleep 0.01
      done
      cat guard.log; exit 1
      """)
  }

  func stopGuard(_ signal: String) {
    _ = try? TestSupport.run(
      """
      cd \(directory); [ -s guard.pid ] || exit 0
      kill -\(signal) $(cat guard.pid); rm guard.pid
      for i in $(seq 6000); do [ -e guard.status ] && exit 0; sleep 0.01; done
      exit 1
      """)
  }

  /// What the guard has said; for messages, too, so it throws nothing.
  var log: String { (try? TestSupport.run("cat \(directory)/guard.log")) ?? "" }

  // MARK: The spine's kernel

  /// What the spine has of the prefix.
  struct View: Equatable {
    /// zebra's route; nil where there is none.
    var daemon: Set<Int>?
    /// Ours.
    var own: Set<Int>?
  }

  func view() throws -> View {
    let objects = try kernel.nexthops() ?? ([], [])
    let routes = try kernel.routes(RouteFilter(family: .ipv4, table: RouteTable.main))
      .filter { "\($0.destination)" == Self.prefix }
    func leaves(_ metric: UInt32) -> Set<Int>? {
      guard let route = routes.first(where: { $0.metric == metric }), let id = route.nexthopID else { return nil }
      let members = objects.groups.first { $0.id == id }?.members.map(\.id) ?? [id]
      let gateways = members.compactMap { member in objects.single.first { $0.id == member }?.gateway }
      return Set(gateways.compactMap { gateway in Self.leaves.first { gateway == address("10.1.\($0).1") } })
    }
    return View(daemon: leaves(Self.metrics.daemon), own: leaves(Self.metrics.own))
  }

  /// How many objects lead to leaves.
  func gatewayObjects() throws -> Int { try kernel.nexthops()?.single.count { $0.gateway != nil } ?? 0 }

  func daemonLeaves() throws -> Set<Int>? { try view().daemon }

  func ownLeaves() throws -> Set<Int>? { try view().own }

  /// All that is not ours: routes, rules, nexthops and groups, as `ip` tells them.
  func foreignPicture() throws -> String {
    try TestSupport.run(
      """
      ip -o route show table all | grep -v '^172.16.255.66 nhid [0-9]* proto bgp metric 10 ' | grep -v 'fe80\\|ff00'
      ip rule; ip -d nexthop | grep -v 'proto 200' | sort
      """)
  }

  /// Waits until something is so.
  func wait(_ what: String, seconds: Int = 60, _ condition: () throws -> Bool) throws {
    let deadline = clock.now + .seconds(seconds)
    while try !condition() {
      guard clock.now < deadline else {
        throw CommandFailure(
          command: "wait for \(what)", status: 1,
          output: "\(try view())\n\(log)\n\(try TestSupport.run("ip route show table all; ip nexthop"))")
      }
      try TestSupport.run("sleep 0.005")
    }
  }
}
