import ArgumentParser
import Files
import KernelRouting
import Netlink
import Rendering
import Routing

/// `ecmpctl watch`.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", _superCommandName: "ecmpctl",
    abstract: "Follow nexthop groups: buckets that move, members, shares, liveness, and routes that come and go.",
    discussion: """
      On a terminal the groups are drawn over and over; elsewhere each event is a line, with --json an object on
      a line of its own. It looks at the buckets, which does not make them busy, and sends no lookup. Ctrl-C
      ends it with status 0.

      EXAMPLES
        ecmpctl watch
        ecmpctl watch 50 --interval 5
        ecmpctl watch 50 --json --for 3600 > events.ndjson
        ecmpctl watch 50 --lines --count 1
      """)

  @Argument(help: "Watch this group only; all groups, and those that come, when absent.")
  var id: UInt32?

  @Option(
    help: ArgumentHelp("How often to look which buckets are idle, in seconds, 0.05 at least.", valueName: "seconds"))
  var interval: Double = 1

  @Option(help: ArgumentHelp("End after so many events; how a group is does not count as one.", valueName: "n"))
  var count: Int?

  @Option(name: .customLong("for"), help: ArgumentHelp("End after that time.", valueName: "seconds"))
  var time: Double?

  @Flag(help: "A line for each event on a terminal, too.")
  var lines = false

  @OptionGroup var format: JSONOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var detail: DetailOptions

  /// No clock counts further, and no watch lasts so long.
  private static let longest = 1e9

  func validate() throws {
    guard source.snapshot == nil else { throw ValidationError("watch follows a live kernel, not a snapshot") }
    guard (0.05...Self.longest).contains(interval) else {
      throw ValidationError("--interval is 0.05 to \(Int(Self.longest)) seconds")
    }
    guard time.map({ (0...Self.longest).contains($0) }) ?? true else {
      throw ValidationError("--for is 0 to \(Int(Self.longest)) seconds")
    }
    guard count.map({ $0 > 0 }) ?? true else { throw ValidationError("--count is 1 at least") }
  }

  func run() throws {
    let kernel = try StateSource(source).kernel()
    let signals = try SignalWatch()
    var watcher = try GroupWatcher(
      kernel, group: id, family: source.family, names: NameTables.read(), outlet: WatchOutlet(kind),
      interval: .seconds(interval),
      limit: count,
      time: time.map { .seconds($0) })
    if let id {
      guard let group = watcher.index.group(id) else { throw CommandFailure.unknownGroup(id, watcher.index) }
      if let family = source.family, !watcher.index.concerns(group, family) {
        throw CommandFailure.otherFamily("group \(id)", than: family)
      }
    }
    try watcher.run(signals)
  }

  private var kind: WatchOutlet.Kind {
    if format.json { return .json }
    // A dumb terminal can not be drawn over.
    guard StandardStream.output.isTerminal, !lines, Environment.value("TERM") != "dumb" else { return .lines }
    let isColoured =
      source.color == .always || source.color != .never && Environment.value("NO_COLOR") ?? "" == ""
    return .screen(isColoured: isColoured)
  }
}
