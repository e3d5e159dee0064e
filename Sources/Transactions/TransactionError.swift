package import Files
package import KernelRouting
internal import Planning

/// Why a transaction was not made, or not as it should be.
package enum TransactionError: Error, Hashable, Sendable {
  /// Somebody else is at it; with what he has written about himself.
  case busy(String)
  /// A transaction waits to be finished, undone or confirmed.
  case unfinished(id: String, description: String, TransactionPlace)
  /// There is none; with what has become of the last one, as a clause.
  case nothingOpen(last: String?)
  /// The one that is open has no confirmation to be given.
  case notAwaiting(TransactionPlace)
  /// The journal is that of another network namespace.
  case otherNamespace(TransactionPlace)
  /// The kernel's state is gone with the boot that the journal is of.
  case otherBoot(TransactionPlace)
  /// The machine is not as the plan takes it; nothing was touched.
  case stateChanged([String])
  /// A step was refused or hindered, and those before it are undone.
  case undone(Undoing)
  /// What could not be undone, and why; the journal stays open.
  case stuck([String], TransactionPlace)
  /// The journal can not be read as one.
  case damaged(path: String, String)
  /// All steps are made, and what they have left behind could not be written down; with why, and the exit status.
  case notWritten(String, Int32, TransactionPlace)
  /// The journal could not be written or read.
  case journal(PrivateFile.Failure)
  case kernel(KernelError)
  /// The process that waits for the confirmation did not start.
  case noWatch(String)

  /// An apply that was taken back.
  package struct Undoing: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// A step was refused, or what it needs failed.
      case refusal
      /// The kernel demands a privilege for it.
      case missingPrivilege
      /// Somebody wanted it to stop.
      case signal
    }

    package var kind: Kind
    /// A clause.
    package var cause: String
    /// How many steps were done, and are undone.
    package var steps = 0
    /// What could not be undone, and why.
    package var remaining: [String] = []
    /// What is undone in part or left alone, and why.
    package var exceptions: [String] = []
    /// nil where nothing was begun.
    package var place: TransactionPlace?

    /// 3 where the kernel is not as it was, whatever came before that.
    var exitStatus: Int32 {
      guard remaining.isEmpty else { return 3 }
      return switch kind {
      case .refusal: 3
      case .missingPrivilege: 4
      case .signal: 1
      }
    }
  }

  /// The exit status that the command line promises.
  package var exitStatus: Int32 {
    switch self {
    case .busy, .unfinished, .nothingOpen, .notAwaiting, .otherNamespace, .otherBoot, .stateChanged: 1
    case .undone(let undoing): undoing.exitStatus
    case .stuck: 3
    case .notWritten(_, let status, _): status
    case .damaged, .noWatch: 2
    case .journal(let failure): failure.isPermission ? 4 : 2
    case .kernel(let error): error.exitStatus
    }
  }
}

extension TransactionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .busy(let holder):
      return "another transaction is going on\(holder.isEmpty ? "" : " (\(holder))"); try again when it is over"
    case .unfinished(let id, let description, let place):
      return "transaction \(id) (\(description)) is not over: see ecmpctl resilient status\(place.options), "
        + "then confirm, rollback, or apply --resume"
    case .nothingOpen(let last): return "no transaction is open" + (last.map { "; \($0)" } ?? "")
    case .notAwaiting(let place):
      return "the open transaction is not complete; see ecmpctl resilient status\(place.options)"
    case .otherNamespace(let place):
      return "the open transaction belongs to another network namespace"
        + (place.namespaceName.map { "; add --netns \($0)" } ?? "; go there first, or add --netns")
        + ", and where that is gone close it with ecmpctl resilient rollback --abandon\(place.journalOption)"
    case .otherBoot(let place):
      return "the machine was started again since; nothing of the transaction is left in the kernel: "
        + "close it with ecmpctl resilient rollback\(place.journalOption)"
    case .stateChanged(let reasons):
      return "the state is not the one that the plan was made for; nothing was changed: "
        + reasons.joined(separator: "; ")
    case .undone(let undoing): return undoing.description
    case .stuck(let reasons, let place):
      return "not all could be undone: \(reasons.joined(separator: "; ")); \(place.ways)"
    case .notWritten(let reason, _, let place):
      return "all steps are made, but that is not written down: \(reason); once that is mended, "
        + "finish it with ecmpctl resilient apply --resume\(place.options)"
    case .damaged(let path, let reason):
      return
        "\(path) is damaged: \(reason); move that file away, and look at what the kernel has with ip nexthop and ip route"
    case .journal(let failure): return failure.description
    case .kernel(let error): return error.description
    case .noWatch(let reason): return "the process that waits for the confirmation did not start: \(reason)"
    }
  }
}

extension TransactionError.Undoing: CustomStringConvertible {
  package var description: String {
    if !remaining.isEmpty {
      return "\(cause); not all of the steps before it could be undone: \(remaining.joined(separator: "; "))"
        + (place.map { "; \($0.ways)" } ?? "")
    }
    let except = exceptions.isEmpty ? "" : ", but not all is as it was: \(exceptions.joined(separator: "; "))"
    switch steps {
    case 0: return "\(cause); nothing was changed\(except)"
    case 1: return "\(cause); the step before it is undone\(except)"
    default: return "\(cause); the \(steps) steps before it are undone\(except)"
    }
  }
}

extension TransactionPlace {
  /// How what can not be undone is ended, as a clause.
  fileprivate var ways: String {
    "once that is mended, try again with ecmpctl resilient rollback\(options); "
      + "to leave the kernel as it is, ecmpctl resilient rollback --abandon\(options)"
  }
}
