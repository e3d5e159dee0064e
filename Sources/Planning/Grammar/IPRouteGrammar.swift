import Routing

/// `ip route add`, `del` and the like.
struct IPRouteGrammar {
  var reader: CommandReader
  var request: RouteRequest
  /// As it is known so far; IPv4 in the end where nothing tells it.
  var family: AddressFamily?
  private var destination: AddressText?
  private var source: AddressText?
  /// A table below 256 travels in the header; a larger one in an attribute, which the kernel prefers.
  private var smallTable: UInt32?
  private var largeTable: UInt32?
  private var vrf: String?
  private var isScopeGiven = false
  var locks: UInt32 = 0

  init(_ reader: CommandReader, _ mode: RequestMode) {
    self.reader = reader
    family = reader.family
    request = RouteRequest(mode: mode, family: .ipv4, destination: AddressPrefix(.unspecified(.ipv4), length: 0))
    if mode != .delete {
      request.protocol = 3
      request.type = .unicast
    } else {
      request.scope = 255
    }
  }

  enum Meaning: Sendable {
    case source, newDestination, gateway, from, dsField, expires, metric, scope, realms, onlink, nexthops, nexthopID
    case `protocol`, table, vrf, interface, preference, encapsulation, ttlPropagate
    case routeMetric(RouteMetricWord)
  }

  static let vocabulary = Vocabulary<Meaning>([
    .exact("src", .source), .exact("as", .newDestination), .exact("via", .gateway), .exact("from", .from),
    .exact("tos", .dsField), .prefix("dsfield", .dsField), .exact("expires", .expires), .prefix("metric", .metric),
    .prefix("priority", .metric), .exact("preference", .metric), .exact("scope", .scope),
    .exact("mtu", .routeMetric(.mtu)), .exact("hoplimit", .routeMetric(.hoplimit)),
    .exact("advmss", .routeMetric(.advmss)), .prefix("reordering", .routeMetric(.reordering)),
    .exact("rtt", .routeMetric(.rtt)), .exact("rto_min", .routeMetric(.rtoMin)),
    .prefix("window", .routeMetric(.window)), .prefix("cwnd", .routeMetric(.cwnd)),
    .prefix("initcwnd", .routeMetric(.initcwnd)), .prefix("initrwnd", .routeMetric(.initrwnd)),
    .prefix("features", .routeMetric(.features)), .prefix("quickack", .routeMetric(.quickack)),
    .prefix("congctl", .routeMetric(.congctl)), .prefix("rttvar", .routeMetric(.rttvar)),
    .prefix("ssthresh", .routeMetric(.ssthresh)), .prefix("realms", .realms), .exact("onlink", .onlink),
    .exact("nexthop", .nexthops), .exact("nhid", .nexthopID), .prefix("protocol", .protocol),
    .prefix("table", .table), .prefix("vrf", .vrf), .exact("dev", .interface), .exact("oif", .interface),
    .prefix("pref", .preference), .exact("encap", .encapsulation), .exact("ttl-propagate", .ttlPropagate),
    .prefix("fastopen_no_cookie", .routeMetric(.fastopenNoCookie)),
  ])

