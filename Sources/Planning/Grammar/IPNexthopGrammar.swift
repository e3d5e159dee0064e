import Routing

/// `ip nexthop add`, `replace`, `del` and `flush`.
struct IPNexthopGrammar {
  var reader: CommandReader
  private var request: NexthopRequest
  /// What the attributes take of the 1048 bytes that `ip` has for the message.
  private var length = 24

  private static let room = 1048

  init(_ reader: CommandReader, _ mode: RequestMode) {
    self.reader = reader
    request = NexthopRequest(mode: mode)
    request.family = reader.family
  }

  private enum Meaning: Sendable {
    case id, interface, gateway, encapsulation, blackhole, fdb, onlink, group, type, `protocol`
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .exact("id", .id), .exact("dev", .interface), .exact("via", .gateway), .exact("encap", .encapsulation),
    .exact("blackhole", .blackhole), .exact("fdb", .fdb), .exact("onlink", .onlink), .exact("group", .group),
    .exact("type", .type), .prefix("protocol", .protocol),
  ])

  mutating func parse() throws(CommandError) -> NexthopRequest {
    while let word = reader.current {
      guard let meaning = Self.vocabulary[word] else {
        throw Self.vocabulary.unknown(word, expected: "a word of ip nexthop")
      }
      try read(meaning, word)
      reader.advance()
    }
    return request
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .id:
      request.id = try reader.number(of: word)
      length += 8
    case .interface:
      request.interface = try reader.value(of: word).text
      request.family = request.family ?? .ipv4
      length += 8
    case .gateway: try readGateway(word)
    case .encapsulation:
      let parsed = try EncapsulationGrammar.parse(&reader, word)
      request.encapsulation = parsed.request
      length += parsed.length
    case .blackhole:
      request.isBlackhole = true
      request.family = request.family ?? .ipv4
      length += 4
    case .fdb:
      request.isFDB = true
      length += 4
    case .onlink: request.isOnlink = true
    case .group: try readGroup(word)
    case .type: try readType(word)
    case .protocol: request.protocol = try reader.routingProtocol(of: word)
    }
  }

  private mutating func readGateway(_ word: Word) throws(CommandError) {
    let read = try reader.addressWithFamily(of: word, family: request.family)
    if let family = request.family, family != read.address.family {
      throw read.word.bad(word, "\(CommandReader.phrase(family)) address, like the nexthop")
    }
    request.family = read.address.family
    let gateway = try CommandReader.sent(read.address, read.word, word)
    request.gateway = gateway
    length += 4 + Int(gateway.family.addressLength) / 8
  }

  /// ID[,WEIGHT][/ID[,WEIGHT]…]
  private mutating func readGroup(_ option: Word) throws(CommandError) {
    let word = try reader.value(of: option)
    var members: [NexthopGroup.Member] = []
    for part in word.text.split(separator: "/", omittingEmptySubsequences: false) {
      let fields = part.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
      guard let id = NumberText.unsigned(fields[0], as: UInt32.self) else {
        throw word.bad(option, "ID[,WEIGHT]/ID[,WEIGHT]…")
      }
      var weight: UInt32 = 1
      if fields.count == 2 {
        guard let number = NumberText.unsigned(fields[1], as: UInt32.self), (1...256).contains(number) else {
          throw word.error(.badValue(String(fields[1]), of: "weight", expected: "a number from 1 to 256"))
        }
        weight = number
      }
      members.append(NexthopGroup.Member(id: id, weight: weight))
    }
    guard length + 4 + 8 * members.count <= Self.room else {
      throw word.error(.incomplete("ip has room for \((Self.room - length - 4) / 8) members, not for \(members.count)"))
    }
    length += 4 + 8 * members.count
    request.group = members
  }

  private mutating func readType(_ option: Word) throws(CommandError) {
    let word = try reader.value(of: option)
    switch word.text {
    case "mpath": request.groupType = .hashThreshold
    case "resilient":
      request.groupType = .resilient
      if reader.hasNext { try readResilient() }
    default: throw word.bad(option, "mpath or resilient, written out")
    }
    length += 8
  }

  private mutating func readResilient() throws(CommandError) {
    var resilient = ResilientRequest()
    length += 4
    while reader.hasNext {
      reader.advance()
      guard let word = reader.current else { break }
      switch word.text {
      case "buckets": resilient.buckets = try reader.number(of: word)
      case "idle_timer": resilient.idleTimer = try readSeconds(word)
      case "unbalanced_timer": resilient.unbalancedTimer = try readSeconds(word)
      default:
        reader.index -= 1
        request.resilient = resilient
        return
      }
      length += 8
    }
    request.resilient = resilient
  }

  /// A whole number of seconds that fits 32 bits as ticks of 1/100 s.
  private mutating func readSeconds(_ word: Word) throws(CommandError) -> UInt32 {
    try reader.number(of: word, 0...(UInt32.max / 100 - 1)) * 100
  }
}

extension IPNexthopGrammar {
  private enum FlushMeaning: Sendable {
    case interface, groups, master, vrf, id, `protocol`, fdb
  }

  private static let flushVocabulary = Vocabulary<FlushMeaning>([
    .prefix("dev", .interface), .prefix("groups", .groups), .prefix("master", .master), .prefix("vrf", .vrf),
    .exact("id", .id), .prefix("protocol", .protocol), .prefix("fdb", .fdb),
  ])

  /// The selection of a flush; one by id is a deletion, and ends the command whatever follows.
  static func flush(_ start: CommandReader) throws(CommandError) -> RoutingChange {
    var reader = start
    var selector = NexthopSelector()
    selector.family = reader.family
    selector.isEverything = reader.current == nil
    while let word = reader.current {
      switch flushVocabulary[word] {
      case .interface: selector.interface = try reader.value(of: word).text
      case .groups: selector.onlyGroups = true
      case .master:
        selector.master = try reader.value(of: word).text
        selector.masterIsVRF = false
      case .vrf:
        selector.master = try reader.value(of: word).text
        selector.masterIsVRF = true
      case .id:
        var request = NexthopRequest(mode: .delete)
        request.id = try reader.number(of: word)
        return .nexthop(request)
      case .protocol: selector.protocol = try reader.number(of: word)
      case .fdb: selector.onlyFDB = true
      case nil: throw flushVocabulary.unknown(word, expected: "a selection of ip nexthop flush")
      }
      reader.advance()
    }
    return .flushNexthops(selector)
  }
}
