package import Netlink
package import Routing

/// What the kernel tells of changes that decide whether a nexthop can be used.
///
/// Of nexthops that go with their link it tells nothing: whoever hears of a link reads the nexthops again.
package struct KernelMonitor: ~Copyable {
  package enum Event: Hashable, Sendable {
    /// An interface or an address has changed, come or gone.
    case link
    case neighbour(Neighbour)
    /// A nexthop object or a group was made, changed or removed by the socket of address `port`.
    case nexthop(id: UInt32, port: UInt32)
    /// A bucket of a resilient group leads to another member than before.
    case bucket(group: UInt32, index: UInt16, NexthopBucket)
    /// A route was made, replaced or removed, where that is listened to.
    case route(Route, isGone: Bool)
    /// A policy routing rule has come or gone, where routes are listened to.
    case rule
    /// More has happened than there was room to tell.
    case lost
  }

  /// RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_NEXTHOP.
  private static let groups: [Int32] = [1, 3, 5, 9, 32]
  /// RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV6_RULE.
  private static let routeGroups: [Int32] = [7, 8, 11, 19]

  private var socket: NetlinkSocket
  private var hearsRoutes = false

  /// Listens in the network namespace of the calling thread from now on.
  package init() throws(KernelError) {
    let socket = try Self.openSocket()
    self.socket = socket
  }

  private static func openSocket() throws(KernelError) -> NetlinkSocket {
    do throws(NetlinkError) {
      var socket = try NetlinkSocket()
      for group in groups { try socket.join(group) }
      return socket
    } catch {
      throw KernelError(error)
    }
  }

  /// Listens to routes and rules, too, from now on.
  package mutating func listenToRoutes() throws(KernelError) {
    guard !hearsRoutes else { return }
    do throws(NetlinkError) {
      for group in Self.routeGroups { try socket.join(group) }
    } catch {
      throw KernelError(error)
    }
    hearsRoutes = true
  }

  /// Waits for the next event, or for a signal.
  ///
  /// - Returns: whether there are events; whether there are signals.
  package func wait(
    or signals: borrowing SignalWatch, timeout: Duration?
  ) throws(KernelError) -> (events: Bool, signals: Bool) {
    do throws(NetlinkError) {
      let ready = try socket.wait(or: signals, timeout: timeout)
      return (ready.socket, ready.signals)
    } catch {
      throw KernelError(error)
    }
  }

  /// Takes one datagram of events, which must be there; those that can not be taken apart are passed over.
  package mutating func events() throws(KernelError) -> [Event] {
    var events: [Event] = []
    do throws(NetlinkError) {
      try socket.receiveNotifications { (header, wire) throws(WireError) in
        if let event = try Self.event(header, wire) { events.append(event) }
      }
    } catch {
      guard error.isTransient || error.isMalformed else { throw KernelError(error) }
      events.append(.lost)
    }
    return events
  }

  /// Takes all events that have come.
  ///
  /// - Returns: whether one of them is of an interface, an address, a nexthop object or a group, or was lost.
  mutating func hasHeardOfNexthops() throws(KernelError) -> Bool {
    var has = false
    while try isSomethingThere() {
      for event in try events() {
        switch event {
        case .link, .nexthop, .lost: has = true
        case .neighbour, .bucket, .route, .rule: continue
        }
      }
    }
    return has
  }

  private func isSomethingThere() throws(KernelError) -> Bool {
    do throws(NetlinkError) { return try socket.hasNotifications() } catch { throw KernelError(error) }
  }

  private static func event(_ header: MessageHeader, _ wire: RawSpan) throws(WireError) -> Event? {
    switch header.type {
    case RTM_NEWLINK, RTM_NEWLINK + 1, RTM_NEWADDR, RTM_NEWADDR + 1: return .link
    case RTM_NEWNEIGH, RTM_NEWNEIGH + 1: return try Neighbour(wire: wire).map { .neighbour($0) }
    case RTM_NEWNEXTHOP, RTM_NEWNEXTHOP + 1:
      var cursor = AttributeCursor(from: NexthopHeader.size)
      while let attribute = try cursor.next(in: wire) {
        guard attribute.type == NHA_ID else { continue }
        return .nexthop(id: try wire.extracting(attribute.range).uint32(), port: header.port)
      }
      return nil
    case RTM_NEWNEXTHOPBUCKET:
      return try BucketMessage(wire: wire).map { .bucket(group: $0.group, index: $0.index, $0.bucket) }
    case RTM_NEWROUTE, RTM_NEWROUTE + 1:
      var table = RouteAttributeTable()
      guard let route = try Route(wire: wire, sharing: &table), route.flags & RouteFlags.cloned == 0 else { return nil }
      return .route(route, isGone: header.type != RTM_NEWROUTE)
    case RTM_NEWRULE, RTM_NEWRULE + 1: return .rule
    default: return nil
    }
  }
}

extension Kernel {
  /// The address by which notifications name what this value has changed.
  package var port: UInt32 { socket.port }
}

extension NetlinkError {
  fileprivate var isMalformed: Bool {
    if case .malformed = reason { true } else { false }
  }
}
