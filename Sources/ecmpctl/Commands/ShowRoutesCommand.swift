import ArgumentParser
import JSON
import KernelRouting
import Rendering
import Routing

/// `ecmpctl show routes`.
struct ShowRoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes",
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
    var output = OutputBuffer()
    if let path = options.source.snapshot {
      let state = try StateSource.snapshot(path)
      var printer = RoutePrinter(options, StateIndex(state, names: names), selection: selection, all: all)
      printer.begin()
      for route in state.routes { try printer.print(route, to: &output) }
      try printer.end(&output)
      return
    }
    var kernel = try StateSource(options.source).kernel()
    // Routes stream by; what describes them is small.
    let state = try kernel.readState(routes: nil)
    var printer = RoutePrinter(options, StateIndex(state, names: names), selection: selection, all: all)
    printer.begin()
    let filter = RouteFilter(family: selection.family, table: selection.table)
    try kernel.forEachRoute(filter) { try printer.print($0, to: &output) }
    try printer.end(&output)
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
        throw .usage("\(prefix) is not of the family that -\(family == .ipv4 ? "4" : "6") asks for")
      }
      selector = .exactly(prefix)
      family = prefix.family
    }
    if options.style == .iproute2, family == nil, number != nil { family = .ipv4 }
    return RouteSelection(family: family, table: number, prefix: selector)
  }
}

/// Prints routes one by one, in the style and the format that the options ask for.
private struct RoutePrinter {
  private enum Sink {
    case iproute2(IPRoute2Printer)
    case json
    case text
  }

  private let index: StateIndex
  private let selection: RouteSelection
  private let all: Bool
  private let details: Bool
  private var sink: Sink
  private var writer: JSONSink
  private var count = 0

  init(_ options: ShowOptions, _ index: StateIndex, selection: RouteSelection, all: Bool) {
    self.index = index
    self.selection = selection
    self.all = all
    details = options.details
    writer = JSONSink(options.format)
    sink =
      switch options.style {
      case .iproute2:
        .iproute2(
          IPRoute2Printer(
            state: index.state, names: index.names, format: options.format.iproute2, details: options.details))
      case .ecmpctl: options.format.json ? .json : .text
      }
  }

  mutating func begin() {
    switch sink {
    case .iproute2(var printer):
      printer.begin()
      sink = .iproute2(printer)
    case .json: writer.json.beginArray()
    case .text: break
    }
  }

  mutating func print(_ route: Route, to output: inout OutputBuffer) throws {
    guard selection.includes(route), all || RouteReport.isMultipath(route, in: index) else { return }
    count += 1
    switch sink {
    case .iproute2(var printer):
      sink = .text
      printer.append(route, selection: selection)
      if printer.output.count > 1 << 16 {
        output.bytes.append(contentsOf: printer.output)
        printer.discardOutput()
        try output.flush()
      }
      sink = .iproute2(printer)
    case .json:
      RouteReport(route, in: index).write(to: &writer.json)
      writer.move(to: &output)
    case .text: RouteReport(route, in: index).appendText(to: &output.bytes, in: index, details: details)
    }
    try output.flushIfFull()
  }

  mutating func end(_ output: inout OutputBuffer) throws {
    switch sink {
    case .iproute2(var printer):
      printer.end()
      output.bytes.append(contentsOf: printer.output)
    case .json:
      writer.json.endArray()
      writer.json.endLine()
      writer.move(to: &output)
    case .text:
      if count == 0, !all { complain("no multipath route here; --all shows every route, --table all every table") }
    }
    try output.flush()
  }
}
