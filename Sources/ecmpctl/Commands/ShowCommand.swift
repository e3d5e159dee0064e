import ArgumentParser
import JSON
import KernelRouting
import Rendering
import Routing

/// `ecmpctl show`: what the kernel has.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show multipath routes, nexthops, groups, buckets and the hash policy.",
    discussion: """
      EXAMPLES
        ecmpctl show                            multipath routes of both families
        ecmpctl show 172.16.255.66/32           one of them
        ecmpctl show routes --all --table all --style iproute2
        ecmpctl show groups 50
        ecmpctl show buckets 50 --json
        ecmpctl show policy
      """,
    subcommands: [
      ShowRoutesCommand.self, ShowNexthopsCommand.self, ShowGroupsCommand.self, ShowBucketsCommand.self,
      ShowPolicyCommand.self,
    ],
    defaultSubcommand: ShowRoutesCommand.self)
}

extension ShowCommand {
  /// The options of its own that `show routes` takes and that may stand before that word, or that of another subcommand:
  /// those with a value behind them, and those without.
  static let optionsOfDefault = (withValue: ["--style", "--table"], plain: ["--all"])
}

/// How `show` prints.
enum ShowStyle: String, WordArgument {
  case ecmpctl, iproute2
}

/// The options of every `show`. Those for JSON are no group within the group, as `SourceOptions` explains.
struct ShowOptions: ParsableArguments, JSONChoices {
  @Flag(name: .shortAndLong, help: "Everything there is, as ip -d.")
  var details = false

  @Option(help: ArgumentHelp("ecmpctl, or iproute2 for exactly what ip prints.", valueName: "style"))
  var style: ShowStyle = .ecmpctl

  @Flag(name: [.customShort("j"), .customLong("json")], help: "Print JSON.")
  var asksForJSON = false

  @Flag(name: .shortAndLong, help: "Print JSON, indented; with --style iproute2 only indent that of -j, as ip does.")
  var pretty = false

  var json: Bool { asksForJSON || pretty && style == .ecmpctl }

  @OptionGroup var source: SourceOptions
}

extension ShowOptions {
  /// The state, ready for reports.
  ///
  /// - Parameter parts: what of the live kernel's the reports are about. The style of iproute2 tells of objects alone.
  func index(_ parts: StateParts) throws -> StateIndex {
    let parts = style == .iproute2 ? parts.intersection([.nexthops, .buckets]) : parts
    return StateIndex(try StateSource(source).state(parts), names: NameTables.read())
  }

  /// Throws where the user names a group that has nothing to do with the family of -4 or -6; `ip` shows it.
  func checkFamily(of group: NexthopGroup, _ index: StateIndex) throws(CommandFailure) {
    guard style == .ecmpctl, let family = source.family, !index.concerns(group, family) else { return }
    throw .otherFamily("group \(group.id)", than: family)
  }

  /// What colours the lines of the program's own style; nil for nothing.
  var painter: TextPainter? { style == .ecmpctl && !json ? source.painter : nil }

  /// The colours of the style of iproute2: `ip` has none on a terminal either, unless it is told.
  var iproute2Palette: Palette? { source.palette(byDefault: .never) }

  /// Prints reports in the style and the format asked for.
  func print<Report>(
    iproute2: (inout IPRoute2Printer) -> Void, reports: [Report], json write: (Report, inout JSONWriter) -> Void,
    text: ([Report], inout [UInt8]) -> Void, index: StateIndex
  ) throws {
    var output = OutputBuffer(painter: painter)
    switch style {
    case .iproute2:
      var printer = IPRoute2Printer(
        state: index.state, names: index.names, format: self.iproute2, details: details,
        palette: iproute2Palette)
      printer.begin()
      iproute2(&printer)
      printer.end()
      output.bytes.append(contentsOf: printer.output)
    case .ecmpctl where json:
      var sink = JSONSink(self)
      sink.json.beginArray()
      for report in reports { write(report, &sink.json) }
      sink.json.endArray()
      sink.json.endLine()
      sink.move(to: &output)
    case .ecmpctl:
      text(reports, &output.bytes)
    }
    try output.flush()
  }
}
