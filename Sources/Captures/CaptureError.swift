/// Why a capture file can not be read, and where.
package struct CaptureError: Error, Hashable, Sendable {
  /// The file as the user named it.
  package var file: String
  /// The frame that was being read, from 1; nil for the file as a whole.
  package var frame: Int?
  /// What is wrong.
  package var message: String
}

extension CaptureError: CustomStringConvertible {
  /// FILE: frame N: MESSAGE, as far as the place is known.
  package var description: String {
    frame.map { "\(file): frame \($0): \(message)" } ?? "\(file): \(message)"
  }
}
