/// Why a text is not JSON, and where.
package struct JSONError: Error, Hashable {
  package enum Kind: Hashable, Sendable {
    /// The text breaks the grammar of RFC 8259, or one of this reader's limits.
    case syntax
    /// The text stops in the middle of a value; what there is of it is fine.
    case truncated
    /// The source of the text failed with this errno.
    case unreadable(Int32)
  }

  package var kind: Kind
  /// From 1.
  package var line: Int
  /// In bytes, from 1.
  package var column: Int
  /// What is wrong, as a phrase without a position.
  package var phrase: String

  package init(kind: Kind, line: Int, column: Int, phrase: String) {
    self.kind = kind
    self.line = line
    self.column = column
    self.phrase = phrase
  }
}

extension JSONError: CustomStringConvertible {
  package var description: String { "line \(line), column \(column): \(phrase)" }
}
