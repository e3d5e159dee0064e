import ArgumentParser
import JSON
import KernelRouting
import Rendering
import Routing

/// `ecmpctl show routes`.
struct ShowRoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", _superCommandName: "ecmpctl show",
    abstract: "Show multipath routes, with the share and the liveness of each nexthop.",
    discussion: """
      EXAMPLES
        ecmpctl show routes
        ecmpctl show routes 172.16.255.66/32
        ecmpctl show routes --all --table all --style iproute2
      """)

  @Argument(help: "Show the routes of this prefix only; a plain address is a host prefix.")
  var prefix: String?

  @Option(help: ArgumentHelp("Routing table, by name or number, or all (default: main).", valueName: "table"))
  var table: String = "main"

  @Flag(help: "Every route, not only those with several nexthops.")
  var all = false

  @OptionGroup var options: ShowOptions

  func run() throws {
    let names = NameTables.read()
    let selection = try selection(names)
    var output = OutputBuffer(painter: options.painter)
    if let path = options.source.snapshot {
      let state = try StateSource.snapshot(path)
      if let number = selection.table, !state.hasTable(number, selection.family) {
        throw CommandFailure.usage(
          "there is no routing table \(names.tableName(number)) in \(path): no route is in it, and no rule names it; "
            + "--table all shows every table")
      }
      var printer = RoutePrinter(options, StateIndex(state, names: names), selection: selection, all: all)
      printer.begin(&output)
      for route in state.routes { try printer.print(route, to: &output) }
      try printer.end(&output)
      return
    }
    var kernel = try StateSource(options.source).kernel()
    // Routes stream by; what describes them is small.
    let state = try kernel.readSettledState(options.style == .iproute2 ? .nexthops : .liveness)
    var printer = RoutePrinter(options, StateIndex(state, names: names), selection: selection, all: all)
    printer.begin(&output)
    let filter = RouteFilter(family: selection.family, table: selection.table)
    let isConsistent = try kernel.forEachRoute(filter) { try printer.print($0, to: &output) }
    try printer.end(&output)
    if !isConsistent {
      complain("routes changed meanwhile: the kernel may have passed over IPv6 routes, or told them twice")
    }
  }

  private func selection(_ names: NameTables) throws(CommandFailure) -> RouteSelection {
    var number: UInt32?
    if table != "all" {
      number = names.tableNumber(table)
      guard number != nil else { throw .usage("there is no routing table \"\(table)\"; give a name, a number or all") }
    }
    var family = options.source.family
    var selector: RouteSelection.PrefixSelector?
    switch prefix {
    case nil: break
    case "default"?: selector = .everything
    case let text?:
      let prefix = try Prefix(argument: text)
      guard family == nil || family == prefix.family else {
        throw .otherFamily(prefix.description, than: prefix.family == .ipv4 ? .ipv6 : .ipv4)
      }
      selector = .exactly(prefix)
      family = prefix.family
    }
    if options.style == .iproute2, family == nil, number != nil { family = .ipv4 }
    return RouteSelection(family: family, table: number, prefix: selector)
  }
}

extension RoutingState {
  /// Whether a routing table is there, as far as what was read tells: a route is in it, or a rule or a VRF names it.
  ///
  /// - Parameter family: nil is any.
  fileprivate func hasTable(_ table: UInt32, _ family: AddressFamily?) -> Bool {
    guard table != RouteTable.main else { return true }
    let families = family.map { [$0] } ?? AddressFamily.allCases
    return families.contains { unread.contains(.routes($0)) || unread.contains(.rules($0)) }
      || rules.contains { families.contains($0.family) && $0.action == .lookup(table: table) }
      || links.contains { $0.vrfTable == table }
      || routes.contains { $0.table == table && families.contains($0.family) }
  }
}

/// Prints routes one by one, in the style and the format that the options ask for.
private struct RoutePrinter {
  private let index: StateIndex
  private let selection: RouteSelection
  private let all: Bool
  private let isText: Bool
  // One of these does it. Members of their own, and no cases: a case is copied out for each route.
  private var iproute2: IPRoute2Printer?
  private var lister: RouteLister

  init(_ options: ShowOptions, _ index: StateIndex, selection: RouteSelection, all: Bool) {
    self.index = index
    self.selection = selection
    self.all = all
    isText = !options.json
    lister = RouteLister(
      index, as: isText ? .text(details: options.details) : .json(options.layout), includesSinglePath: all)
    if options.style == .iproute2 {
      iproute2 = IPRoute2Printer(
        state: index.state, names: index.names, format: options.iproute2, details: options.details,
        palette: options.iproute2Palette)
    }
  }

  mutating func begin(_ output: inout OutputBuffer) {
    if iproute2 != nil { iproute2?.begin() } else { lister.begin(&output.bytes) }
  }

  mutating func print(_ route: Route, to output: inout OutputBuffer) throws {
    guard selection.includes(route) else { return }
    if iproute2 == nil {
      lister.append(route, to: &output.bytes)
    } else if all || RouteReport.isMultipath(route, in: index) {
      iproute2?.append(route, selection: selection)
      if (iproute2?.output.count ?? 0) > 1 << 16 { moveText(to: &output) }
    }
    try output.flushIfFull()
  }

  /// Moves what the printer of iproute2's style has written.
  private mutating func moveText(to output: inout OutputBuffer) {
    output.bytes.append(contentsOf: iproute2?.output ?? [])
    iproute2?.discardOutput()
  }

  mutating func end(_ output: inout OutputBuffer) throws {
    if iproute2 != nil {
      iproute2?.end()
      moveText(to: &output)
    } else {
      lister.end(&output.bytes)
      if lister.count == 0, isText, !all {
        complain("no multipath route here; --all shows every route, --table all every table")
      }
    }
    try output.flush()
  }
}
