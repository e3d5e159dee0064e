internal import Netlink

/// One change among many (`Kernel.perform`).
package enum KernelRequest: Hashable, Sendable {
  /// Adds what must not exist yet.
  case add(RoutingObject)
  /// Adds, or takes the place of what is there.
  case replace(RoutingObject)
  /// Adds behind what is there: a route after those of its prefix and metric, a rule after those of its priority.
  case append(RoutingObject)
  /// Deletes what exists.
  case delete(RoutingObject)
  /// Changes an interface that exists.
  case change(LinkChange)
}

extension Kernel {
  /// Makes many changes in order, many a system call.
  ///
  /// Each is for itself: one that fails does not keep the kernel from those behind it.
  ///
  /// - Returns: for each change why it was not made, or nil.
  /// - Throws: when the socket itself fails; what was done by then stays.
  package mutating func perform(_ requests: [KernelRequest]) throws(KernelError) -> [KernelError?] {
    var failures = [KernelError?](repeating: nil, count: requests.count)
    var messages: [NetlinkRequest] = []
    var places: [Int] = []
    for (index, request) in requests.enumerated() {
      do throws(WireError) {
        messages.append(try request.message())
        places.append(index)
      } catch {
        failures[index] = .netlink(NetlinkError(request.operation, .request(error)))
      }
    }
    let refusals: [Refusal?]
    do throws(NetlinkError) {
      refusals = try socket.change(messages, operation: "change the routing state")
    } catch {
      throw KernelError(error)
    }
    for (index, refusal) in zip(places, refusals) {
      guard let refusal else { continue }
      failures[index] = KernelError(NetlinkError(requests[index].operation, .refused(refusal)))
    }
    return failures
  }
}

extension KernelRequest {
  /// What it does, as a phrase that follows "can not".
  fileprivate var operation: String {
    switch self {
    case .add(let object), .replace(let object): "add \(object.phrase)"
    case .append(let object): "append \(object.phrase)"
    case .delete(let object): "delete \(object.phrase)"
    case .change(let link): "change interface \(link.index)"
    }
  }

  fileprivate func message() throws(WireError) -> NetlinkRequest {
    var payload = AttributeWriter()
    switch self {
    case .add(let object):
      try object.encode(into: &payload)
      return try NetlinkRequest(type: object.addType, flags: [.create, .exclusive], payload: payload)
    case .replace(let object):
      try object.encode(into: &payload)
      return try NetlinkRequest(type: object.addType, flags: [.create, .replace], payload: payload)
    case .append(let object):
      try object.encode(into: &payload)
      return try NetlinkRequest(type: object.addType, flags: [.create, .append], payload: payload)
    case .delete(let object):
      try object.encodeDeletion(into: &payload)
      return try NetlinkRequest(type: object.deleteType, payload: payload)
    case .change(let link):
      link.encode(into: &payload)
      return try NetlinkRequest(type: RTM_NEWLINK, payload: payload)
    }
  }
}
