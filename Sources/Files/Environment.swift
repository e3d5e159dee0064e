internal import Glibc

/// What the process was started with.
package enum Environment {
  /// The value of a variable; nil when it is not set.
  package static func value(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The path of the running program; nil when the system does not tell.
  package static var executable: String? { absolute("/proc/self/exe") }

  /// The path without symbolic links, from the root; nil for a file that does not exist.
  package static func absolute(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// The working directory; nil when it is gone.
  package static var directory: String? { absolute(".") }

  /// The process id.
  package static var process: Int32 { getpid() }

  /// Whether a process of that id runs.
  package static func isRunning(_ process: Int32) -> Bool { process > 0 && (kill(process, 0) == 0 || errno == EPERM) }
}
