internal import Netlink
package import Routing

/// An object that a user adds to the kernel's routing state.
package enum RoutingObject: Hashable, Sendable {
  case route(Route)
  case nexthop(Nexthop)
  case group(NexthopGroup)
  case rule(Rule)
  case link(NewLink)
  case address(InterfaceAddress)
  case neighbour(Neighbour)
  /// A neighbour that the kernel neither forgets nor gives up by itself (NTF_EXT_LEARNED).
  case learnedNeighbour(Neighbour)
}

extension Kernel {
  /// Adds an object; one that exists is a failure (EEXIST) unless it may be replaced.
  package mutating func add(_ object: RoutingObject, replacing: Bool = false) throws(KernelError) {
    let flags: NetlinkMessage.Flags = replacing ? [.create, .replace] : [.create, .exclusive]
    try change("add \(object.phrase)", object.addType, flags: flags) { writer throws(WireError) in
      try object.encode(into: &writer)
    }
  }

  /// Takes the place of an object that must exist: one that does not is a failure.
  package mutating func replace(_ object: RoutingObject) throws(KernelError) {
    try change("replace \(object.phrase)", object.addType, flags: .replace) { writer throws(WireError) in
      try object.encode(into: &writer)
    }
  }

  /// Has the kernel look for a neighbour that it may have given up, as if there were a packet for it (NTF_USE).
  ///
  /// One that was entered by hand would no longer be permanent after that (`__neigh_update()`, net/core/neighbour.c,
  /// Linux 5.16).
  ///
  /// - Parameter isKnown: whether the kernel had an entry, which has failed or is being looked for. Where it had none, one
  ///   that somebody has made since is left as it is.
  package mutating func seek(_ address: IPAddress, on interface: UInt32, isKnown: Bool) throws(KernelError) {
    let neighbour = Neighbour(address: address, interface: interface, state: .none)
    let flags: NetlinkMessage.Flags = isKnown ? [.create, .replace] : [.create, .exclusive]
    do throws(KernelError) {
      try change("look for the neighbour \(address)", RTM_NEWNEIGH, flags: flags) {
        neighbour.encode(into: &$0, flags: NTF_USE)
      }
    } catch {
      guard !isKnown, error.errno == .exists else { throw error }
    }
  }

  /// Adds a route after those of the same prefix and metric: for IPv6 as one more leg, where it can be one.
  package mutating func append(_ route: Route) throws(KernelError) {
    try change("append the route to \(route.destination)", RTM_NEWROUTE, flags: [.create, .append]) {
      (writer) throws(WireError) in try route.encode(into: &writer)
    }
  }

  /// Deletes an object; one that does not exist is a failure.
  package mutating func delete(_ object: RoutingObject) throws(KernelError) {
    try change("delete \(object.phrase)", object.deleteType, flags: []) { writer throws(WireError) in
      try object.encodeDeletion(into: &writer)
    }
  }

  /// Changes an interface that exists.
  package mutating func change(_ link: LinkChange) throws(KernelError) {
    try change("change interface \(link.index)", RTM_NEWLINK, flags: []) { link.encode(into: &$0) }
  }

  private mutating func change(
    _ operation: String, _ type: UInt16, flags: NetlinkMessage.Flags,
    _ encode: (inout AttributeWriter) throws(WireError) -> Void
  ) throws(KernelError) {
    let message: NetlinkMessage
    do throws(WireError) {
      var payload = AttributeWriter()
      try encode(&payload)
      message = try NetlinkMessage(type: type, flags: flags, payload: payload)
    } catch {
      throw .netlink(NetlinkError(operation, .request(error)))
    }
    do throws(NetlinkError) {
      try socket.change(message, operation: operation)
    } catch {
      throw KernelError(error)
    }
  }
}

extension RoutingObject {
  var phrase: String {
    switch self {
    case .route(let route): "the route to \(route.destination)"
    case .nexthop(let nexthop): "nexthop \(nexthop.id)"
    case .group(let group): "nexthop group \(group.id)"
    case .rule(let rule): "the rule of priority \(rule.priority)"
    case .link(let link): "the interface \(link.end.name)"
    case .address(let address): "the address \(address.address)"
    case .neighbour(let neighbour), .learnedNeighbour(let neighbour): "the neighbour \(neighbour.address)"
    }
  }

  var addType: UInt16 {
    switch self {
    case .route: RTM_NEWROUTE
    case .nexthop, .group: RTM_NEWNEXTHOP
    case .rule: RTM_NEWRULE
    case .link: RTM_NEWLINK
    case .address: RTM_NEWADDR
    case .neighbour, .learnedNeighbour: RTM_NEWNEIGH
    }
  }

  /// Each RTM_DEL* number is one above its RTM_NEW*.
  var deleteType: UInt16 { addType + 1 }

  func encode(into writer: inout AttributeWriter) throws(WireError) {
    switch self {
    case .route(let route): try route.encode(into: &writer)
    case .nexthop(let nexthop): nexthop.encode(into: &writer)
    case .group(let group): try group.encode(into: &writer)
    case .rule(let rule): rule.encode(into: &writer)
    case .link(let link): link.encode(into: &writer)
    case .address(let address): address.encode(into: &writer)
    case .neighbour(let neighbour): neighbour.encode(into: &writer)
    case .learnedNeighbour(let neighbour): neighbour.encode(into: &writer, flags: NTF_EXT_LEARNED)
    }
  }

  func encodeDeletion(into writer: inout AttributeWriter) throws(WireError) {
    switch self {
    case .nexthop(let nexthop): Self.encode(id: nexthop.id, into: &writer)
    case .group(let group): Self.encode(id: group.id, into: &writer)
    case .link(let link): link.end.encodeDeletion(into: &writer)
    case .route, .rule, .address, .neighbour, .learnedNeighbour: try encode(into: &writer)
    }
  }

  /// A nexthop or group is deleted by its id alone; the kernel refuses anything more.
  private static func encode(id: UInt32, into writer: inout AttributeWriter) {
    writer.append(header: NexthopHeader().bytes)
    writer.append(NHA_ID, id)
  }
}
