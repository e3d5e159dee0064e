/// A command or a system call that a test needs has failed.
package struct CommandFailure: Error, CustomStringConvertible {
  /// The command, or what was tried.
  package var command: String
  /// The exit status, or the errno.
  package var status: Int32
  /// Everything that the command wrote.
  package var output: String

  package init(command: String, status: Int32, output: String) {
    self.command = command
    self.status = status
    self.output = output
  }

  package var description: String { "\(command)\nended with status \(status): \(output)" }
}
