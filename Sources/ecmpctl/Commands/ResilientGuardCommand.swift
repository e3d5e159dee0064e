import ArgumentParser
import Files
import Netlink
import Transactions

/// `ecmpctl resilient guard`.
struct ResilientGuardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard",
    abstract: "Keep converted groups as they should be, until it is ended.",
    discussion: """
      A member whose neighbour has failed is taken out of its group, so that only its buckets move; one that the
      kernel has taken out with its link is put back when the link and the neighbour are there again. A group
      that somebody else changes is left alone from then on, until SIGHUP. Every act is one line.

      EXAMPLES
        ecmpctl resilient guard
        systemctl start ecmpctl-guard
      """)

  @OptionGroup var options: TransactionOptions

  func run() throws {
    let signals = try SignalWatch()
    var keeper = try GroupKeeper(try options.kernel(), options.directory) { line in
      StandardStream.output.write(line + "\n")
    }
    try keeper.run(signals) { count in
      ServiceManager.tell("READY=1\nSTATUS=keeps \(count) \(count == 1 ? "group" : "groups")")
    }
    ServiceManager.tell("STOPPING=1")
    StandardStream.output.write("ends\n")
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
