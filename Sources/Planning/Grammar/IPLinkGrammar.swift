import Routing

/// `ip link set` and `delete`.
struct IPLinkGrammar {
  var reader: CommandReader
  private var request = LinkRequest(target: .group(0))
  /// What the words say of the interface: its name, and whether `name` alone gave it.
  private var device: String?
  private var isDeviceFromName = false
  private var name: String?
  private var group: UInt32?
  private var given: Set<String> = []

  init(_ reader: CommandReader) { self.reader = reader }

  private enum Meaning: Sendable {
    case up, down, name, index, address, queueLength, mtu, master, vrf, nomaster, group, linkMode, state, carrier
    case broadcast, alias, generation, protodown, protodownReason, integer, unsigned, segments, type, parentDevice
    case flag(UInt32, isInverted: Bool)
    case outside
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .exact("up", .up), .exact("down", .down), .exact("name", .name), .exact("index", .index), .prefix("link", .outside),
    .prefix("address", .address), .prefix("broadcast", .broadcast), .exact("brd", .broadcast),
    .prefix("txqueuelen", .queueLength), .exact("qlen", .queueLength), .prefix("txqlen", .queueLength),
    .exact("mtu", .mtu), .exact("xdpgeneric", .outside), .exact("xdpdrv", .outside), .exact("xdpoffload", .outside),
    .exact("xdp", .outside), .exact("netns", .outside),
    .exact("multicast", .flag(LinkRequest.multicast, isInverted: false)),
    .exact("allmulticast", .flag(LinkRequest.allMulticast, isInverted: false)),
    .exact("promisc", .flag(LinkRequest.promiscuous, isInverted: false)),
    .exact("trailers", .flag(LinkRequest.notrailers, isInverted: true)),
    .exact("arp", .flag(LinkRequest.noarp, isInverted: true)), .exact("carrier", .carrier), .exact("vf", .outside),
    .prefix("master", .master), .exact("vrf", .vrf), .prefix("nomaster", .nomaster),
    .prefix("dynamic", .flag(LinkRequest.dynamic, isInverted: false)), .prefix("type", .type),
    .prefix("alias", .alias), .exact("group", .group), .exact("mode", .linkMode), .exact("state", .state),
    .prefix("numtxqueues", .integer), .prefix("numrxqueues", .integer), .prefix("addrgenmode", .generation),
    .prefix("link-netns", .outside), .prefix("link-netnsid", .outside), .exact("protodown", .protodown),
    .exact("protodown_reason", .protodownReason), .exact("gso_max_size", .unsigned), .exact("gso_max_segs", .segments),
    .exact("gro_max_size", .unsigned), .exact("parentdev", .parentDevice),
  ])

  /// `ip link set …`
  mutating func parseSet() throws(CommandError) -> RoutingChange {
    try parseWords(isDeletion: false)
    request.target = try target()
    if case .interface(let device) = request.target {
      request.group = group
      if name != device { request.name = name }
    }
    return .link(request)
  }

  /// `ip link delete …`, which takes the words of `set` too and does nothing with them.
  mutating func parseDeletion() throws(CommandError) -> RoutingChange {
    try parseWords(isDeletion: true)
    return .deleteLink(try target())
  }

  private mutating func parseWords(isDeletion: Bool) throws(CommandError) {
    while let word = reader.current {
      switch Self.vocabulary[word] {
      case .type:
        guard isDeletion else { throw word.error(.outside("setting the options of a kind of interface")) }
        _ = try reader.value(of: word)
        if reader.hasNext { throw word.error(.outside("an option of a kind of interface")) }
      case let meaning?: try read(meaning, word)
      case nil: try readDevice(word)
      }
      reader.advance()
    }
  }

  private func target() throws(CommandError) -> LinkTarget {
    if let device { return .interface(device) }
    if let group { return .group(group) }
    throw reader.incomplete("ip link needs an interface, as NAME, dev NAME or group GROUP")
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .up: request.isUp = true
    case .down: request.isUp = false
    case .name: try readName(word)
    case .mtu: request.mtu = try readOnce(word, "mtu")
    case .master: request.master = .interface(try reader.value(of: word).text)
    case .vrf: request.master = .vrf(try reader.value(of: word).text)
    case .nomaster: request.master = LinkRequest.Master.none
    case .group:
      let group = try reader.group(of: word)
      try once(word, self.group != nil)
      self.group = group
    case .address: request.linkLayerAddress = try reader.linkLayerAddress(of: word, maximum: 32)
    case .broadcast: _ = try reader.linkLayerAddress(of: word, maximum: 32)
    case .carrier: request.carrier = try reader.abbreviatedSwitch(of: word)
    case .protodown: request.isProtocolDown = try reader.abbreviatedSwitch(of: word)
    case .linkMode: request.mode = try choice(word, ["default", "dormant"])
    case .state:
      request.operationalState = try choice(
        word, ["unknown", "notpresent", "down", "lowerlayerdown", "testing", "dormant", "up"])
    case .generation:
      request.addressGenerationMode = try choice(word, ["eui64", "none", "stable_secret", "random"])
    case .flag(let bit, let isInverted):
      let isOn = try reader.switch(of: word)
      request.changedFlags |= bit
      if isOn != isInverted { request.flags |= bit } else { request.flags &= ~bit }
    case .queueLength: _ = try readOnce(word, "txqueuelen")
    case .integer: _ = try readOnce(word, Self.vocabulary.fullText(of: word) ?? word.text)
    case .unsigned: _ = try reader.number(of: word, as: UInt32.self)
    case .segments: _ = try reader.number(of: word, 0...UInt32(65535))
    case .alias:
      let value = try reader.value(of: word)
      guard value.text.utf8.count < 256 else { throw value.bad(word, "at most 255 bytes") }
    case .protodownReason: throw word.error(.outside("reasons for protodown"))
    case .parentDevice: _ = try reader.value(of: word)
    case .index: throw word.error(.incomplete("\"index\" is for making interfaces, or for moving one elsewhere"))
    case .outside: throw word.error(.outside("\"\(word.text)\" of ip link"))
    case .type: break
    }
  }

  /// A number with a sign that may be given once; -1 does not count as given.
  private mutating func readOnce(_ word: Word, _ key: String) throws(CommandError) -> Int32 {
    let number = try reader.integer(of: word)
    try once(word, given.contains(key))
    if number != -1 { given.insert(key) }
    return number
  }

  private func once(_ word: Word, _ isGiven: Bool) throws(CommandError) {
    if isGiven { throw word.error(.duplicate(word.text)) }
  }

  private mutating func choice(_ option: Word, _ names: [String]) throws(CommandError) -> UInt8 {
    let word = try reader.value(of: option)
    guard let index = names.firstIndex(of: word.text.lowercased()) else {
      throw word.bad(option, names.joined(separator: ", "))
    }
    return UInt8(index)
  }

  private mutating func readName(_ word: Word) throws(CommandError) {
    let value = try reader.value(of: word)
    try once(word, name != nil)
    reader.index -= 1
    name = try reader.interfaceName(of: word)
    if device == nil {
      device = value.text
      isDeviceFromName = true
    }
  }

  /// [dev] NAME
  private mutating func readDevice(_ first: Word) throws(CommandError) {
    if first.abbreviates("help") { throw first.error(.notAChange(first.text)) }
    var word = first
    if word.text == "dev" { word = try reader.value(of: word) }
    guard device == nil && name == nil || isDeviceFromName else {
      let closest = Self.vocabulary.closest(to: word)
      throw word.error(.unknownWord(word.text, expected: "a word of ip link after its interface", closest: closest))
    }
    guard CommandReader.isInterfaceName(word.text) else {
      throw word.error(.badValue(word.text, of: "dev", expected: "an interface's name, without a slash or a space"))
    }
    device = word.text
    isDeviceFromName = false
  }
}

extension CommandReader {
  /// Bytes in hexadecimal with colons between, or four in the form of an IPv4 address.
  mutating func linkLayerAddress(of option: Word, maximum: Int) throws(CommandError) -> [UInt8] {
    try Self.linkLayerAddress(try value(of: option), option, maximum: maximum)
  }

  static func linkLayerAddress(_ word: Word, _ option: Word, maximum: Int) throws(CommandError) -> [UInt8] {
    let bytes: [UInt8]?
    if word.text.utf8.contains(UInt8(ascii: ".")) {
      bytes = AddressText(word.text, family: .ipv4)?.address?.networkBytes
    } else {
      let parts = word.text.split(separator: ":", omittingEmptySubsequences: false)
      // As sscanf("%x") reads it: what follows the digits does not count.
      let read = parts.compactMap { part in
        NumberText.leading(part.utf8, base: 16).flatMap { number -> UInt8? in
          number.overflows ? nil : UInt8(exactly: UInt32(truncatingIfNeeded: number.value))
        }
      }
      bytes = read.count == parts.count && read.count <= maximum ? read : nil
    }
    guard let bytes else { throw word.bad(option, "an address such as 02:00:00:00:00:01") }
    return bytes
  }
}
