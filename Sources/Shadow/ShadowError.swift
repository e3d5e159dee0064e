package import KernelRouting
package import Netlink

/// Why a shadow could not be made, or could not do what it was told.
package enum ShadowError: Error, Hashable, Sendable {
  /// The kernel refused what every shadow needs, such as its namespaces.
  case kernel(KernelError)
  /// The program could not be started.
  case program(String, Errno)
  /// Only `ip` and `sysctl` are run in a shadow; carries the command.
  case notRun(String, because: String)
  /// The first command that failed: its text, its exit status, and what it printed.
  case commandFailed(String, status: Int32, output: String)
  /// The shadow has no such interface.
  case noInterface(String)
  /// The carrier of the interface follows from something else than a cable of its own.
  case noCable(String)
  /// No neighbour and no gateway has the address.
  case noNeighbour(String)

  /// The exit status that the command line promises: 2 for wrong usage, 3 for the kernel's refusal, 4 for privilege.
  package var exitStatus: Int32 {
    switch self {
    case .kernel(let error): error.exitStatus
    case .program, .commandFailed: 3
    case .notRun, .noInterface, .noCable, .noNeighbour: 2
    }
  }
}

extension ShadowError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .kernel(let error): "\(error)"
    case .program(let name, let errno): "can not run \(name): \(errno)"
    case .notRun(let command, let reason): "\"\(command)\" is not run in a shadow: \(reason)"
    case .commandFailed(let command, let status, let output):
      "\"\(command)\" ended with status \(status)" + (output.isEmpty ? "" : ": \(output)")
    case .noInterface(let name): "there is no interface \"\(name)\""
    case .noCable(let name): "the carrier of \(name) can not be changed in a shadow: it has no cable of its own"
    case .noNeighbour(let address): "no neighbour and no gateway has the address \(address)"
    }
  }
}
