import Files
import Netlink
import Planning
import Transactions

extension CheckSurroundings {
  /// Looks for programs that make routes, and for a guard and what it keeps, in the network namespace of the calling
  /// thread.
  mutating func look(in directory: TransactionDirectory) {
    managers = RouteManager.running()
    isGuarded = GuardProcess.isRunning
    // Where the list can not be read, as by an ordinary user, nothing is known of guards.
    guard let namespace = try? NamespaceIdentity(ofThread: ()), let list = try? directory.keptGroups() else { return }
    keptGroups = list.groups(of: namespace)
  }
}

/// `ecmpctl resilient guard` as a process.
enum GuardProcess {
  /// Whether one runs in the network namespace of the calling thread.
  static var isRunning: Bool {
    let own = SymbolicLink.target(of: "/proc/thread-self/ns/net")
    return Directory.names(in: "/proc").contains { name in
      guard Int32(name) != nil else { return false }
      let words = text("/proc/\(name)/cmdline").split(separator: "\0")
      guard let program = words.first, program == "ecmpctl" || program.hasSuffix("/ecmpctl"),
        let verb = words.firstIndex(of: "resilient"), words[verb...].dropFirst().first == "guard"
      else { return false }
      // One for another namespace moves there itself, thread and all.
      return SymbolicLink.target(of: "/proc/\(name)/ns/net") == own
    }
  }

  private static func text(_ path: String) -> String {
    String(decoding: (try? InputFile.contents(of: path)) ?? [], as: UTF8.self)
  }
}
