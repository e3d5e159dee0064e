package import Routing

/// Reads commands for `ip` and `sysctl` as iproute2 6.1 does, without a kernel.
///
/// What iproute2 takes is taken, abbreviations and oddities included, and what it would refuse without asking the
/// kernel is refused. It takes more in one way only: a command may begin with `ip` and its options, and may be for
/// `sysctl`, in a batch too.
package struct CommandParser: Sendable {
  /// A change, and the line of the batch on which its command starts.
  package struct Step: Hashable, Sendable {
    package var change: RoutingChange
    /// From 1.
    package var line: Int
    /// The command as it is run, with `ip` or `sysctl` in front.
    package var words: [String]
  }

  private let names: CommandNames
  private let family: AddressFamily?

  /// - Parameter family: that of `ip -4 -batch` and `ip -6 -batch`; a command may have its own.
  package init(names: CommandNames = CommandNames(), family: AddressFamily? = nil) {
    self.names = names
    self.family = family
  }

  /// The change of one command, which may go over several lines as in a batch.
  package func change(_ text: String) throws(CommandError) -> RoutingChange {
    let steps = try batch(Array(text.utf8))
    guard let first = steps.first else { throw CommandError(.empty, line: 1, column: 1) }
    if steps.count > 1 {
      throw CommandError(.incomplete("give one command here, not \(steps.count)"), line: steps[1].line, column: 1)
    }
    return first.change
  }

  /// The changes of a file for `ip -batch`, in its order.
  ///
  /// - Throws: for the first command that is not taken; no change of the file is returned then.
  package func batch(_ bytes: [UInt8]) throws(CommandError) -> [Step] {
    var lines = BatchLines(bytes)
    var steps: [Step] = []
    var selected: NexthopSelector?
    while let text = try lines.next() {
      let words = Self.withoutLauncher(try text.words())
      guard let first = words.first else { continue }
      var change = try change(words)
      // A command that begins with `ip` is a run of its own.
      if case .flushNexthops(var selector) = change, first.text != "ip" {
        if let selected { selector = selector.continuing(selected) }
        selected = selector
        change = .flushNexthops(selector)
      }
      let texts = words.map(\.text)
      let isComplete = first.text == "ip" || first.text == "sysctl"
      steps.append(Step(change: change, line: first.line, words: isComplete ? texts : ["ip"] + texts))
    }
    return steps
  }

  /// The command without `sudo`, and with `ip` and `sysctl` by their names where they are called by a path.
  private static func withoutLauncher(_ words: [Word]) -> [Word] {
    var words = words.first?.text == "sudo" ? Array(words.dropFirst()) : words
    for name in ["ip", "sysctl"] where words.first?.text.hasSuffix("/\(name)") == true { words[0].text = name }
    return words
  }

  private func change(_ words: [Word]) throws(CommandError) -> RoutingChange {
    var reader = CommandReader(words, names: names, family: family)
    if let word = reader.current, word.text == "sysctl" {
      reader.advance()
      return .sysctl(try SysctlGrammar.parse(reader, word))
    }
    // For `ip` this is an abbreviation of tcpmetrics, which no one means.
    if let word = reader.current, word.text == "tc" { throw word.error(.outside("tc")) }
    if reader.current?.text == "ip" { reader.advance() }
    reader = try CommandOptions.read(reader, words, names: names, family: family)
    guard let object = reader.current else { throw reader.incomplete("the command has no object, such as route") }
    guard let known = CommandObject.vocabulary[object] else {
      throw CommandObject.vocabulary.unknown(object, expected: "an object that ip knows")
    }
    reader.advance()
    return try known.change(reader, object)
  }
}

/// The options of `ip` itself.
private enum CommandOptions {
  private enum Meaning: Sendable {
    case family, harmless, number, show, outside, namespace
    case of(AddressFamily)
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .prefix("-loops", .number), .prefix("-family", .family), .exact("-4", .of(.ipv4)), .exact("-6", .of(.ipv6)),
    .exact("-0", .outside), .exact("-M", .outside), .exact("-B", .outside), .prefix("-human-readable", .harmless),
    .prefix("-iec", .harmless), .prefix("-statistics", .harmless), .exact("-stats", .harmless),
    .prefix("-details", .harmless), .prefix("-resolve", .harmless), .prefix("-oneline", .harmless),
    .prefix("-timestamp", .harmless), .prefix("-tshort", .harmless), .prefix("-Version", .show),
    .prefix("-force", .outside), .prefix("-batch", .outside), .prefix("-brief", .harmless),
    .prefix("-json", .harmless), .prefix("-pretty", .harmless), .prefix("-rcvbuf", .number),
    .prefix("-color", .harmless), .exact("-color=always", .harmless), .exact("-color=auto", .harmless),
    .exact("-color=never", .harmless), .prefix("-help", .show), .prefix("-netns", .namespace),
    .prefix("-Numeric", .harmless), .prefix("-all", .harmless), .exact("-echo", .harmless),
  ])

  /// The reader behind the options, with the family that they give.
  static func read(
    _ start: CommandReader, _ words: [Word], names: CommandNames, family: AddressFamily?
  ) throws(CommandError) -> CommandReader {
    var reader = start
    var family = family
    while let word = reader.current, word.text.hasPrefix("-") {
      if word.text == "--" {
        reader.advance()
        break
      }
      var option = word
      if option.text.hasPrefix("--") { option.text.removeFirst() }
      switch vocabulary[option] {
      case .of(let known): family = known
      case .family:
        let value = try reader.value(of: word)
        guard let known = try CommandReader.family(value) else { throw value.bad(word, "inet or inet6") }
        family = known
      case .number: _ = try reader.value(of: word)
      case .harmless: break
      case .show: throw word.error(.notAChange(word.text))
      case .outside: throw word.error(.outside("the option \(word.text) of ip"))
      case .namespace:
        throw word.error(.outside("the option \(word.text) of ip (leave it out, and give --netns to this program)"))
      case nil: throw vocabulary.unknown(word, expected: "an option of ip")
      }
      reader.advance()
    }
    var behind = CommandReader(words, names: names, family: family)
    behind.index = reader.index
    return behind
  }
}
