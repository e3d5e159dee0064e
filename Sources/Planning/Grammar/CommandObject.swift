import Routing

/// What a command of `ip` is about.
enum CommandObject: Sendable {
  case address, route, rule, neighbour, link, nexthop, outside, help

  static let vocabulary = Vocabulary<CommandObject>([
    .prefix("address", .address), .prefix("addrlabel", .outside), .prefix("maddress", .outside),
    .prefix("route", .route), .prefix("rule", .rule), .prefix("neighbor", .neighbour),
    .prefix("neighbour", .neighbour), .prefix("ntable", .outside), .prefix("ntbl", .outside), .prefix("link", .link),
    .prefix("l2tp", .outside), .prefix("fou", .outside), .prefix("ila", .outside), .prefix("macsec", .outside),
    .prefix("tunnel", .outside), .prefix("tunl", .outside), .prefix("tuntap", .outside), .prefix("tap", .outside),
    .prefix("token", .outside), .prefix("tcpmetrics", .outside), .prefix("tcp_metrics", .outside),
    .prefix("monitor", .outside), .prefix("xfrm", .outside), .prefix("mroute", .outside), .prefix("mrule", .outside),
    .prefix("netns", .outside), .prefix("netconf", .outside), .prefix("vrf", .outside), .prefix("sr", .outside),
    .prefix("nexthop", .nexthop), .prefix("mptcp", .outside), .prefix("ioam", .outside), .prefix("help", .help),
    .prefix("stats", .outside),
  ])

  /// The change that the words after the object ask for.
  func change(_ reader: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    switch self {
    case .route: try Self.route(reader, object)
    case .nexthop: try Self.nexthop(reader, object)
    case .rule: try Self.rule(reader, object)
    case .link: try Self.link(reader, object)
    case .address: try Self.address(reader, object)
    case .neighbour: try Self.neighbour(reader, object)
    case .outside: throw object.error(.outside("ip \(Self.vocabulary.fullText(of: object) ?? object.text)"))
    case .help: throw object.error(.notAChange(object.text))
    }
  }

  /// What a command does with its object.
  private enum Verb: Sendable {
    case modify(RequestMode)
    case flush, set, show, outside
  }

  /// Reads the verb, and leaves the reader behind it; an object without a verb is shown.
  private static func verb(
    _ verbs: Vocabulary<Verb>, _ reader: inout CommandReader, _ object: Word
  ) throws(CommandError) -> Verb {
    guard let word = reader.current else { throw object.error(.notAChange(object.text)) }
    let name = "ip " + (vocabulary.fullText(of: object) ?? object.text)
    guard let verb = verbs[word] else { throw verbs.unknown(word, expected: "a command of \(name)") }
    reader.advance()
    switch verb {
    case .show: throw word.error(.notAChange(word.text))
    case .outside: throw word.error(.outside("\(name) \(verbs.fullText(of: word) ?? word.text)"))
    default: return verb
    }
  }

  private static let routeVerbs = Vocabulary<Verb>([
    .prefix("add", .modify(.add)), .prefix("change", .modify(.change)), .exact("chg", .modify(.change)),
    .prefix("replace", .modify(.replace)), .prefix("prepend", .modify(.prepend)), .prefix("append", .modify(.append)),
    .prefix("test", .modify(.test)), .prefix("delete", .modify(.delete)), .prefix("list", .show),
    .prefix("show", .show), .prefix("lst", .show), .prefix("get", .show), .prefix("flush", .flush),
    .prefix("save", .show), .prefix("restore", .outside), .prefix("showdump", .show), .prefix("help", .show),
  ])

  private static func route(_ start: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    var reader = start
    if case .modify(let mode) = try verb(routeVerbs, &reader, object) {
      var grammar = IPRouteGrammar(reader, mode)
      return .route(try grammar.parse())
    }
    var grammar = IPRouteFlushGrammar(reader)
    return .flushRoutes(try grammar.parse())
  }

  private static let nexthopVerbs = Vocabulary<Verb>([
    .prefix("add", .modify(.add)), .prefix("replace", .modify(.replace)), .prefix("delete", .modify(.delete)),
    .prefix("list", .show), .prefix("show", .show), .prefix("lst", .show), .prefix("get", .show),
    .prefix("flush", .flush), .prefix("bucket", .show), .prefix("help", .show),
  ])

  private static func nexthop(_ start: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    var reader = start
    if case .modify(let mode) = try verb(nexthopVerbs, &reader, object) {
      var grammar = IPNexthopGrammar(reader, mode)
      return .nexthop(try grammar.parse())
    }
    return try IPNexthopGrammar.flush(reader)
  }

  private static let ruleVerbs = Vocabulary<Verb>([
    .prefix("list", .show), .prefix("lst", .show), .prefix("show", .show), .prefix("save", .show),
    .prefix("restore", .outside), .prefix("add", .modify(.add)), .prefix("delete", .modify(.delete)),
    .prefix("flush", .flush), .prefix("help", .show),
  ])

  private static func rule(_ start: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    var reader = start
    if case .modify(let mode) = try verb(ruleVerbs, &reader, object) {
      var grammar = IPRuleGrammar(reader, mode)
      return .rule(try grammar.parse())
    }
    return .flushRules(try IPRuleFlushGrammar.parse(reader))
  }

  private static let linkVerbs = Vocabulary<Verb>([
    .prefix("add", .outside), .prefix("set", .set), .prefix("change", .set), .prefix("replace", .outside),
    .prefix("delete", .modify(.delete)), .prefix("show", .show), .prefix("lst", .show), .prefix("list", .show),
    .prefix("xstats", .show), .prefix("afstats", .show), .prefix("property", .outside), .prefix("help", .show),
  ])

  private static func link(_ start: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    var reader = start
    let verb = try verb(linkVerbs, &reader, object)
    var grammar = IPLinkGrammar(reader)
    if case .set = verb { return try grammar.parseSet() }
    return try grammar.parseDeletion()
  }

  private static let addressVerbs = Vocabulary<Verb>([
    .prefix("add", .modify(.add)), .prefix("change", .modify(.change)), .exact("chg", .modify(.change)),
    .prefix("replace", .modify(.replace)), .prefix("delete", .modify(.delete)), .prefix("list", .show),
    .prefix("show", .show), .prefix("lst", .show), .prefix("flush", .flush), .prefix("save", .show),
    .prefix("showdump", .show), .prefix("restore", .outside), .prefix("help", .show),
  ])

  private static func address(_ start: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    var reader = start
    if case .modify(let mode) = try verb(addressVerbs, &reader, object) {
      var grammar = IPAddressGrammar(reader, mode)
      return .address(try grammar.parse())
    }
    return .flushAddresses(try IPAddressFlushGrammar.parse(reader))
  }

  private static let neighbourVerbs = Vocabulary<Verb>([
    .prefix("add", .modify(.add)), .prefix("change", .modify(.change)), .exact("chg", .modify(.change)),
    .prefix("replace", .modify(.replace)), .prefix("delete", .modify(.delete)), .prefix("get", .show),
    .prefix("show", .show), .prefix("lst", .show), .prefix("list", .show), .prefix("flush", .flush),
    .prefix("help", .show),
  ])

  private static func neighbour(_ start: CommandReader, _ object: Word) throws(CommandError) -> RoutingChange {
    var reader = start
    if case .modify(let mode) = try verb(neighbourVerbs, &reader, object) {
      var grammar = IPNeighbourGrammar(reader, mode)
      return .neighbour(try grammar.parse())
    }
    return .flushNeighbours(try IPNeighbourGrammar.flush(reader))
  }
}
