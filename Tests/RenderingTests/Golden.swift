import Rendering
import Routing
import Testing

/// A route, and what `ip` of iproute2 6.1.0 printed for it on Linux 6.12 with `table all`.
struct GoldenRoute: CustomTestStringConvertible {
  /// The command that made the route.
  let command: String
  let value: Route
  /// `ip route show`, `ip -d route show`, and an element of the arrays of `ip -j` and `ip -d -j`.
  let text: String
  let details: String
  let json: String
  let detailedJSON: String

  init(_ command: String, _ value: Route, text: String, details: String, json: String, detailedJSON: String) {
    self.command = command
    self.value = value
    self.text = text
    self.details = details
    self.json = json
    self.detailedJSON = detailedJSON
  }

  var testDescription: String { command }
}

/// A nexthop object, and what `ip nexthop show` printed for it.
struct GoldenNexthop: CustomTestStringConvertible {
  enum Object {
    case single(Nexthop)
    case group(NexthopGroup)
  }

  let object: Object
  let text: String
  let details: String
  let json: String
  let detailedJSON: String

  init(_ object: Object, text: String, details: String, json: String, detailedJSON: String) {
    self.object = object
    self.text = text
    self.details = details
    self.json = json
    self.detailedJSON = detailedJSON
  }

  var testDescription: String { text }

  static let nexthops: [Nexthop] = all.compactMap { if case .single(let nexthop) = $0.object { nexthop } else { nil } }
  static let groups: [NexthopGroup] = all.compactMap { if case .group(let group) = $0.object { group } else { nil } }
}

/// The lab in which the goldens were captured.
enum Lab {
  static let interfaces: [UInt32: String] = [
    1: "lo", 2: "end0", 3: "lab0", 4: "end1", 5: "lab1", 6: "end2", 7: "lab2", 8: "end3", 9: "lab3", 10: "away0",
    11: "down0",
  ]

  /// The names of Debian's files that goldens use and iproute2 is not built with.
  static let names: NameTables = {
    var files = NameTables.Files()
    files.protocols = [Array("4\tstatic\n99\topenr\n".utf8)]
    files.realms = Array("#\n# reserved values\n#\n0\tcosmos\n".utf8)
    return NameTables(files: files)
  }()

  static func printer(_ format: OutputFormat, details: Bool = false) -> IPRoute2Printer {
    IPRoute2Printer(
      names: names, interfaces: interfaces, format: format, details: details, nexthops: GoldenNexthop.nexthops,
      groups: GoldenNexthop.groups)
  }

  /// The whole output of a run that prints what `body` appends.
  static func output(
    _ format: OutputFormat, details: Bool = false, _ body: (inout IPRoute2Printer) -> Void
  ) -> String {
    var printer = printer(format, details: details)
    printer.begin()
    body(&printer)
    printer.end()
    return String(decoding: printer.output, as: UTF8.self)
  }
}
