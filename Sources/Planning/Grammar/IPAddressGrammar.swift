import Routing

/// `ip address add`, `change`, `replace` and `del`.
struct IPAddressGrammar {
  var reader: CommandReader
  private var request: AddressRequest
  private var family: AddressFamily?
  private var device: String?
  private var local: AddressText?
  private var peer: AddressText?
  /// `broadcast +` or `-`: all host bits 1 or 0.
  private var filledBroadcast: Bool?
  private var isScopeGiven = false
  private var valid: UInt32?
  private var preferred: UInt32?

  init(_ reader: CommandReader, _ mode: RequestMode) {
    self.reader = reader
    family = reader.family
    request = AddressRequest(mode: mode, interface: "")
  }

  private enum Meaning: Sendable {
    case peer, broadcast, anycast, scope, device, label, metric, valid, preferred
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .exact("peer", .peer), .exact("remote", .peer), .prefix("broadcast", .broadcast), .exact("brd", .broadcast),
    .exact("anycast", .anycast), .exact("scope", .scope), .exact("dev", .device), .exact("label", .label),
    .prefix("metric", .metric), .prefix("priority", .metric), .prefix("preference", .metric),
    .prefix("valid_lft", .valid), .prefix("preferred_lft", .preferred),
  ])

  mutating func parse() throws(CommandError) -> AddressRequest {
    while let word = reader.current {
      if let meaning = Self.vocabulary[word] {
        try read(meaning, word)
      } else if let flag = AddressFlagWord(word.text) {
        // Others are warned of and left out.
        if flag.isSettable, !flag.isOnlyIPv6 || family == .ipv6 { request.flags.formUnion(flag.flag) }
      } else {
        try readLocal(word)
      }
      reader.advance()
    }
    return try finished()
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .peer:
      let value = try reader.value(of: word)
      guard peer == nil else { throw word.error(.duplicate(word.text)) }
      let prefix = try CommandReader.prefix(value, word, family)
      family = family ?? prefix.family
      _ = try CommandReader.sent(prefix, value, word)
      peer = prefix
    case .broadcast: try readBroadcast(word)
    case .anycast:
      let value = try reader.value(of: word)
      guard request.anycast == nil else { throw word.error(.duplicate(word.text)) }
      let address = try CommandReader.address(value, word, family)
      family = family ?? address.family
      request.anycast = try CommandReader.sent(address, value, word)
    case .scope:
      request.scope = try reader.scope(of: word)
      isScopeGiven = true
    case .device: device = try reader.value(of: word).text
    case .label: request.label = try reader.value(of: word).text
    case .metric: request.metric = try reader.number(of: word)
    case .valid:
      guard valid == nil else { throw word.error(.duplicate(word.text)) }
      valid = try readLifetime(word)
    case .preferred:
      guard preferred == nil else { throw word.error(.duplicate(word.text)) }
      preferred = try readLifetime(word)
    }
  }

  private mutating func readBroadcast(_ word: Word) throws(CommandError) {
    let value = try reader.value(of: word)
    guard request.broadcast == nil, filledBroadcast == nil else { throw word.error(.duplicate(word.text)) }
    if value.text == "+" || value.text == "-" {
      filledBroadcast = value.text == "+"
      return
    }
    let address = try CommandReader.address(value, word, family)
    family = family ?? address.family
    request.broadcast = try CommandReader.sent(address, value, word)
  }

  private mutating func readLifetime(_ option: Word) throws(CommandError) -> UInt32 {
    let word = try reader.value(of: option)
    if word.text == "forever" { return .max }
    guard let seconds = NumberText.unsigned(word.text, as: UInt32.self) else {
      throw word.bad(option, "a number of seconds, or forever")
    }
    return seconds
  }

  /// [local] PREFIX
  private mutating func readLocal(_ first: Word) throws(CommandError) {
    var word = first
    if word.text == "local" { word = try reader.value(of: word) }
    let closest = Self.vocabulary.closest(to: word) ?? AddressFlagWord.closest(to: word.text)
    guard local == nil else {
      throw word.error(
        .unknownWord(word.text, expected: "a word of ip address after its address", closest: closest))
    }
    guard let prefix = AddressText(prefix: word.text, family: family) else {
      let expected = "\(CommandReader.phrase(family)) address or a word of ip address"
      throw word.error(.unknownWord(word.text, expected: expected, closest: closest))
    }
    family = family ?? prefix.family
    _ = try CommandReader.sent(prefix, word, first)
    local = prefix
  }

  private mutating func finished() throws(CommandError) -> AddressRequest {
    guard let device else { throw reader.incomplete("the address needs an interface: dev NAME") }
    request.interface = device
    request.family = family
    request.local = local?.address
    request.address = peer?.address
    if peer == nil, let local {
      // A deletion without a length takes the address whatever its length is.
      let isWildcard = request.mode == .delete && local.family == .ipv4 && !local.isLengthGiven
      if !isWildcard { request.address = local.address }
    }
    request.prefixLength = peer?.length ?? 0
    if request.prefixLength == 0 { request.prefixLength = local?.length ?? 0 }
    if request.mode != .delete {
      if let filledBroadcast { try fillBroadcast(filledBroadcast) }
      let isLoopback = request.local.map { $0.family == .ipv4 && $0.ipv4Value >> 24 == 127 } ?? false
      if !isScopeGiven { request.scope = isLoopback ? 254 : 0 }
    }
    if valid != nil || preferred != nil {
      let lifetimes = AddressRequest.Lifetimes(valid: valid ?? .max, preferred: preferred ?? .max)
      guard lifetimes.valid != 0 else { throw reader.incomplete("valid_lft is zero") }
      guard lifetimes.valid >= lifetimes.preferred else {
        throw reader.incomplete("preferred_lft, which is forever unless given, is greater than valid_lft")
      }
      request.lifetimes = lifetimes
    }
    if request.flags.contains(.autojoin), request.local?.isMulticast != true {
      throw reader.incomplete("autojoin needs a multicast address")
    }
    return request
  }

  private mutating func fillBroadcast(_ withOnes: Bool) throws(CommandError) {
    guard family == .ipv4, let prefix = peer ?? local, let address = prefix.address else {
      throw reader.incomplete("a broadcast address is only for IPv4")
    }
    guard prefix.length <= 30 else { return }
    let host = UInt32.max >> UInt32(prefix.length)
    request.broadcast = IPAddress(ipv4: withOnes ? address.ipv4Value | host : address.ipv4Value & ~host)
  }
}

