/// The commands of a batch file, as `ip -batch` of iproute2 6.1 finds them.
///
/// `#` starts a comment wherever it stands, in quotes and in words too. A backslash directly before the end of a line
/// continues it, unless a comment comes before the backslash. A NUL byte ends the line's text.
struct BatchLines {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next command, which may be blank; nil at the end of the file.
  mutating func next() throws(CommandError) -> CommandText? {
    guard var part = nextLine() else { return nil }
    var command = CommandText()
    while true {
      let start = line
      command.append(part.text, line: start)
      guard part.isContinued else { return command }
      command.removeLast(1)
      guard let following = nextLine() else {
        let column = part.text.count
        throw CommandError(.missingContinuation, line: start, column: column)
      }
      part = following
    }
  }

  private mutating func nextLine() -> (text: ArraySlice<UInt8>, isContinued: Bool)? {
    guard index < bytes.count else { return nil }
    line += 1
    let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n"))
    let whole = bytes[index..<(end ?? bytes.count)]
    index = (end ?? bytes.count - 1) + 1
    if let cut = whole.firstIndex(where: { $0 == UInt8(ascii: "#") || $0 == 0 }) { return (whole[..<cut], false) }
    return (whole, end != nil && whole.last == UInt8(ascii: "\\"))
  }
}
