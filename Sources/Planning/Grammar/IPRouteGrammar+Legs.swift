import Routing

/// The `nexthop`s at the end of a multipath route.
extension IPRouteGrammar {
  private enum LegMeaning: Sendable {
    case gateway, interface, weight, onlink, realms, encapsulation, newDestination, nexthop
  }

  private static let legVocabulary = Vocabulary<LegMeaning>([
    .exact("via", .gateway), .exact("dev", .interface), .exact("weight", .weight), .exact("onlink", .onlink),
    .prefix("realms", .realms), .exact("encap", .encapsulation), .exact("as", .newDestination),
    .exact("nexthop", .nexthop),
  ])

  /// What `ip` has room for: RTA_MULTIPATH in a buffer of 4096 bytes, then in a message of as many.
  private static let room = 4096

  mutating func readLegs() throws(CommandError) {
    var length = 4
    while let word = reader.current {
      guard word.text == "nexthop" else {
        throw Self.legVocabulary.unknown(word, expected: "a word of a nexthop")
      }
      guard reader.hasNext else { throw word.error(.missingValue(of: word.text)) }
      reader.advance()
      length += 8
      try readLeg(&length, word)
    }
    // The header of the message, and what usually comes before the legs.
    let before = 16 + 12 + (family == .ipv6 ? 20 : 8)
    guard before + length <= Self.room else {
      throw reader.incomplete("the nexthops need \(length) bytes, more than ip can send in one message")
    }
  }

  /// The words of one leg; of what is given twice the kernel looks at the first, except for interface and weight.
  private mutating func readLeg(_ length: inout Int, _ start: Word) throws(CommandError) {
    var leg = LegRequest()
    while let word = reader.current, let meaning = Self.legVocabulary[word] {
      switch meaning {
      case .nexthop:
        request.legs.append(leg)
        return
      case .gateway: length += try readGateway(&leg, word)
      case .interface: leg.interface = try reader.value(of: word).text
      case .weight: leg.weight = try reader.number(of: word, 1...256)
      case .onlink: leg.isOnlink = true
      case .realms:
        let realms = try reader.realms(of: word)
        leg.realms = leg.realms ?? realms
        length += 8
      case .encapsulation:
        let parsed = try EncapsulationGrammar.parse(&reader, word)
        leg.encapsulation = leg.encapsulation ?? parsed.request
        length += parsed.length
      case .newDestination: throw word.error(.outside("rewriting labels with \"\(word.text)\""))
      }
      guard length <= Self.room else { throw start.error(.incomplete("ip has no room for so many nexthops")) }
      reader.advance()
    }
    if let word = reader.current { throw Self.legVocabulary.unknown(word, expected: "a word of a nexthop") }
    request.legs.append(leg)
  }

  private mutating func readGateway(_ leg: inout LegRequest, _ word: Word) throws(CommandError) -> Int {
    let read = try reader.addressWithFamily(of: word, family: family)
    if family == nil { family = read.address.family }
    let gateway = try CommandReader.sent(read.address, read.word, word)
    let size = Int(gateway.family.addressLength) / 8
    if gateway.family == family {
      leg.gateway = leg.gateway ?? gateway
      return 4 + size
    }
    leg.otherFamilyGateway = leg.otherFamilyGateway ?? gateway
    return (4 + 2 + size + 3) & ~3
  }
}
