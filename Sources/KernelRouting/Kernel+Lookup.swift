internal import Netlink
internal import Routing

extension Kernel {
  /// Asks the kernel where it would send a flow. A refusal is an answer, too.
  package mutating func lookup(_ query: RouteQuery) throws(KernelError) -> RouteAnswer {
    let answers = try lookup([query])
    guard let answer = answers.first else {
      throw .netlink(NetlinkError(Self.askForRoute, .malformed(.truncated(needed: 1, available: 0))))
    }
    return answer
  }

  /// Asks the kernel where it would send each flow, many a system call. The answers are in the order of the queries.
  package mutating func lookup(_ queries: [RouteQuery]) throws(KernelError) -> [RouteAnswer] {
    var routes = [Route?](repeating: nil, count: queries.count)
    var table = RouteAttributeTable()
    let refusals: [Refusal?]
    do throws(NetlinkError) {
      refusals = try socket.ask(
        queries.map(\.payload), type: RTM_GETROUTE, operation: Self.askForRoute
      ) { (index, type, wire) throws(WireError) in
        guard type == RTM_NEWROUTE else { return }
        routes[index] = try Route(wire: wire, sharing: &table)
      }
    } catch {
      throw KernelError(error)
    }
    var answers: [RouteAnswer] = []
    answers.reserveCapacity(queries.count)
    for index in queries.indices {
      if let route = routes[index] {
        answers.append(.route(route))
      } else if let refusal = refusals[index] {
        answers.append(.refused(refusal))
      } else {
        throw .netlink(NetlinkError(Self.askForRoute, .malformed(.truncated(needed: Route.headerSize, available: 0))))
      }
    }
    return answers
  }

  private static var askForRoute: String { "ask the kernel for a route" }
}
