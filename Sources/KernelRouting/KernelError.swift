package import Netlink

/// Why the kernel's state could not be read, asked or changed.
package enum KernelError: Error, Hashable, Sendable {
  /// There is no network namespace of this name, path or process id.
  case namespaceNotFound(String)
  /// What the text names exists, and is no network namespace.
  case notANamespace(String)
  /// The operation, as a phrase that follows "can not", needs a capability that the process lacks.
  case missingPrivilege(operation: String)
  /// This kernel was built without the part that the operation needs, or its module can not be loaded.
  case missingFeature(String, operation: String)
  /// What was read changed during each of several attempts.
  case interrupted(operation: String)
  /// Any other failure of an exchange with the kernel, mostly its refusal.
  case netlink(NetlinkError)

  /// Sorts a failed exchange by what a user can do about it.
  package init(_ error: NetlinkError) {
    switch error.errno {
    case .notPermitted, .accessDenied: self = .missingPrivilege(operation: error.operation)
    default: self = error.isTransient ? .interrupted(operation: error.operation) : .netlink(error)
    }
  }

  /// The exit status that the command line promises: 2 for wrong usage, 3 for the kernel's refusal, 4 for privilege.
  package var exitStatus: Int32 {
    switch self {
    case .namespaceNotFound, .notANamespace: 2
    case .missingFeature, .interrupted, .netlink: 3
    case .missingPrivilege: 4
    }
  }

  /// The errno of the kernel's refusal or of the socket.
  package var errno: Errno? {
    if case .netlink(let error) = self { error.errno } else { nil }
  }
}

extension KernelError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .namespaceNotFound(let name):
      "there is no network namespace \"\(name)\"; give a name of `ip netns list`, a path or a process id"
    case .notANamespace(let name): "\"\(name)\" is not a network namespace"
    case .missingPrivilege(let operation): "can not \(operation): it needs root or the capability for it"
    case .missingFeature(let feature, let operation): "can not \(operation): this kernel has no \(feature)"
    case .interrupted(let operation): "can not \(operation): it changed again and again meanwhile; try again"
    case .netlink(let error): "\(error)"
    }
  }
}
