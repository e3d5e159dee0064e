/// Where a transaction is to be found: what a command about it needs beside its own words.
package struct TransactionPlace: Hashable, Sendable {
  /// What the user called the network namespace; nil for his own.
  package var namespaceName: String?
  /// The directory of the journal.
  package var journal: String

  package init(namespaceName: String?, journal: String) {
    self.namespaceName = namespaceName
    self.journal = journal
  }

  /// The options for a shell, each with a space before it; empty where none is needed.
  package var options: String {
    (namespaceName.map { " --netns \(Self.word($0))" } ?? "") + journalOption
  }

  /// The option for the journal alone, where the namespace is gone.
  package var journalOption: String {
    journal == TransactionDirectory.standardPath ? "" : " --journal \(Self.word(journal))"
  }

  /// A word as a shell takes it.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        || "/._-+:@%".utf8.contains(byte)
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}

extension JournalCourse {
  /// Where the transaction is to be found, by the directory of its journal.
  package func place(in directory: TransactionDirectory) -> TransactionPlace {
    TransactionPlace(namespaceName: head.namespaceName, journal: directory.path)
  }
}
