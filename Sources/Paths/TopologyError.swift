/// Why a topology can not be used; the description is one line.
package struct TopologyError: Error, Hashable {
  package var file: String
  /// From 1; 0 where it is no line's fault.
  package var line: Int
  /// What is wrong, and what would be right.
  package var message: String

  package init(file: String, line: Int = 0, message: String) {
    self.file = file
    self.line = line
    self.message = message
  }
}

extension TopologyError: CustomStringConvertible {
  package var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}
