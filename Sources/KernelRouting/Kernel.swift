internal import Netlink
package import Routing

/// The running kernel, seen from one network namespace.
///
/// The value belongs to the thread that made it: sysctls are read in the namespace of the thread, the rest in the
/// namespace in which the socket was opened. Reading needs no privilege; entering another namespace does.
package struct Kernel: ~Copyable {
  var socket: NetlinkSocket
  let isInOwnNamespace: Bool

  /// How often a dump that a change interrupted is read again.
  static let attempts = 5

  /// Opens the kernel, after moving the calling thread into `namespace` for good when there is one.
  package init(namespace: NetworkNamespace? = nil) throws(KernelError) {
    if let namespace { try namespace.enter() }
    let socket = try Self.openSocket()
    self.socket = socket
    isInOwnNamespace = namespace == nil
  }

  /// The kernel in the namespace that the calling thread is in for now, and will leave while the value lives.
  package init(visiting: Void) throws(KernelError) {
    socket = try Self.openSocket()
    isInOwnNamespace = false
  }

  /// Makes sure, before anything is begun, that the calling thread may change interfaces and routes at all.
  ///
  /// - Parameter operation: a phrase that follows "can not".
  package static func checkPrivilege(to operation: String) throws(KernelError) {
    guard System.hasNetAdmin else { throw .missingPrivilege(operation: operation) }
  }

  private static func openSocket() throws(KernelError) -> NetlinkSocket {
    do throws(NetlinkError) {
      return try NetlinkSocket()
    } catch {
      throw KernelError(error)
    }
  }

  /// Which kernel this is.
  package borrowing func identity() -> KernelIdentity { .running }

  /// Everything that decides where a packet goes, in all tables and both families.
  ///
  /// - Parameters:
  ///   - parts: what to read; the kernel's identity and the interfaces are always there, the rest is empty.
  ///   - filter: which routes to keep; the other parts are read whole.
  package mutating func readState(
    _ parts: StateParts = .all, routes filter: RouteFilter = RouteFilter()
  ) throws(KernelError) -> RoutingState {
    let links = try links()
    var state = RoutingState(kernel: identity(), links: links)
    if parts.contains(.settings) { state.settings = settings(links: links, devices: parts.contains(.devices)) }
    if parts.contains(.addresses) { state.addresses = try addresses() }
    if parts.contains(.neighbours) { state.neighbours = try neighbours() }
    if parts.contains(.rules) { state.rules = try rules() }
    if parts.contains(.nexthops), let objects = try nexthops() {
      state.nexthops = objects.single
      state.groups = objects.groups
      let hasResilient = objects.groups.contains { $0.kind == .resilient }
      if parts.contains(.buckets), hasResilient { state.bucketTables = try bucketTables() }
    }
    if parts.contains(.routes) {
      (state.routes, state.hiddenRoutes) = try routesAndHidden(filter, isWhole: parts == .all)
    }
    if parts == .all {
      if let redirects = try redirects(links) { state.redirects = redirects } else { state.unread.insert(.redirects) }
    }
    return state
  }
}

extension KernelIdentity {
  /// The kernel that runs here and now.
  package static var running: KernelIdentity {
    let name = System.kernelName()
    return KernelIdentity(
      release: name.release, machine: name.machine, build: Sysctl.text("/proc/sys/kernel/version"),
      bootID: Sysctl.text("/proc/sys/kernel/random/boot_id"))
  }
}

extension Kernel {
  /// Reads a dump whole, again when a change interrupted it.
  ///
  /// `start` empties what an interrupted attempt has gathered, and `body` reads one message.
  mutating func dump(
    _ operation: String, type: UInt16, request: AttributeWriter, start: () -> Void,
    _ body: (RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    for _ in 1..<Self.attempts {
      start()
      do throws(NetlinkError) {
        return try dumpOnce(operation, type: type, request: request, body)
      } catch {
        guard error.isTransient else { throw error }
      }
    }
    start()
    try dumpOnce(operation, type: type, request: request, body)
  }

  /// Reads a dump as it comes.
  ///
  /// - Parameters:
  ///   - group: a multicast group (`RTNLGRP_*`) that tells of changes meanwhile.
  ///   - notice: takes the type and the payload of what it tells.
  mutating func dumpOnce(
    _ operation: String, type: UInt16, request: AttributeWriter, watching group: Int32? = nil,
    notice: (UInt16, RawSpan) throws(WireError) -> Void = { (_, _) throws(WireError) in },
    _ body: (RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    let message: NetlinkMessage
    do throws(WireError) {
      message = try NetlinkMessage(type: type, payload: request)
    } catch {
      throw NetlinkError(operation, .request(error))
    }
    // Each RTM_NEW* number is two below its RTM_GET*.
    let answer = type - 2
    try socket.dump(message, operation: operation, watching: group, notice: notice) {
      (type, payload) throws(WireError) in
      if type == answer { try body(payload) }
    }
  }

  /// Reads the values of a dump that `decode` makes of its messages, in order.
  mutating func collect<Element>(
    _ operation: String, type: UInt16, request: AttributeWriter,
    _ decode: (RawSpan) throws(WireError) -> Element?
  ) throws(NetlinkError) -> [Element] {
    var elements: [Element] = []
    try dump(operation, type: type, request: request, start: { elements.removeAll() }) { (wire) throws(WireError) in
      if let element = try decode(wire) { elements.append(element) }
    }
    return elements
  }
}

extension NetlinkError {
  /// Whether the kernel knows nothing of what was asked for: an old or a small kernel, which is no failure.
  var isUnsupported: Bool {
    switch reason {
    case .refused(let refusal): refusal.errno == .notSupported || refusal.errno == .familyNotSupported
    default: false
    }
  }

  var isInvalid: Bool {
    if case .refused(let refusal) = reason { refusal.errno == .invalid } else { false }
  }
}
