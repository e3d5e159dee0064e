package import Routing

/// Writes the text of many routes: the same bytes as `RouteReport.appendText`, of which those about the nexthops are made
/// once for all routes that share them.
package struct RouteLister: Sendable {
  private struct Key: Hashable, Sendable {
    var nexthops: RouteNexthops
    var family: AddressFamily
  }

  /// Kinds of nexthops that are kept at the most; then it starts again.
  private static let capacity = 4096

  private let index: StateIndex
  private var printer: IPRoute2Printer
  private var tails: [Key: [UInt8]] = [:]
  /// Neighbouring routes mostly have the same nexthops.
  private var last: (key: Key, tail: [UInt8])?

  /// - Parameter details: Also what is at its default, as `ip -d`.
  package init(_ index: StateIndex, details: Bool = false) {
    self.index = index
    printer = index.printer
    printer.showsDetails = details
    printer.describesObjects = false
  }

  /// Appends the text of a route.
  package mutating func append(_ route: Route, to output: inout [UInt8]) {
    RouteReport.appendHead(of: route, by: &printer, to: &output)
    var key = Key(nexthops: route.nexthops, family: route.family)
    if case .object(let id, _) = key.nexthops { key.nexthops = .object(id: id, expansion: .none) }
    if let last, last.key == key {
      output.append(contentsOf: last.tail)
      return
    }
    let tail = tails[key] ?? tail(of: route, key)
    last = (key, tail)
    output.append(contentsOf: tail)
  }

  private mutating func tail(of route: Route, _ key: Key) -> [UInt8] {
    var tail: [UInt8] = []
    RouteReport(route, in: index).appendTail(to: &tail)
    if tails.count >= Self.capacity { tails.removeAll(keepingCapacity: true) }
    tails[key] = tail
    return tail
  }
}
