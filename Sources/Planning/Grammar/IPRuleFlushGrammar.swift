import Routing

/// `ip rule flush`.
struct IPRuleFlushGrammar {
  private enum Meaning: Sendable {
    case priority, not, dsField, mark, input, output, l3mdev, userIDs, tunnel, table, from, `protocol`, ipProtocol
    case sourcePorts, destinationPorts
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .prefix("preference", .priority), .prefix("order", .priority), .prefix("priority", .priority), .exact("not", .not),
    .exact("tos", .dsField), .exact("dsfield", .dsField), .exact("fwmark", .mark), .exact("dev", .input),
    .exact("iif", .input), .exact("oif", .output), .exact("l3mdev", .l3mdev), .exact("uidrange", .userIDs),
    .prefix("tun_id", .tunnel), .prefix("lookup", .table), .prefix("table", .table), .prefix("from", .from),
    .prefix("src", .from), .prefix("protocol", .protocol), .exact("ipproto", .ipProtocol),
    .exact("sport", .sourcePorts), .exact("dport", .destinationPorts),
  ])

  static func parse(_ start: CommandReader) throws(CommandError) -> RuleSelector {
    var reader = start
    let family = reader.family ?? .ipv4
    var selector = RuleSelector(family: family)
    while let word = reader.current {
      if let meaning = vocabulary[word] {
        try read(meaning, word, &reader, &selector)
      } else {
        var value = word
        if word.abbreviates("dst") || word.abbreviates("to") { value = try reader.value(of: word) }
        guard let prefix = AddressText(prefix: value.text, family: family) else {
          throw vocabulary.unknown(value, expected: "\(CommandReader.phrase(family)) prefix or a selection of ip rule")
        }
        selector.destination = prefix.prefix(family)
      }
      reader.advance()
    }
    return selector
  }

  private static func read(
    _ meaning: Meaning, _ word: Word, _ reader: inout CommandReader, _ selector: inout RuleSelector
  ) throws(CommandError) {
    switch meaning {
    case .priority: selector.priority = try reader.number(of: word)
    case .not: selector.onlyInverted = true
    case .dsField: selector.tos = try reader.dsField(of: word)
    case .mark:
      let (mark, mask) = try reader.mark(of: word)
      selector.mark = mark
      selector.markMask = mask ?? selector.markMask
    case .input: selector.inputInterface = try reader.interfaceName(of: word)
    case .output: selector.outputInterface = try reader.interfaceName(of: word)
    case .l3mdev: selector.onlyL3MasterDevice = true
    case .userIDs: selector.userIDs = try reader.userIDs(of: word)
    case .tunnel: selector.tunnelID = try reader.number(of: word)
    case .table: selector.table = try reader.table(of: word)
    case .from: selector.source = try reader.prefix(of: word, family: selector.family).prefix(selector.family)
    case .protocol:
      let names = reader.names
      selector.protocol = try reader.unlessAll(of: word, "a protocol's name or number, or all") { names.protocol($0) }
    case .ipProtocol: selector.ipProtocol = try reader.ipProtocol(of: word)
    case .sourcePorts: selector.sourcePorts = try reader.ports(of: word)
    case .destinationPorts: selector.destinationPorts = try reader.ports(of: word)
    }
  }
}

/// Values of rules.
extension CommandReader {
  /// MARK[/MASK]
  mutating func mark(of option: Word) throws(CommandError) -> (mark: UInt32, mask: UInt32?) {
    let word = try value(of: option)
    let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let mark = NumberText.unsigned(parts[0], as: UInt32.self) else { throw word.bad(option, "MARK[/MASK]") }
    guard parts.count == 2 else { return (mark, nil) }
    guard let mask = NumberText.unsigned(parts[1], as: UInt32.self) else { throw word.bad(option, "MARK[/MASK]") }
    return (mark, mask)
  }

  /// The name that an interface has or will have: 1 to 15 bytes without a slash or white space.
  mutating func interfaceName(of option: Word) throws(CommandError) -> String {
    let word = try value(of: option)
    guard Self.isInterfaceName(word.text), word.text.utf8.count < 16 else {
      throw word.bad(option, "an interface's name of at most 15 bytes, without a slash or a space")
    }
    return word.text
  }

  /// Whether the text can be an interface's name or alternative name.
  static func isInterfaceName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0x20 && !(9...13).contains($0) }
  }

  /// FIRST-LAST, two numbers of 32 bits; what follows them does not count.
  mutating func userIDs(of option: Word) throws(CommandError) -> Rule.Range {
    let word = try value(of: option)
    guard let first = NumberText.leading(Substring(word.text).utf8, base: 10),
      first.rest.first == UInt8(ascii: "-"), let last = NumberText.leading(first.rest.dropFirst(), base: 10)
    else { throw word.bad(option, "FIRST-LAST") }
    return Rule.Range(
      first: UInt32(truncatingIfNeeded: first.value), last: UInt32(truncatingIfNeeded: last.value))
  }

  /// PORT or FIRST-LAST; of each the low 16 bits count, and what follows does not.
  mutating func ports(of option: Word) throws(CommandError) -> Rule.Range {
    let word = try value(of: option)
    guard let first = NumberText.leading(Substring(word.text).utf8, base: 10) else {
      throw word.bad(option, "PORT or FIRST-LAST")
    }
    let start = UInt32(UInt16(truncatingIfNeeded: first.value))
    guard first.rest.first == UInt8(ascii: "-"),
      let last = NumberText.leading(first.rest.dropFirst(), base: 10)
    else { return Rule.Range(first: start, last: start) }
    return Rule.Range(first: start, last: UInt32(UInt16(truncatingIfNeeded: last.value)))
  }
}
