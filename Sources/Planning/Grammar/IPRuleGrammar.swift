import Routing

/// `ip rule add` and `del`.
struct IPRuleGrammar {
  var reader: CommandReader
  private var request: RuleRequest
  private var smallTable: UInt32 = 0
  private var largeTable: UInt32?
  private var lastTable: UInt32 = 0
  /// Something stands in for the table main.
  private var isTableSettled = false

  init(_ reader: CommandReader, _ mode: RequestMode) {
    self.reader = reader
    request = RuleRequest(mode: mode, family: reader.family ?? .ipv4, action: mode == .delete ? 0 : 1)
  }

  private enum Meaning: Sendable {
    case not, from, to, priority, dsField, mark, realms, `protocol`, tunnel, table, prefixLength, group, input, output
    case l3mdev, userIDs, nat, ipProtocol, sourcePorts, destinationPorts
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .exact("not", .not), .exact("from", .from), .exact("to", .to), .prefix("preference", .priority),
    .prefix("order", .priority), .prefix("priority", .priority), .exact("tos", .dsField), .prefix("dsfield", .dsField),
    .exact("fwmark", .mark), .prefix("realms", .realms), .prefix("protocol", .protocol), .prefix("tun_id", .tunnel),
    .prefix("table", .table), .exact("lookup", .table), .prefix("suppress_prefixlength", .prefixLength),
    .exact("sup_pl", .prefixLength), .prefix("suppress_ifgroup", .group), .exact("sup_group", .group),
    .exact("dev", .input), .exact("iif", .input), .exact("oif", .output), .exact("l3mdev", .l3mdev),
    .exact("uidrange", .userIDs), .exact("nat", .nat), .prefix("map-to", .nat), .exact("ipproto", .ipProtocol),
    .exact("sport", .sourcePorts), .exact("dport", .destinationPorts),
  ])

  mutating func parse() throws(CommandError) -> RuleRequest {
    guard reader.current != nil else { throw reader.incomplete("the rule needs at least one word") }
    while let word = reader.current {
      if let meaning = Self.vocabulary[word] { try read(meaning, word) } else { try readAction(word) }
      reader.advance()
    }
    if request.isL3MasterDevice, lastTable != 0 {
      throw reader.incomplete("a rule with l3mdev takes no table")
    }
    request.table = largeTable ?? (isTableSettled || request.mode == .delete ? smallTable : RouteTable.main)
    return request
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .not: request.isInverted = true
    case .from: request.source = try readPrefix(word)
    case .to: request.destination = try readPrefix(word)
    case .priority: request.priority = try reader.number(of: word)
    case .dsField: request.tos = try reader.dsField(of: word)
    case .mark:
      let (mark, mask) = try reader.mark(of: word)
      request.mark = mark
      request.markMask = mask ?? request.markMask
    case .realms: request.realms = try reader.realms(of: word)
    case .protocol: request.protocol = try reader.routingProtocol(of: word)
    case .tunnel: request.tunnelID = try reader.number(of: word)
    case .table: try readTable(word)
    case .prefixLength:
      let length: UInt32 = try reader.number(of: word, 0...UInt32(Int32.max))
      request.suppressPrefixLength = length
    case .group: request.suppressInterfaceGroup = try reader.group(of: word)
    case .input: request.inputInterface = try reader.interfaceName(of: word)
    case .output: request.outputInterface = try reader.interfaceName(of: word)
    case .l3mdev:
      request.isL3MasterDevice = true
      isTableSettled = true
    case .userIDs: request.userIDs = try reader.userIDs(of: word)
    case .nat:
      // The kernel takes the rule, and knows nothing of the address.
      _ = try reader.address(of: word, family: .ipv4)
      request.action = RouteType.nat.rawValue
    case .ipProtocol: request.ipProtocol = try reader.ipProtocol(of: word)
    case .sourcePorts: request.sourcePorts = try reader.ports(of: word)
    case .destinationPorts: request.destinationPorts = try reader.ports(of: word)
    }
  }

  private mutating func readPrefix(_ word: Word) throws(CommandError) -> AddressPrefix? {
    let prefix = try reader.prefix(of: word, family: reader.family)
    return prefix.length == 0 ? nil : prefix.prefix(request.family)
  }

  private mutating func readTable(_ word: Word) throws(CommandError) {
    let table = try reader.table(of: word)
    lastTable = table
    // A table below 256 travels in the header; a larger one in an attribute, which the kernel prefers.
    smallTable = table < 256 ? table : 0
    if table >= 256 { largeTable = table }
    isTableSettled = true
  }

  /// [type] goto PRIORITY | nop | TYPE
  private mutating func readAction(_ first: Word) throws(CommandError) {
    var word = first
    if word.text == "type" { word = try reader.value(of: word) }
    if word.abbreviates("goto") {
      request.target = try reader.number(of: word)
      request.action = 2
    } else if word.abbreviates("nop") {
      request.action = 3
    } else if let type = RouteTypeWord.type(word) {
      // The numbers of blackhole, unreachable and prohibit are those of the rules' actions too.
      request.action = type.rawValue
    } else {
      let closest = Self.vocabulary.closest(to: word) ?? RouteTypeWord.closest(to: word)
      throw word.error(.unknownWord(word.text, expected: "a word of ip rule", closest: closest))
    }
    isTableSettled = true
  }
}