  mutating func parse() throws(CommandError) -> RouteRequest {
    while let word = reader.current {
      guard let meaning = Self.vocabulary[word] else {
        try readDestination(word)
        reader.advance()
        continue
      }
      if case .nexthops = meaning {
        try readLegs()
        break
      }
      if case .routeMetric(let metric) = meaning {
        try readMetric(metric, word)
      } else {
        try read(meaning, word)
      }
      reader.advance()
    }
    return try finished()
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .gateway:
      guard request.leg.gateway == nil, request.leg.otherFamilyGateway == nil else {
        throw word.error(.duplicate(word.text))
      }
      let read = try reader.addressWithFamily(of: word, family: family)
      if family == nil { family = read.address.family }
      let gateway = try CommandReader.sent(read.address, read.word, word)
      if gateway.family == family { request.leg.gateway = gateway } else { request.leg.otherFamilyGateway = gateway }
    case .source: request.preferredSource = try readAddress(word)
    case .newDestination: throw word.error(.outside("rewriting labels with \"\(word.text)\""))
    case .from:
      let prefix = try reader.prefix(of: word, family: family)
      if family == nil { family = prefix.family }
      source = prefix
    case .dsField: request.tos = try reader.dsField(of: word)
    case .expires: request.expires = try reader.number(of: word)
    case .metric: request.metric = try reader.number(of: word)
    case .scope:
      request.scope = try reader.scope(of: word)
      isScopeGiven = true
    case .realms: request.leg.realms = try reader.realms(of: word)
    case .onlink: request.leg.isOnlink = true
    case .nexthopID: request.nexthopID = try reader.number(of: word)
    case .protocol: request.protocol = try reader.routingProtocol(of: word)
    case .table:
      let table = try reader.table(of: word)
      if table < 256 { smallTable = table } else { largeTable = table }
    case .vrf: vrf = try reader.value(of: word).text
    case .interface: request.leg.interface = try reader.value(of: word).text
    case .preference: request.preference = try readPreference(word)
    case .encapsulation: request.leg.encapsulation = try EncapsulationGrammar.parse(&reader, word).request
    case .ttlPropagate:
      let value = try reader.value(of: word)
      guard value.abbreviates("enabled") || value.abbreviates("disabled") else {
        throw value.bad(word, "enabled or disabled")
      }
      request.ttlPropagate = value.abbreviates("enabled") ? 1 : 0
    case .nexthops, .routeMetric: break
    }
  }

  private mutating func readAddress(_ option: Word) throws(CommandError) -> IPAddress {
    let word = try reader.value(of: option)
    let address = try CommandReader.address(word, option, family)
    if family == nil { family = address.family }
    return try CommandReader.sent(address, word, option)
  }

  private mutating func readPreference(_ option: Word) throws(CommandError) -> UInt8 {
    let word = try reader.value(of: option)
    switch word.text {
    case "low": return 3
    case "medium": return 0
    case "high": return 1
    default:
      guard let number = NumberText.unsigned(word.text, as: UInt8.self) else {
        throw word.bad(option, "low, medium, high or a number to 255")
      }
      return number
    }
  }

  /// [to] [TYPE] PREFIX
  private mutating func readDestination(_ first: Word) throws(CommandError) {
    var word = first
    if word.text == "to" { word = try reader.value(of: word) }
    let startsWithDigit = word.text.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    if !startsWithDigit, let type = RouteTypeWord.type(word) {
      word = try reader.value(of: word)
      request.type = type
    }
    guard destination == nil else {
      let closest = Self.vocabulary.closest(to: word)
      throw word.error(.unknownWord(word.text, expected: "a word of ip route after its prefix", closest: closest))
    }
    guard let prefix = AddressText(prefix: word.text, family: family) else {
      let closest = Self.vocabulary.closest(to: word) ?? RouteTypeWord.closest(to: word)
      let expected = "\(CommandReader.phrase(family)) prefix or a word of ip route"
      throw word.error(.unknownWord(word.text, expected: expected, closest: closest))
    }
    if family == nil { family = prefix.family }
    destination = prefix
  }

  private mutating func finished() throws(CommandError) -> RouteRequest {
    guard let destination else { throw reader.incomplete("the route has no prefix; write one, or \"default\"") }
    let family = family ?? .ipv4
    request.family = family
    request.destination = destination.prefix(family)
    request.source = source?.prefix(family)
    if locks != 0, !request.metrics.isEmpty { request.metrics.append(RouteMetric(kind: 1, value: locks)) }
    try chooseTable()
    if !isScopeGiven { request.scope = defaultScope(family) }
    return request
  }

  private mutating func chooseTable() throws(CommandError) {
    if let vrf {
      guard smallTable == nil, largeTable == nil else {
        throw reader.incomplete("give a table or a VRF, not both")
      }
      request.table = .vrf(vrf)
    } else if let table = largeTable ?? smallTable {
      request.table = .number(table)
    } else if [.local, .broadcast, .nat, .anycast].contains(request.type) {
      request.table = .number(RouteTable.local)
    }
  }

  private func defaultScope(_ family: AddressFamily) -> UInt8 {
    guard family == .ipv4 else { return 0 }
    switch request.type {
    case .local, .nat: return 254
    case .broadcast, .multicast, .anycast: return 253
    case .unicast, .unspecified:
      if request.mode == .delete { return 255 }
      let leg = request.leg
      let hasGateway = leg.gateway != nil || leg.otherFamilyGateway != nil
      // Number 0 names no object, and `ip` forgets that it was given.
      return hasGateway || !request.legs.isEmpty || (request.nexthopID ?? 0) != 0 ? 0 : 253
    default: return request.mode == .delete ? 255 : 0
    }
  }
}
