/// Why a command is not taken, and which word of it is to blame.
package struct CommandError: Error, Hashable {
  package enum Problem: Hashable, Sendable {
    /// A quote is opened and not closed.
    case unterminatedQuote
    /// The last line of a file ends with a backslash.
    case missingContinuation
    /// `ip -batch` takes no more words in a command than these.
    case tooManyWords(maximum: Int)
    /// There is no command in the text.
    case empty
    /// The word is none that can stand here; `expected` is a phrase, `closest` the known word that is most like it.
    case unknownWord(String, expected: String, closest: String?)
    /// The command ends where the value of this word is due.
    case missingValue(of: String)
    /// The value of the word `of` is not what it has to be.
    case badValue(String, of: String, expected: String)
    /// The word may be given once.
    case duplicate(String)
    /// The command lacks something, or combines what does not go together, as a sentence.
    case incomplete(String)
    /// `ip` sends the command, but no kernel takes it.
    case neverAccepted(String)
    /// The command shows, saves or explains, and changes nothing.
    case notAChange(String)
    /// A change beyond what is simulated here.
    case outside(String)
  }

  package var problem: Problem
  /// From 1: the line on which the word starts, also where a command is continued over several lines.
  package var line: Int
  /// Of the word's first byte in its line, from 1.
  package var column: Int

  package init(_ problem: Problem, line: Int, column: Int) {
    self.problem = problem
    self.line = line
    self.column = column
  }

  /// Whether `ip` too would refuse the command without asking the kernel.
  package var isSyntaxError: Bool {
    switch problem {
    case .neverAccepted, .notAChange, .outside: false
    default: true
    }
  }
}

extension CommandError: CustomStringConvertible {
  /// LINE:COLUMN: what is wrong, and what would be right.
  package var description: String { "\(line):\(column): \(problem)" }
}

extension CommandError.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unterminatedQuote: "the quote that starts here does not end"
    case .missingContinuation: "the line ends with a backslash, but no line follows"
    case .tooManyWords(let maximum): "a command has at most \(maximum) words"
    case .empty: "there is no command; write one as for ip, such as \"route add 10.0.0.0/8 via 192.0.2.1\""
    case .unknownWord(let word, let expected, let closest):
      "\(quoted(word)) is not \(expected)" + (closest.map { "; did you mean \"\($0)\"?" } ?? "")
    case .missingValue(let word): "the command ends where the value of \(quoted(word)) should follow"
    case .badValue(let value, let word, let expected):
      "\(quoted(value)) is no value of \"\(word)\"; it takes \(expected)"
    case .duplicate(let word): "\(quoted(word)) is given twice"
    case .incomplete(let what): what
    case .neverAccepted(let what): "no kernel takes this: \(what)"
    case .notAChange(let word): "\(quoted(word)) changes nothing; give a command that does"
    case .outside(let what): "\(what) is not simulated"
    }
  }

  /// The word in quotes on one line, cut where it is long.
  private func quoted(_ word: String) -> String {
    let scalars = word.unicodeScalars
    var text = "\""
    for scalar in scalars.prefix(60) {
      text += scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return text + (scalars.count > 60 ? "…\"" : "\"")
  }
}
