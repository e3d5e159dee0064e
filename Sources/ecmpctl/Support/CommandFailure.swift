import Files
import KernelRouting
import Rendering
import Routing
import Shadow
import Snapshots
import Transactions

/// An error that ends a command: one line, and the exit status that the manual page documents.
struct CommandFailure: Error {
  /// The exit statuses of ecmpctl.
  enum Status: Int32 {
    /// The answer is "no": a check found problems, a verify found a mismatch.
    case negative = 1
    /// Wrong usage or unreadable input.
    case usage = 2
    /// The kernel refused.
    case kernel = 3
    /// Missing privilege.
    case privilege = 4
  }

  let status: Status
  /// What was wrong, where, and what to do; without a line end. nil when the command has said it all.
  let message: String?

  init(_ status: Status, _ message: String?) {
    self.status = status
    self.message = message
  }

  static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }

  /// Something is of the other family than -4 or -6 asks for.
  static func otherFamily(_ what: String, than family: AddressFamily) -> CommandFailure {
    .usage("\(what) is not of the family that -\(family == .ipv4 ? "4" : "6") asks for")
  }
}

extension CommandFailure {
  init(_ error: KernelError) {
    self.init(Status(rawValue: error.exitStatus) ?? .kernel, error.description)
  }

  init(_ error: ShadowError) {
    self.init(Status(rawValue: error.exitStatus) ?? .kernel, error.description)
  }
}

extension CommandFailure {
  init(_ error: TransactionError) {
    self.init(Status(rawValue: error.exitStatus) ?? .kernel, error.description)
  }
}

extension CommandFailure {
  /// There is no such group; with those that there are.
  static func unknownGroup(_ id: UInt32, _ index: StateIndex) -> CommandFailure {
    let groups = index.state.groups
    guard !groups.isEmpty else { return .usage("there is no nexthop group \(id); there are no groups at all") }
    let known = groups.prefix(8).map { String($0.id) }.joined(separator: ", ")
    return .usage("there is no nexthop group \(id); there are \(known)\(groups.count > 8 ? " and others" : "")")
  }
}

extension CommandFailure {
  init(_ error: SnapshotError) {
    let isForbidden = if case .unwritable(_, let error) = error { error.isForbiddenOutput } else { false }
    self.init(isForbidden ? .privilege : .usage, error.description)
  }
}

/// Writes one line to standard error, with the program's name before it.
func complain(_ message: String) {
  StandardStream.error.write("ecmpctl: " + message + "\n")
}
