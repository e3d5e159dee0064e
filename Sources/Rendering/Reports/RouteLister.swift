package import JSON
package import Routing

/// Writes many routes: the same bytes as `RouteReport` does for each, of which all but the destination are made once for
/// the routes that share their attributes.
package struct RouteLister: Sendable {
  package enum Format: Hashable, Sendable {
    /// - Parameter details: Also what is at its default, as `ip -d`.
    case text(details: Bool)
    /// An array of reports.
    case json(JSONWriter.Layout)
  }

  /// What routes with the same attributes look like.
  private struct Kind: Sendable {
    /// One of them, which keeps the attributes from being replaced by others of the same identity.
    var example: Route
    var isMultipath: Bool
    var before: [UInt8]
    var behind: [UInt8]
  }

  private struct TailKey: Hashable, Sendable {
    var nexthops: RouteNexthops
    var family: AddressFamily
  }

  /// Kinds that are kept at the most; then it starts again.
  private static let capacity = 4096

  private let index: StateIndex
  private let format: Format
  private let includesSinglePath: Bool
  private var printer: IPRoute2Printer
  private var kinds: [Kind] = []
  /// Where in `kinds` the attributes are, by their identity.
  private var places: [ObjectIdentifier: Int] = [:]
  /// Neighbouring routes mostly have the same attributes.
  private var last: (id: ObjectIdentifier, family: AddressFamily, place: Int)?
  /// What is about the nexthops in the text of routes that have only those in common.
  private var tails: [TailKey: [UInt8]] = [:]
  /// How many routes were written.
  package private(set) var count = 0

  /// - Parameter includesSinglePath: Also routes with one way, or none.
  package init(_ index: StateIndex, as format: Format = .text(details: false), includesSinglePath: Bool = true) {
    self.index = index
    self.format = format
    self.includesSinglePath = includesSinglePath
    printer = index.printer
    if case .text(let details) = format { printer.showsDetails = details }
    printer.describesObjects = false
  }

  /// Appends a route.
  package mutating func append(_ route: Route, to output: inout [UInt8]) {
    let place = place(of: route)
    guard includesSinglePath || kinds[place].isMultipath else { return }
    switch format {
    case .text:
      output.append(contentsOf: kinds[place].before)
      route.destination.appendShortText(to: &output)
    case .json:
      // The first element of an array follows no comma.
      output.append(contentsOf: kinds[place].before.dropFirst(count == 0 ? 1 : 0))
      RouteReport.appendDestination(of: route, to: &output)
    }
    output.append(contentsOf: kinds[place].behind)
    count += 1
  }

  private mutating func place(of route: Route) -> Int {
    let id = route.attributesID
    if let last, last.id == id, last.family == route.family { return last.place }
    let place: Int
    if let known = places[id], kinds[known].example.family == route.family {
      place = known
    } else {
      if kinds.count >= Self.capacity {
        kinds.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
      }
      place = kinds.count
      kinds.append(kind(of: route))
      places[id] = place
    }
    last = (id, route.family, place)
    return place
  }

  private mutating func kind(of route: Route) -> Kind {
    var kind = Kind(
      example: route, isMultipath: RouteReport.isMultipath(route, in: index), before: [], behind: [])
    guard includesSinglePath || kind.isMultipath else { return kind }
    switch format {
    case .text:
      RouteReport.appendBeforeDestination(of: route, by: &printer, to: &kind.before)
      RouteReport.appendBehindDestination(of: route, by: &printer, to: &kind.behind)
      kind.behind += tail(of: route)
    case .json(let layout):
      // As one of several elements, each of which follows a comma.
      var writer = JSONWriter(layout)
      writer.beginArray()
      writer.null()
      writer.flush { _ in }
      let report = RouteReport(route, in: index)
      report.writeBeforeDestination(to: &writer)
      writer.flush { kind.before = $0 + [UInt8(ascii: "\"")] }
      writer.plainString { _ in }
      writer.flush { _ in }
      report.writeBehindDestination(to: &writer)
      writer.flush { kind.behind = [UInt8(ascii: "\"")] + $0 }
    }
    return kind
  }

  private mutating func tail(of route: Route) -> [UInt8] {
    var key = TailKey(nexthops: route.nexthops, family: route.family)
    if case .object(let id, _) = key.nexthops { key.nexthops = .object(id: id, expansion: .none) }
    if let tail = tails[key] { return tail }
    var tail: [UInt8] = []
    RouteReport(route, in: index).appendTail(to: &tail)
    if tails.count >= Self.capacity { tails.removeAll(keepingCapacity: true) }
    tails[key] = tail
    return tail
  }

  /// Appends what stands before the first route.
  package func begin(_ output: inout [UInt8]) {
    guard case .json(let layout) = format else { return }
    var writer = JSONWriter(layout)
    writer.beginArray()
    output += writer.bytes
  }

  /// Appends what stands behind the last route.
  package func end(_ output: inout [UInt8]) {
    guard case .json(let layout) = format else { return }
    var writer = JSONWriter(layout)
    writer.beginArray()
    if count > 0 { writer.null() }
    writer.flush { _ in }
    writer.endArray()
    writer.endLine()
    output += writer.bytes
  }
}
