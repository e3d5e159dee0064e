import Routing

/// Gives finished lines of text their colours: interfaces, addresses by family, states, and bold headings.
///
/// Nothing but escape sequences is added, so that text without colour is what it is without a painter. It is for
/// lines of reports, not for the style of iproute2, whose colours are in other places.
package struct TextPainter: Sendable {
  /// A word of a line, and its colour.
  private struct Word {
    var range: Range<Int>
    var colour: Palette.Colour?
  }

  private static let newline = UInt8(ascii: "\n")
  private static let space = UInt8(ascii: " ")
  /// Words before the name of an interface.
  private static let beforeInterface: Set<String> = ["dev", "iif", "oif"]
  private static let states: [String: Palette.Colour] = [
    "reachable": .good, "permanent": .good, "noarp": .good, "stale": .doubtful, "delay": .doubtful, "probe": .doubtful,
    "incomplete": .doubtful, "uncertain": .doubtful, "failed": .bad, "dead": .bad, "linkdown": .bad,
  ]

  private let palette: Palette

  package init(_ palette: Palette) { self.palette = palette }

  /// Whole lines, with colours.
  package func painted(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count * 2)
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: Self.newline) ?? text.count
      let isFollowedByIndent = end + 1 < text.count && text[end + 1] == Self.space
      paint(text[start..<end], isHeading: Self.isHeading(text[start..<end], isFollowedByIndent), to: &output)
      if end < text.count { output.append(Self.newline) }
      start = end + 1
    }
    return output
  }

  /// Whether a line is what others stand below: they are indented, or in the columns that it names.
  private static func isHeading(_ line: ArraySlice<UInt8>, _ isFollowedByIndent: Bool) -> Bool {
    guard let first = line.first, first != space else { return false }
    if isFollowedByIndent { return true }
    guard line.allSatisfy({ $0 == space || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) else { return false }
    let gaps = zip(line, line.dropFirst()).count { $0 == space && $1 == space }
    return gaps >= 1 && line.split(separator: space).count >= 3
  }

  private func paint(_ line: ArraySlice<UInt8>, isHeading: Bool, to output: inout [UInt8]) {
    let words = Self.words(of: line)
    var done = line.startIndex
    for word in words {
      guard let colour = word.colour else { continue }
      plain(line[done..<word.range.lowerBound], isBold: isHeading, to: &output)
      output += palette.start(colour, isBold: isHeading)
      output += line[word.range]
      output += Palette.end
      done = word.range.upperBound
    }
    plain(line[done...], isBold: isHeading, to: &output)
  }

  private func plain(_ text: ArraySlice<UInt8>, isBold: Bool, to output: inout [UInt8]) {
    guard isBold, !text.isEmpty else {
      output += text
      return
    }
    output += Palette.bold
    output += text
    output += Palette.end
  }

  /// The words of a line, without brackets and punctuation around them.
  private static func words(of line: ArraySlice<UInt8>) -> [Word] {
    var words: [Word] = []
    var previous = ""
    for part in line.split(separator: space) {
      var range = part.startIndex..<part.endIndex
      if let first = line[range].first, "([".utf8.contains(first), range.count > 1 {
        range = range.lowerBound + 1..<range.upperBound
      }
      // A colon may end an address, too.
      while let last = line[range].last, ",:;)]".utf8.contains(last), range.count > 1,
        IPAddress(String(decoding: line[range], as: UTF8.self)) == nil
      {
        range = range.lowerBound..<range.upperBound - 1
      }
      let text = String(decoding: line[range], as: UTF8.self)
      if text == "carrier", previous == "no", let last = words.indices.last {
        words[last].range = words[last].range.lowerBound..<range.upperBound
        words[last].colour = .bad
      } else {
        words.append(Word(range: range, colour: colour(of: text, after: previous)))
      }
      previous = text
    }
    return words
  }

  private static func colour(of word: String, after previous: String) -> Palette.Colour? {
    if beforeInterface.contains(previous) { return .interface }
    if let state = states[word] ?? states[word.lowercased()] { return state }
    guard word.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }) else { return nil }
    let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])), parts.count == 1 || UInt8(parts[1]) != nil else { return nil }
    return Palette.Colour(address.family)
  }
}
