import Routing

extension RouteReport {
  /// The line of `ip`, with what it says of nexthops on a line each, their shares and their states.
  ///
  /// - Parameter details: Also what is at its default, as `ip -d`.
  package func appendText(to output: inout [UInt8], in index: StateIndex, details: Bool = false) {
    var printer = index.printer
    printer.showsDetails = details
    printer.describesObjects = false
    Self.appendBeforeDestination(of: route, by: &printer, to: &output)
    route.destination.appendShortText(to: &output)
    Self.appendBehindDestination(of: route, by: &printer, to: &output)
    appendTail(to: &output)
  }

  /// What the line of `ip` has before the destination.
  ///
  /// - Parameter printer: without output.
  static func appendBeforeDestination(of route: Route, by printer: inout IPRoute2Printer, to output: inout [UInt8]) {
    printer.beginRoute(route)
    output.append(contentsOf: printer.output)
    printer.discardOutput()
  }

  /// What the line of `ip` has behind the destination, up to the nexthops.
  ///
  /// - Parameter printer: without output.
  static func appendBehindDestination(of route: Route, by printer: inout IPRoute2Printer, to output: inout [UInt8]) {
    printer.finishRoute(withoutNexthops(route), showsTable: true)
    var end = printer.output.count
    while end > 0, printer.output[end - 1] == UInt8(ascii: " ") || printer.output[end - 1] == UInt8(ascii: "\n") {
      end -= 1
    }
    if end > 0 { output.append(UInt8(ascii: " ")) }
    output.append(contentsOf: printer.output[..<end])
    printer.discardOutput()
  }

  /// The rest of the text, which is the same for all routes of a family over the same nexthops.
  func appendTail(to output: inout [UInt8]) {
    let members = multipath.members
    if group == nil, members.count == 1 {
      // The leg is part of the line already, an object is not.
      let words = route.nexthopID == nil ? [] : members[0].columns(showsShare: false).prefix(1) + members[0].flagNames
      for word in words { output.append(contentsOf: (" " + word).utf8) }
      let liveness = members[0].liveness.joined(separator: ", ")
      if !liveness.isEmpty { output.append(contentsOf: " (\(liveness))".utf8) }
      output.append(UInt8(ascii: "\n"))
      return
    }
    if let group { output.append(contentsOf: (" " + Self.describe(group)).utf8) }
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: Text.aligned(members.map { $0.columns() }, indent: "    ").utf8)
  }

  /// The route with those nexthops that are shown on lines of their own taken out.
  private static func withoutNexthops(_ route: Route) -> Route {
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
