import Routing

/// `encap TYPE …`: the lightweight tunnel of a nexthop.
///
/// Where iproute2 leaves a word for the command around it to read again, or swallows the words that follow, so does
/// this: what `ip` makes of a line counts, not what the line was meant to say.
struct EncapsulationGrammar {
  typealias Attribute = EncapsulationRequest.Attribute

  var reader: CommandReader
  var attributes: [Attribute] = []
  private var given: Set<String> = []

  /// `LWTUNNEL_ENCAP_*`.
  private enum Kind: UInt16, Sendable {
    case mpls = 1
    case ip, ila, ip6, seg6, bpf, seg6local, rpl, ioam6, xfrm
  }

  private static let vocabulary = Vocabulary<Kind>([
    .exact("mpls", .mpls), .exact("ip", .ip), .exact("ip6", .ip6), .exact("ila", .ila), .exact("bpf", .bpf),
    .exact("seg6", .seg6), .exact("seg6local", .seg6local), .exact("rpl", .rpl), .exact("ioam6", .ioam6),
    .exact("xfrm", .xfrm),
  ])

  /// What `ip` has room for outside of a `nexthop`.
  private static let room = 1000

  private init(_ reader: CommandReader) { self.reader = reader }

  /// Reads from the word `encap` on, and stops at the last word that belongs to it.
  ///
  /// - Returns: the request, and its length in a netlink message.
  static func parse(
    _ reader: inout CommandReader, _ option: Word
  ) throws(CommandError) -> (request: EncapsulationRequest, length: Int) {
    let word = try reader.value(of: option)
    guard let kind = vocabulary[word] else { throw vocabulary.unknown(word, expected: "a kind of encapsulation") }
    let first = try reader.value(of: word)
    // The check comes from iproute2, which wants one word more than most of these need.
    guard reader.hasNext else { throw first.error(.incomplete("ip wants another word after the encapsulation")) }
    var grammar = EncapsulationGrammar(reader)
    try grammar.read(kind, word)
    let request = EncapsulationRequest(type: kind.rawValue, attributes: grammar.attributes)
    let length = (request.resolved { _ in 0 }?.attributes.count ?? 0) + 12
    guard length <= room else { throw word.error(.incomplete("ip has no room for so long an encapsulation")) }
    reader.index = grammar.reader.index - 1
    return (request, length)
  }

  /// Reads up to the word that the command around the encapsulation goes on with.
  private mutating func read(_ kind: Kind, _ word: Word) throws(CommandError) {
    switch kind {
    case .mpls: try readLabels(word)
    case .ip: try readTunnel(.ipv4)
    case .ip6: try readTunnel(.ipv6)
    case .ila: try readLocator(word)
    case .seg6: try readSegments()
    case .rpl: try readSourceRoute()
    case .seg6local: try readLocalSegment(word)
    case .ioam6: try readTrace()
    case .xfrm: try readTransform(word)
    case .bpf: throw word.error(.outside("an encapsulation by a BPF program"))
    }
  }

  /// Remembers that a word was there; once is enough.
  mutating func once(_ word: Word, as key: String? = nil) throws(CommandError) {
    guard given.insert(key ?? word.text).inserted else { throw word.error(.duplicate(word.text)) }
  }

  func wasGiven(_ text: String) -> Bool { given.contains(text) }

  /// The bytes of an address, which are none for `any`.
  mutating func addressBytes(of option: Word, _ family: AddressFamily) throws(CommandError) -> [UInt8] {
    try reader.address(of: option, family: family).address?.networkBytes ?? []
  }
}

extension EncapsulationGrammar {
  /// LABEL[/LABEL…] [ttl TTL]
  private mutating func readLabels(_ kind: Word) throws(CommandError) {
    guard let word = reader.current else { return }
    var labels: [UInt32] = []
    var rest = Substring(word.text).utf8
    while let label = NumberText.leading(rest), label.value < 1 << 20, labels.count < 64 {
      labels.append(UInt32(label.value) << 12)
      rest = label.rest
      guard rest.first == UInt8(ascii: "/") else { break }
      rest = rest.dropFirst()
      if rest.isEmpty { labels = [] }
    }
    guard let bottom = labels.indices.last, rest.isEmpty, !word.text.utf8.contains(UInt8(ascii: ":")) else {
      throw word.bad(kind, "MPLS labels below 1048576, such as 100/200")
    }
    labels[bottom] |= 1 << 8
    attributes.append(Attribute(1, bytes: labels.flatMap(\.networkBytes)))
    reader.advance()
    while let word = reader.current, word.text == "ttl" {
      let option = word
      let ttl: UInt8 = try reader.number(of: option)
      try once(option)
      attributes.append(Attribute(2, ttl))
      reader.advance()
    }
  }

