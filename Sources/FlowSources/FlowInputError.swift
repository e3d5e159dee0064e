internal import JSON

/// Why a flow could not be read, and where.
package struct FlowInputError: Error, Hashable {
  /// The file as the user named it; nil where the text is not from a file.
  package var file: String?
  /// From 1.
  package var line: Int?
  /// Of the field's first byte in its line, from 1.
  package var column: Int?
  /// What is wrong, and what would be right.
  package var message: String
  /// Whether reading can go on with the next line.
  package var isRecoverable: Bool

  package init(
    file: String? = nil, line: Int? = nil, column: Int? = nil, message: String, isRecoverable: Bool = true
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.isRecoverable = isRecoverable
  }
}

extension FlowInputError: CustomStringConvertible {
  /// FILE:LINE:COLUMN: MESSAGE, as far as the place is known.
  package var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}

/// What is wrong with one field, before its place is known; nil for the field means the flow as a whole.
struct FlowFieldError: Error {
  var field: FlowField?
  var message: String
}

/// The text in quotes, shortened, on one line.
func quoted(_ text: String) -> String { JSONValue.string(text).summary }

func quoted(_ text: Span<UInt8>) -> String { quoted(string(text)) }

func string(_ text: Span<UInt8>) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.count)
  for index in text.indices { bytes.append(text[index]) }
  return String(decoding: bytes, as: UTF8.self)
}
