import ArgumentParser
import Files
import JSON
import Netlink
import Planning
import Transactions

/// `ecmpctl resilient guard`.
struct ResilientGuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard", _superCommandName: "ecmpctl resilient",
    abstract: "Keep converted groups as they should be, until it is ended.",
    discussion: """
      A member whose neighbour has failed is taken out of its group, so that only its buckets move; one that the
      kernel has taken out with its link is put back when the link and the neighbour are there again. A group
      that somebody else changes is left alone from then on, until SIGHUP. Every act is one line.

      A group that follows a daemon's route (plan --follow) has the members of that route, and our route is in
      front of it as long as the daemon has one. Ended by SIGTERM or SIGINT, the guard takes our route away.

      EXAMPLES
        ecmpctl resilient guard
        systemctl start ecmpctl-guard
      """)

  @Option(
    help: ArgumentHelp(
      "How long a route in front of a daemon's stays while the daemon is started again; 0 for not at all.",
      valueName: "seconds"))
  var restartTime: UInt32 = 60

  @OptionGroup var options: TransactionOptions
  @OptionGroup var format: JSONOptions

  func run() throws {
    try StandardStream.output.check()
    let signals = try SignalWatch(lostReaders: true)
    let daemons = {
      Set(RouteManager.running().filter { $0.kind == .zebra || $0.kind == .bird }.map(\.processID))
    }
    var keeper = try GroupKeeper(
      try options.kernel(), options.directory, restartTime: .seconds(restartTime), daemons: daemons
    ) { line in tell(line) }
    try keeper.run(signals) { count in
      ServiceManager.tell("READY=1\nSTATUS=keeps \(count) \(count == 1 ? "group" : "groups")")
    }
    ServiceManager.tell("STOPPING=1")
    tell("ends")
  }

  /// Writes a line on what is done, or an object on it.
  private func tell(_ line: String) {
    guard format.json else { return StandardStream.output.write(line + "\n") }
    var writer = JSONWriter()
    writer.object {
      $0.member("time", WallClock.preciseNow)
      $0.member("text", line)
    }
    StandardStream.output.write(writer.text + "\n")
  }
}

/// What waits for the program to be ready, where something does (`sd_notify`).
private enum ServiceManager {
  static func tell(_ text: String) {
    guard let socket = Environment.value("NOTIFY_SOCKET") else { return }
    do throws(Errno) {
      try System.send(Array(text.utf8), toLocalSocket: socket)
    } catch {
      complain("can not tell \(socket): \(error)")
    }
  }
}
