import Routing

extension RouteReport {
  /// The line of `ip`, with what it says of nexthops on a line each, their shares and their states.
  ///
  /// - Parameter details: Also what is at its default, as `ip -d`.
  package func appendText(to output: inout [UInt8], in index: StateIndex, details: Bool = false) {
    var printer = index.printer
    printer.showsDetails = details
    printer.describesObjects = false
    printer.append(withoutNexthops)
    var line = printer.output
    while line.last == UInt8(ascii: " ") || line.last == UInt8(ascii: "\n") { line.removeLast() }
    let members = multipath.members
    if group == nil, members.count == 1 {
      // The leg is part of the line already, an object is not.
      let words = route.nexthopID == nil ? [] : members[0].columns(showsShare: false).prefix(1) + members[0].flagNames
      for word in words { line.append(contentsOf: (" " + word).utf8) }
      let liveness = members[0].liveness.joined(separator: ", ")
      if !liveness.isEmpty { line.append(contentsOf: " (\(liveness))".utf8) }
      output.append(contentsOf: line)
      output.append(UInt8(ascii: "\n"))
      return
    }
    if let group { line.append(contentsOf: (" " + Self.describe(group)).utf8) }
    output.append(contentsOf: line)
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: Text.aligned(members.map { $0.columns() }, indent: "    ").utf8)
  }

  /// The route with those nexthops that are shown on lines of their own taken out.
  private var withoutNexthops: Route {
    var route = route
    switch route.nexthops {
    case .legs(.multipath(let legs)) where legs.count != 1: route.nexthops = .legs(.none)
    case .legs(.multipath(let legs)): route.nexthops = .legs(legs.first.map { .single($0) } ?? .none)
    case .legs: break
    case .object(let id, _): route.nexthops = .object(id: id, expansion: .none)
    }
    return route
  }

  private static func describe(_ group: NexthopGroup) -> String {
    switch group.kind {
    case .hashThreshold: "group"
    case .resilient: "resilient, \(Text.count(Int(group.resilient?.buckets ?? 0), "bucket"))"
    default: "group of type \(group.kind.rawValue)"
    }
  }
}
