import Routing

/// The words of one command with what is needed to understand them; shared by the grammars of all commands.
struct CommandReader {
  private let words: [Word]
  /// The place of `current`; the number of words at the end.
  var index = 0
  let names: CommandNames
  /// The family that the command is run for (`ip -6`); nil when it is left open.
  let family: AddressFamily?

  init(_ words: [Word], names: CommandNames, family: AddressFamily?) {
    self.words = words
    self.names = names
    self.family = family
  }

  /// The word that is read now; nil at the end.
  var current: Word? { index < words.count ? words[index] : nil }

  /// Whether a word follows the current one.
  var hasNext: Bool { index + 1 < words.count }

  mutating func advance() { index += 1 }

  /// Reads on, to the value that has to follow `option`.
  mutating func value(of option: Word) throws(CommandError) -> Word {
    index += 1
    guard let word = current else { throw option.error(.missingValue(of: option.text)) }
    return word
  }

  /// The error of a command that lacks something or contradicts itself: at its last word.
  func incomplete(_ what: String) -> CommandError {
    guard let last = words.last else { return CommandError(.empty, line: 1, column: 1) }
    return last.error(.incomplete(what))
  }
}

/// The kinds of values that several commands have.
extension CommandReader {
  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    of option: Word, base: UInt64 = 0, as type: Number.Type = Number.self, _ allowed: ClosedRange<Number>? = nil
  ) throws(CommandError) -> Number {
    let word = try value(of: option)
    let range = allowed ?? 0...Number.max
    guard let number = NumberText.unsigned(word.text, base: base, as: type), range.contains(number) else {
      throw word.bad(option, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func integer(of option: Word) throws(CommandError) -> Int32 {
    let word = try value(of: option)
    guard let number = NumberText.signed(word.text) else { throw word.bad(option, "a number of 32 bits with a sign") }
    return number
  }

  mutating func flag(of option: Word) throws(CommandError) -> UInt32 { try number(of: option, 0...1) }

  mutating func `switch`(of option: Word) throws(CommandError) -> Bool {
    let word = try value(of: option)
    guard word.text == "on" || word.text == "off" else { throw word.bad(option, "on or off") }
    return word.text == "on"
  }

  /// As `switch`, where `ip` takes abbreviations too; `o` is off.
  mutating func abbreviatedSwitch(of option: Word) throws(CommandError) -> Bool {
    let word = try value(of: option)
    if word.abbreviates("off") { return false }
    guard word.abbreviates("on") else { throw word.bad(option, "on or off") }
    return true
  }

  mutating func address(of option: Word, family: AddressFamily?) throws(CommandError) -> AddressText {
    try Self.address(try value(of: option), option, family)
  }

  static func address(_ word: Word, _ option: Word, _ family: AddressFamily?) throws(CommandError) -> AddressText {
    guard let address = AddressText(word.text, family: family) else {
      throw word.bad(option, "\(phrase(family)) address")
    }
    return address
  }

  mutating func prefix(of option: Word, family: AddressFamily?) throws(CommandError) -> AddressText {
    try Self.prefix(try value(of: option), option, family)
  }

  static func prefix(_ word: Word, _ option: Word, _ family: AddressFamily?) throws(CommandError) -> AddressText {
    guard let prefix = AddressText(prefix: word.text, family: family) else {
      throw word.bad(option, "\(phrase(family)) prefix")
    }
    return prefix
  }

  static func phrase(_ family: AddressFamily?) -> String {
    switch family {
    case .ipv4: "an IPv4"
    case .ipv6: "an IPv6"
    case nil: "an IPv4 or IPv6"
    }
  }

  /// An address that may have a word for its family before it: `via inet6 fe80::1`.
  mutating func addressWithFamily(
    of option: Word, family: AddressFamily?
  ) throws(CommandError) -> (address: AddressText, word: Word) {
    let word = try value(of: option)
    if let named = try Self.family(word) {
      let next = try value(of: option)
      return (try Self.address(next, option, named), next)
    }
    return (try Self.address(word, option, family), word)
  }

  /// The family that a word names; nil for a word that names none.
  static func family(_ word: Word) throws(CommandError) -> AddressFamily? {
    switch word.text {
    case "inet": return .ipv4
    case "inet6": return .ipv6
    case "link", "mpls", "bridge": throw word.error(.outside("the family \(word.text)"))
    default: return nil
    }
  }

  /// The bytes of an address; one without bytes is refused by every kernel.
  static func sent(_ address: AddressText, _ word: Word, _ option: Word) throws(CommandError) -> IPAddress {
    guard let address = address.address else {
      throw word.error(.neverAccepted("\"\(option.text) \(word.text)\" is an address without bytes"))
    }
    return address
  }

  /// The value of an option, by name or number.
  ///
  /// - Parameter expected: what `read` understands, for the error.
  private mutating func named<Value>(
    of option: Word, _ expected: String, _ read: (String) -> Value?
  ) throws(CommandError) -> Value {
    let word = try value(of: option)
    guard let value = read(word.text) else { throw word.bad(option, expected) }
    return value
  }

  mutating func table(of option: Word) throws(CommandError) -> UInt32 {
    let names = names
    return try named(of: option, "a table's name or number") { names.table($0) }
  }

  mutating func routingProtocol(of option: Word) throws(CommandError) -> UInt8 {
    let names = names
    return try named(of: option, "a protocol's name or number to 255") { names.protocol($0) }
  }

  mutating func scope(of option: Word) throws(CommandError) -> UInt8 {
    let names = names
    return try named(of: option, "a scope's name or number to 255") { names.scope($0) }
  }

  /// A value that may also be `all`, which is nil.
  mutating func unlessAll<Value>(
    of option: Word, _ expected: String, _ read: (String) -> Value?
  ) throws(CommandError) -> Value? {
    let word = try value(of: option)
    if let value = read(word.text) { return value }
    guard word.text == "all" else { throw word.bad(option, expected) }
    return nil
  }

  mutating func dsField(of option: Word) throws(CommandError) -> UInt8 {
    let names = names
    return try named(of: option, "a DS field's name or hexadecimal number to ff") { names.dsField($0) }
  }

  mutating func realms(of option: Word) throws(CommandError) -> UInt32 {
    let names = names
    return try named(of: option, "REALM or SOURCE/DESTINATION") { names.realmPair($0) }
  }

  mutating func group(of option: Word) throws(CommandError) -> UInt32 {
    let names = names
    return try named(of: option, "an interface group's name or number") { names.group($0) }
  }

  mutating func ipProtocol(of option: Word) throws(CommandError) -> UInt8 {
    try named(of: option, "an IP protocol's name or number to 255") {
      NumberText.unsigned($0, base: 10) ?? IPProtocolName.number(of: $0)
    }
  }
}

/// `rtm_type` by its word.
enum RouteTypeWord {
  private static let vocabulary = Vocabulary<RouteType>([
    .exact("local", .local), .exact("nat", .nat), .prefix("broadcast", .broadcast), .exact("brd", .broadcast),
    .prefix("anycast", .anycast), .prefix("multicast", .multicast), .prefix("prohibit", .prohibit),
    .prefix("unreachable", .unreachable), .prefix("blackhole", .blackhole),
    .prefix("xresolve", RouteType(rawValue: 11)), .prefix("unicast", .unicast), .exact("throw", .throw),
  ])

  /// The type; nil when the word is neither a type's name nor a number.
  static func type(_ word: Word) -> RouteType? {
    vocabulary[word] ?? NumberText.unsigned(word.text).map(RouteType.init)
  }

  static func closest(to word: Word) -> String? { vocabulary.closest(to: word) }
}
