internal import Netlink
package import Routing

/// An object that a user adds to the kernel's routing state.
package enum RoutingObject: Hashable, Sendable {
  case route(Route)
  case nexthop(Nexthop)
  case group(NexthopGroup)
  case rule(Rule)
}

extension Kernel {
  /// Adds an object; one that exists is a failure (EEXIST) unless it may be replaced.
  package mutating func add(_ object: RoutingObject, replacing: Bool = false) throws(KernelError) {
    let flags: NetlinkMessage.Flags = replacing ? [.create, .replace] : [.create, .exclusive]
    try change("add \(object.phrase)", object, object.addType, flags: flags)
  }

  /// Deletes an object; one that does not exist is a failure.
  package mutating func delete(_ object: RoutingObject) throws(KernelError) {
    try change("delete \(object.phrase)", object, object.deleteType, flags: [])
  }

  private mutating func change(
    _ operation: String, _ object: RoutingObject, _ type: UInt16, flags: NetlinkMessage.Flags
  ) throws(KernelError) {
    let message: NetlinkMessage
    do throws(WireError) {
      message = try NetlinkMessage(type: type, flags: flags, payload: try object.payload(for: type))
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
  fileprivate var phrase: String {
    switch self {
    case .route(let route): "the route to \(route.destination)"
    case .nexthop(let nexthop): "nexthop \(nexthop.id)"
    case .group(let group): "nexthop group \(group.id)"
    case .rule(let rule): "the rule of priority \(rule.priority)"
    }
  }

  fileprivate var addType: UInt16 {
    switch self {
    case .route: RTM_NEWROUTE
    case .nexthop, .group: RTM_NEWNEXTHOP
    case .rule: RTM_NEWRULE
    }
  }

  /// Each RTM_DEL* number is one above its RTM_NEW*.
  fileprivate var deleteType: UInt16 { addType + 1 }

  fileprivate func payload(for type: UInt16) throws(WireError) -> AttributeWriter {
    var writer = AttributeWriter()
    switch self {
    case .route(let route): try route.encode(into: &writer)
    case .rule(let rule): rule.encode(into: &writer)
    case .nexthop(let nexthop):
      if type == addType { nexthop.encode(into: &writer) } else { Self.encode(id: nexthop.id, into: &writer) }
    case .group(let group):
      if type == addType { try group.encode(into: &writer) } else { Self.encode(id: group.id, into: &writer) }
    }
    return writer
  }

  /// A nexthop or group is deleted by its id alone; the kernel refuses anything more.
  private static func encode(id: UInt32, into writer: inout AttributeWriter) {
    writer.append(header: NexthopHeader().bytes)
    writer.append(NHA_ID, id)
  }
}
