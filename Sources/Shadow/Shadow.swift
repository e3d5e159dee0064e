internal import Glibc
package import KernelRouting
package import Routing
internal import Scratch

/// A routing state built again in a network namespace of the program's own, to be asked and changed without the machine
/// noticing.
///
/// It has the same interfaces by name and index, addresses, neighbours, settings, rules, nexthop objects, groups, buckets and
/// routes. Interfaces are veth pairs, whose other ends lie in a second namespace and are silent. Nothing of it has a name
/// outside, and all of it ends with the value, and with the process however that ends.
///
///     var shadow = try Shadow(rebuilding: state)
///     for difference in shadow.differences { ... }
///     _ = try shadow.run([["ip", "nexthop", "del", "id", "3"]])
///     let after = try shadow.readState()
///     let answers = try shadow.kernel.lookup(queries)
///
/// Like `Kernel`, the value belongs to the thread that made it.
package struct Shadow: ~Copyable {
  /// The namespace that holds the state.
  var inside: ScratchNamespace
  /// What the shadow has otherwise than the state; empty where all that decides is equal.
  package internal(set) var differences: [ShadowDifference]

  /// Holds the other ends of the cables.
  var far: ScratchNamespace
  let wanted: RoutingState
  let buckets: BucketActivity
  /// The interfaces of the state that are there.
  var built: [Link]
  /// The index of the other end, in `far`, of each interface that is the end of a cable.
  var cables: [UInt32: UInt32]
  /// Why something was not built.
  var refusals: [ShadowDifference.Place: String]

  /// Which buckets of resilient groups count as in use.
  package enum BucketActivity: Sendable {
    /// Those that were used or moved within the idle timer.
    case byIdleTime
    case allIdle
    case allBusy
  }

  /// Builds a state again; what the kernel does not take is in `differences`.
  ///
  /// It takes some seconds where a state has very many routes, or resilient groups of very many buckets.
  ///
  /// A bucket that is in use is so from now on, for as long as the idle timer says; an unbalanced group is so from now on.
  /// An interface that is down has a carrier once it is up.
  ///
  /// - Parameter buckets: which buckets of resilient groups are in use. The kernel does not tell of a bucket that has
  ///   moved whether it was used since.
  /// - Throws: `ShadowError.kernel`, above all without the privilege for network namespaces.
  package init(rebuilding state: RoutingState, buckets: BucketActivity = .byIdleTime) throws(ShadowError) {
    self = try Self.built(of: state, buckets)
  }

  private static func built(of state: RoutingState, _ buckets: BucketActivity) throws(ShadowError) -> Shadow {
    do throws(KernelError) {
      var shadow = Shadow(of: state, buckets, inside: try ScratchNamespace(), far: try ScratchNamespace())
      try shadow.rebuild()
      return shadow
    } catch {
      throw .kernel(error)
    }
  }

  private init(
    of state: RoutingState, _ buckets: BucketActivity, inside: consuming ScratchNamespace,
    far: consuming ScratchNamespace
  ) {
    wanted = state
    self.buckets = buckets
    self.inside = inside
    self.far = far
    differences = []
    built = []
    cables = [:]
    refusals = [:]
  }

  /// The kernel as seen from the shadow, which answers and takes changes as that of the machine does.
  package var kernel: Kernel {
    _read { yield inside.kernel }
    _modify { yield &inside.kernel }
  }

  /// What the shadow has now.
  package mutating func readState() throws(ShadowError) -> RoutingState {
    do throws(KernelError) { return try inside.readState() } catch { throw .kernel(error) }
  }

  /// What of a state is otherwise in another one, as far as it decides where packets go; the lines are as those of
  /// `differences`, and speak of `found`.
  package static func differences(from wanted: RoutingState, to found: RoutingState) -> [ShadowDifference] {
    StateComparison(wanted: wanted, found: found, refusals: [:]).differences
  }

  /// The order matters: the kernel refuses routes over interfaces that are down and gateways that nothing leads to, takes
  /// routes and neighbours away with their interface, and adds routes of its own for addresses.
  private mutating func rebuild() throws(KernelError) {
    writeSettings()
    try makeLinks()
    writeLinkSettings()
    try raiseLinks()
    try makeAddresses()
    try makeNexthops()
    disableIPv6()
    try makeRoutes()
    try lowerLinks()
    try restoreAddresses()
    try shapeBuckets()
    writeHashSettings()
    try makeRules()
    try correctRoutes()
    try makeNeighbours()
    differences = StateComparison(wanted: wanted, found: try inside.readState(), refusals: refusals).differences
  }

  /// Makes changes, and remembers why one was refused.
  mutating func perform(
    _ requests: [(place: ShadowDifference.Place, request: KernelRequest)]
  ) throws(KernelError) {
    let failures = try inside.kernel.perform(requests.map(\.request))
    for (request, failure) in zip(requests, failures) {
      if let failure { refusals[request.place] = failure.description }
    }
  }

  /// Looks every few milliseconds whether something that the kernel does by and by is done, for two seconds at most.
  mutating func wait(_ isDone: (inout Shadow) throws(KernelError) -> Bool) throws(KernelError) {
    for _ in 0..<400 {
      if try isDone(&self) { return }
      usleep(5000)
    }
  }
}

extension ShadowDifference {
  /// What a difference is about.
  struct Place: Hashable {
    var subject: Subject
    var identity: String

    init(_ subject: Subject, _ identity: String) {
      self.subject = subject
      self.identity = identity
    }
  }
}
