import Routing

/// `ip route flush`.
struct IPRouteFlushGrammar {
  var reader: CommandReader
  private var selector = RouteSelector()

  init(_ reader: CommandReader) { self.reader = reader }

  private enum Meaning: Sendable {
    case table, vrf, cached, dsField, `protocol`, scope, type, output, input, mark, metric, gateway, source, realms
    case from
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .prefix("table", .table), .prefix("vrf", .vrf), .prefix("cached", .cached), .prefix("cloned", .cached),
    .exact("tos", .dsField), .prefix("dsfield", .dsField), .prefix("protocol", .protocol), .prefix("scope", .scope),
    .prefix("type", .type), .exact("dev", .output), .exact("oif", .output), .exact("iif", .input),
    .exact("mark", .mark), .prefix("metric", .metric), .prefix("priority", .metric), .exact("preference", .metric),
    .exact("via", .gateway), .exact("src", .source), .prefix("realms", .realms), .prefix("from", .from),
  ])

  mutating func parse() throws(CommandError) -> RouteSelector {
    guard reader.current != nil else { throw reader.incomplete("ip route flush needs to be told what to flush") }
    while let word = reader.current {
      if let meaning = Self.vocabulary[word] { try read(meaning, word) } else { try readDestination(word) }
      reader.advance()
    }
    selector.family = reader.family
    if selector.family == nil, selector.table != .all { selector.family = .ipv4 }
    return selector
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .table: try readTable(word)
    case .vrf:
      selector.table = .one(.vrf(try reader.value(of: word).text))
      // All but local and broadcast, unless a type is given after this.
      selector.types = ~(1 << 2 | 1 << 3)
    case .cached: selector.onlyCached = true
    case .dsField: selector.tos = try reader.dsField(of: word)
    case .protocol:
      let names = reader.names
      selector.protocol = try reader.unlessAll(of: word, "a protocol's name or number, or all") { names.protocol($0) }
    case .scope:
      let names = reader.names
      selector.scope = try reader.unlessAll(of: word, "a scope's name or number, or all") { names.scope($0) }
    case .type:
      let value = try reader.value(of: word)
      guard let type = RouteTypeWord.type(value) else { throw value.bad(word, "a route's type") }
      // As a C int, which has no bit for types from 32 on.
      selector.types = UInt64(truncatingIfNeeded: Int32(1) << (Int32(type.rawValue) & 31))
    case .output: selector.outputInterface = try reader.value(of: word).text
    case .input: selector.inputInterface = try reader.value(of: word).text
    case .mark: selector.mark = try reader.number(of: word)
    case .metric: selector.metric = try reader.number(of: word)
    case .gateway: try readGateway(word)
    case .source:
      let prefix = try reader.prefix(of: word, family: reader.family)
      selector.preferredSource = prefix.family.map { prefix.prefix($0) }
    case .realms: try readRealms(word)
    case .from:
      let value = try reader.value(of: word)
      try readExtent(value, word, root: \.sourceRoot, match: \.sourceMatch)
    }
  }

  private mutating func readTable(_ word: Word) throws(CommandError) {
    let value = try reader.value(of: word)
    if let table = reader.names.table(value.text) {
      // Table 0 holds nothing, and stands for all of them.
      selector.table = table == 0 ? .all : .one(.number(table))
    } else if value.text == "all" {
      selector.table = .all
    } else if value.text == "cache" {
      selector.onlyCached = true
    } else {
      throw value.bad(word, "a table's name or number, or all")
    }
  }

  private mutating func readGateway(_ word: Word) throws(CommandError) {
    var value = try reader.value(of: word)
    var family = reader.family
    if let named = try CommandReader.family(value) {
      family = named
      value = try reader.value(of: word)
    }
    let prefix = try CommandReader.prefix(value, word, family)
    selector.gateway = prefix.family.map { prefix.prefix($0) }
  }

  /// A realm that is left out before or after the slash is not compared.
  private mutating func readRealms(_ word: Word) throws(CommandError) {
    let realms = try reader.realms(of: word)
    let text = reader.current?.text ?? ""
    var mask = UInt32.max
    if realms & 0xffff == 0, text.hasSuffix("/") { mask &= ~0xffff }
    if realms >> 16 == 0, !text.contains("/") || text.hasPrefix("/") { mask &= 0xffff }
    selector.realms = realms
    selector.realmsMask = mask
  }

  private mutating func readDestination(_ first: Word) throws(CommandError) {
    var word = first
    if word.abbreviates("to") { word = try reader.value(of: word) }
    try readExtent(word, first, root: \.destinationRoot, match: \.destinationMatch)
  }

  /// [root | match | exact] PREFIX
  private mutating func readExtent(
    _ first: Word, _ option: Word, root: WritableKeyPath<RouteSelector, RouteSelector.Extent?>,
    match: WritableKeyPath<RouteSelector, RouteSelector.Extent?>
  ) throws(CommandError) {
    var word = first
    let isRoot = word.abbreviates("root")
    let isMatch = !isRoot && word.abbreviates("match")
    if isRoot || isMatch || word.abbreviates("exact") { word = try reader.value(of: word) }
    guard let prefix = AddressText(prefix: word.text, family: reader.family) else {
      throw word.error(
        .unknownWord(
          word.text, expected: "\(CommandReader.phrase(reader.family)) prefix or a selection of ip route flush",
          closest: Self.vocabulary.closest(to: word)))
    }
    let extent: RouteSelector.Extent? =
      prefix.family.map { .prefix(prefix.prefix($0)) } ?? (prefix.isLengthGiven ? .default : nil)
    if !isMatch { selector[keyPath: root] = extent }
    if !isRoot { selector[keyPath: match] = extent }
  }
}
