/// One word of a command, and where it stands.
struct Word: Hashable {
  var text: String
  /// From 1.
  var line: Int
  /// Of the first byte, from 1.
  var column: Int

  func error(_ problem: CommandError.Problem) -> CommandError {
    CommandError(problem, line: line, column: column)
  }

  /// The error of a value that is not what its option takes.
  func bad(_ option: Word, _ expected: String) -> CommandError {
    error(.badValue(text, of: option.text, expected: expected))
  }

  /// Whether the word is the beginning of `full`, or all of it: what iproute2 takes for many words.
  func abbreviates(_ full: String) -> Bool {
    !text.isEmpty && full.utf8.starts(with: text.utf8)
  }
}
