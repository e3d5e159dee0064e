/// The kernel's "no" to one request.
package struct Refusal: Error, Hashable, Sendable {
  package var errno: Errno
  /// The kernel's own explanation; empty when it gave none.
  package var text: String

  package init(_ errno: Errno, text: String = "") {
    self.errno = errno
    self.text = text
  }
}

extension Refusal: CustomStringConvertible {
  package var description: String { text.isEmpty ? "\(errno)" : "\(errno): \(text)" }
}

/// Why an exchange with the kernel failed.
package struct NetlinkError: Error, Hashable, Sendable {
  /// What went wrong.
  package enum Reason: Hashable, Sendable {
    /// The socket itself failed, with this errno.
    case socket(Errno)
    /// The kernel refused the request.
    case refused(Refusal)
    /// What a dump describes changed while it was read (NLM_F_DUMP_INTR).
    case interrupted
    /// The kernel's answer could not be taken apart.
    case malformed(WireError)
    /// The request could not be built.
    case request(WireError)
  }

  /// What was being done, as a phrase that follows "can not": "read the routes".
  package var operation: String
  package var reason: Reason

  package init(_ operation: String, _ reason: Reason) {
    self.operation = operation
    self.reason = reason
  }

  /// Whether the same request may well succeed when it is sent again: the answer was lost or overtaken by a change.
  package var isTransient: Bool {
    switch reason {
    case .interrupted, .socket(.noBufferSpace): true
    default: false
    }
  }

  /// The errno of the kernel or the socket.
  package var errno: Errno? {
    switch reason {
    case .socket(let errno): errno
    case .refused(let refusal): refusal.errno
    case .interrupted, .malformed, .request: nil
    }
  }
}

extension NetlinkError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .socket(.tryAgain): "can not \(operation): the kernel did not answer"
    case .socket(let errno): "can not \(operation): \(errno)"
    case .refused(let refusal): "can not \(operation): \(refusal)"
    case .interrupted: "can not \(operation): it changed again and again while it was read"
    case .malformed(let error): "can not \(operation): the kernel's answer is malformed: \(error)"
    case .request(let error): "can not \(operation): \(error)"
    }
  }
}