/// A flag of an address by its word.
struct AddressFlagWord {
  var flag: AddressRequest.Flags
  /// The kernel sets the others itself.
  var isSettable: Bool
  var isOnlyIPv6: Bool

  private static let words: [(text: String, word: AddressFlagWord)] = [
    ("secondary", AddressFlagWord(flag: .secondary, isSettable: false, isOnlyIPv6: false)),
    ("temporary", AddressFlagWord(flag: .secondary, isSettable: false, isOnlyIPv6: false)),
    ("nodad", AddressFlagWord(flag: .nodad, isSettable: true, isOnlyIPv6: true)),
    ("optimistic", AddressFlagWord(flag: .optimistic, isSettable: true, isOnlyIPv6: true)),
    ("dadfailed", AddressFlagWord(flag: .dadfailed, isSettable: false, isOnlyIPv6: true)),
    ("home", AddressFlagWord(flag: .home, isSettable: true, isOnlyIPv6: true)),
    ("deprecated", AddressFlagWord(flag: .deprecated, isSettable: false, isOnlyIPv6: true)),
    ("tentative", AddressFlagWord(flag: .tentative, isSettable: false, isOnlyIPv6: true)),
    ("permanent", AddressFlagWord(flag: .permanent, isSettable: false, isOnlyIPv6: true)),
    ("mngtmpaddr", AddressFlagWord(flag: .manageTemporary, isSettable: true, isOnlyIPv6: true)),
    ("noprefixroute", AddressFlagWord(flag: .noPrefixRoute, isSettable: true, isOnlyIPv6: false)),
    ("autojoin", AddressFlagWord(flag: .autojoin, isSettable: true, isOnlyIPv6: false)),
    ("stable-privacy", AddressFlagWord(flag: .stablePrivacy, isSettable: false, isOnlyIPv6: true)),
  ]

  init?(_ text: String) {
    guard let word = Self.words.first(where: { $0.text == text })?.word else { return nil }
    self = word
  }

  private init(flag: AddressRequest.Flags, isSettable: Bool, isOnlyIPv6: Bool) {
    self.flag = flag
    self.isSettable = isSettable
    self.isOnlyIPv6 = isOnlyIPv6
  }

  static func closest(to text: String) -> String? { closestWord(to: text, among: words.map(\.text)) }
}
