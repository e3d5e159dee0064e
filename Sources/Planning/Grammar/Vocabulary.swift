/// The words that a command knows at some place, in the order in which iproute2 compares them.
///
/// An abbreviation stands for the first word that it is a beginning of.
struct Vocabulary<Meaning: Sendable>: Sendable {
  struct Entry: Sendable {
    var text: String
    var isAbbreviable: Bool
    var meaning: Meaning

    /// A word that has to be written out.
    static func exact(_ text: String, _ meaning: Meaning) -> Entry {
      Entry(text: text, isAbbreviable: false, meaning: meaning)
    }

    /// A word of which a beginning is enough.
    static func prefix(_ text: String, _ meaning: Meaning) -> Entry {
      Entry(text: text, isAbbreviable: true, meaning: meaning)
    }
  }

  private let entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries }

  subscript(word: Word) -> Meaning? { entry(of: word)?.meaning }

  /// The word that this one stands for.
  func fullText(of word: Word) -> String? { entry(of: word)?.text }

  private func entry(of word: Word) -> Entry? {
    entries.first { $0.text == word.text || $0.isAbbreviable && word.abbreviates($0.text) }
  }

  /// The known word that is most like this one; nil when none is.
  func closest(to word: Word) -> String? {
    closestWord(to: word.text, among: entries.lazy.map(\.text))
  }

  /// The error of a word that is none of these, nor what the phrase `expected` says.
  func unknown(_ word: Word, expected: String) -> CommandError {
    word.error(.unknownWord(word.text, expected: expected, closest: closest(to: word)))
  }
}

/// The candidate with the fewest changes of letters from `text`; nil when a third of its letters would have to change.
func closestWord(to text: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(text.utf8.prefix(64))
  let allowed = max(1, letters.count / 3)
  var best: (text: String, distance: Int)?
  for candidate in candidates where !letters.isEmpty {
    let distance = changes(from: letters, to: Array(candidate.utf8))
    if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.text
}

/// The number of letters to add, drop, alter, or swap with their neighbour (optimal string alignment).
private func changes(from left: [UInt8], to right: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for (row, letter) in left.enumerated() {
    var current = [row + 1]
    for (column, other) in right.enumerated() {
      var cost = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
        cost = min(cost, beforeLast[column - 1] + 1)
      }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