  /// The outer header of `ip` and `ip6`: the words differ in `tos` and `ttl`.
  private mutating func readTunnel(_ family: AddressFamily) throws(CommandError) {
    var flags: UInt16 = 0
    let isIPv4 = family == .ipv4
    while let word = reader.current {
      switch word.text {
      case "id":
        let id: UInt64 = try reader.number(of: word)
        try once(word)
        attributes.append(Attribute(1, bytes: id.networkBytes))
      case "dst", "src":
        let bytes = try addressBytes(of: word, family)
        try once(word)
        attributes.append(Attribute(word.text == "dst" ? 2 : 3, bytes: bytes))
      case isIPv4 ? "tos" : "tc":
        let field = try reader.dsField(of: word)
        try once(word)
        attributes.append(Attribute(5, field))
      case isIPv4 ? "ttl" : "hoplimit":
        let limit: UInt8 = try reader.number(of: word)
        try once(word)
        attributes.append(Attribute(4, limit))
      case "geneve_opts", "vxlan_opts", "erspan_opts":
        throw word.error(.outside("an encapsulation with \(word.text)"))
      case "key", "csum", "seq":
        try once(word)
        // TUNNEL_CSUM, TUNNEL_KEY and TUNNEL_SEQ, linux/if_tunnel.h.
        flags |= word.text == "csum" ? 1 : word.text == "key" ? 4 : 8
      default:
        appendFlags(flags)
        return
      }
      reader.advance()
    }
    appendFlags(flags)
  }

  private mutating func appendFlags(_ flags: UInt16) {
    if flags != 0 { attributes.append(Attribute(6, bytes: flags.networkBytes)) }
  }

  /// LOCATOR [csum-mode MODE] [ident-type TYPE] [hook-type TYPE]
  private mutating func readLocator(_ kind: Word) throws(CommandError) {
    guard let word = reader.current else { return }
    guard let locator = Self.locator(word.text) else { throw word.bad(kind, "a locator of four hexadecimal groups") }
    attributes.append(Attribute(1, bytes: locator))
    reader.advance()
    while let word = reader.current {
      let choices: [String: UInt8]
      let type: UInt16
      switch word.text {
      case "csum-mode":
        (type, choices) = (7, ["adj-transport": 0, "neutral-map": 1, "no-action": 2, "neutral-map-auto": 3])
      case "ident-type": (type, choices) = (8, ["luid": 1, "use-format": 32])
      case "hook-type": (type, choices) = (9, ["output": 0, "input": 1])
      default: return
      }
      let value = try reader.value(of: word)
      guard let number = choices[value.text] else {
        throw value.bad(word, choices.keys.sorted().joined(separator: ", "))
      }
      attributes.append(Attribute(type, number))
      reader.advance()
    }
  }

  /// One to four groups of 16 bits with colons between; those that are missing are 0 here.
  private static func locator(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while bytes.count < 8, let group = NumberText.leading(rest, base: 16), let value = UInt16(exactly: group.value) {
      bytes += value.networkBytes
      rest = group.rest
      if rest.isEmpty { return bytes + Array(repeating: 0, count: 8 - bytes.count) }
      guard rest.first == UInt8(ascii: ":") else { return nil }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// if_id ID [link_dev DEV]; iproute2 swallows every word after it.
  private mutating func readTransform(_ kind: Word) throws(CommandError) {
    while let word = reader.current {
      switch word.text {
      case "if_id":
        let id: UInt32 = try reader.number(of: word, 1...UInt32.max)
        try once(word)
        attributes.append(Attribute(1, id))
      case "link_dev":
        let name = try reader.value(of: word).text
        try once(word)
        attributes.append(Attribute(2, .interface(name)))
      case "help": throw word.error(.notAChange(word.text))
      default: break
      }
      reader.advance()
    }
    guard wasGiven("if_id") else { throw kind.error(.incomplete("the encapsulation xfrm needs if_id")) }
  }
}
