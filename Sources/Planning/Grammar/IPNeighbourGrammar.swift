import Routing

/// `ip neighbour add`, `change`, `replace`, `del` and `flush`.
struct IPNeighbourGrammar {
  var reader: CommandReader
  private let mode: RequestMode
  private var address: AddressText?
  private var isDeviceOptional = false
  private var request: NeighbourRequest
  private var linkLayerAddress: (option: Word, value: Word)?

  init(_ reader: CommandReader, _ mode: RequestMode) {
    self.reader = reader
    self.mode = mode
    request = NeighbourRequest(mode: mode, address: .unspecified(.ipv4))
  }

  private enum Meaning: Sendable {
    case linkLayerAddress, state, proxy, router, use, managed, externallyLearned, device, `protocol`
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .prefix("lladdr", .linkLayerAddress), .exact("nud", .state), .prefix("proxy", .proxy), .exact("router", .router),
    .exact("use", .use), .exact("managed", .managed), .prefix("extern_learn", .externallyLearned),
    .exact("dev", .device), .prefix("protocol", .protocol),
  ])

  mutating func parse() throws(CommandError) -> NeighbourRequest {
    while let word = reader.current {
      if let meaning = Self.vocabulary[word] { try read(meaning, word) } else { try readAddress(word) }
      reader.advance()
    }
    guard let address, address.family != nil, request.interface != nil || isDeviceOptional else {
      throw reader.incomplete("a neighbour needs an address and an interface: ADDRESS dev NAME")
    }
    guard let bytes = address.address else {
      throw reader.incomplete("a neighbour needs an address of its own")
    }
    request.address = bytes
    if let (option, value) = linkLayerAddress, value.text != "null" {
      request.linkLayerAddress = try CommandReader.linkLayerAddress(value, option, maximum: 20)
    }
    return request
  }

  private mutating func read(_ meaning: Meaning, _ word: Word) throws(CommandError) {
    switch meaning {
    case .linkLayerAddress:
      let value = try reader.value(of: word)
      guard linkLayerAddress == nil else { throw word.error(.duplicate(word.text)) }
      linkLayerAddress = (word, value)
    case .state:
      let value = try reader.value(of: word)
      guard let state = NeighbourStateWord.state(value) else { throw value.bad(word, NeighbourStateWord.expected) }
      request.state = state
    case .proxy:
      let value = try reader.value(of: word)
      guard address == nil else { throw word.error(.duplicate(word.text)) }
      address = try CommandReader.address(value, word, reader.family)
      isDeviceOptional = true
      request.isProxy = true
    case .router: request.isRouter = true
    case .use: request.isUsed = true
    case .managed:
      request.isManaged = true
      request.state = .none
    case .externallyLearned: request.isExternallyLearned = true
    case .device: request.interface = try reader.value(of: word).text
    case .protocol: request.protocol = try reader.routingProtocol(of: word)
    }
  }

  /// [to] ADDRESS
  private mutating func readAddress(_ first: Word) throws(CommandError) {
    var word = first
    if word.text == "to" { word = try reader.value(of: word) }
    let closest = Self.vocabulary.closest(to: word)
    guard address == nil else {
      throw word.error(
        .unknownWord(word.text, expected: "a word of ip neighbour after its address", closest: closest))
    }
    guard let read = AddressText(word.text, family: reader.family) else {
      let expected = "\(CommandReader.phrase(reader.family)) address or a word of ip neighbour"
      throw word.error(.unknownWord(word.text, expected: expected, closest: closest))
    }
    address = read
  }
}

extension IPNeighbourGrammar {
  private enum FlushMeaning: Sendable {
    case device, master, vrf, nomaster, unused, state, proxy, `protocol`
  }

  private static let flushVocabulary = Vocabulary<FlushMeaning>([
    .exact("dev", .device), .exact("master", .master), .exact("vrf", .vrf), .exact("nomaster", .nomaster),
    .exact("unused", .unused), .exact("nud", .state), .exact("proxy", .proxy), .prefix("protocol", .protocol),
  ])

  static func flush(_ start: CommandReader) throws(CommandError) -> NeighbourSelector {
    var reader = start
    guard reader.current != nil else { throw reader.incomplete("ip neighbour flush needs to be told what to flush") }
    var selector = NeighbourSelector()
    selector.family = reader.family
    var states: UInt32?
    while let word = reader.current {
      switch flushVocabulary[word] {
      case .device:
        let name = try reader.value(of: word).text
        guard selector.interface == nil else { throw word.error(.duplicate(word.text)) }
        selector.interface = name
      case .master: selector.master = .interface(try reader.value(of: word).text)
      case .vrf: selector.master = .vrf(try reader.value(of: word).text)
      case .nomaster: selector.master = LinkRequest.Master.none
      case .unused: selector.onlyUnused = true
      case .state:
        let value = try reader.value(of: word)
        states = (states ?? 0) | (try NeighbourStateWord.mask(value, word))
      case .proxy: selector.onlyProxies = true
      case .protocol:
        let names = reader.names
        let number = try reader.unlessAll(of: word, "a protocol's name or number, or all") { names.protocol($0) }
        selector.protocol = number ?? 0
      case nil:
        var value = word
        if word.text == "to" { value = try reader.value(of: word) }
        guard let prefix = AddressText(prefix: value.text, family: selector.family) else {
          throw flushVocabulary.unknown(value, expected: "a selection of ip neighbour flush")
        }
        selector.family = selector.family ?? prefix.family
        selector.prefix = prefix.family.map { prefix.prefix($0) }
      }
      reader.advance()
    }
    if let states { selector.states = states }
    return selector
  }
}

/// The state of a neighbour by its word.
enum NeighbourStateWord {
  private static let vocabulary = Vocabulary<Neighbour.State>([
    .prefix("permanent", .permanent), .prefix("reachable", .reachable), .exact("noarp", .noARP), .exact("none", .none),
    .exact("stale", .stale), .exact("incomplete", .incomplete), .exact("delay", .delay), .exact("probe", .probe),
    .prefix("failed", .failed),
  ])

  static let expected = "permanent, reachable, noarp, none, stale, incomplete, delay, probe, failed or one bit to 0x80"

  static func state(_ word: Word) -> Neighbour.State? {
    if let state = vocabulary[word] { return state }
    guard let number = NumberText.unsigned(word.text, as: UInt8.self), number & (number &- 1) == 0 else { return nil }
    return Neighbour.State(rawValue: UInt16(number))
  }

  /// The state as a bit of a selection; `all` is all but noarp.
  static func mask(_ word: Word, _ option: Word) throws(CommandError) -> UInt32 {
    if let state = state(word) { return state == .none ? 0x100 : UInt32(state.rawValue) }
    guard word.text == "all" else { throw word.bad(option, expected + ", or all") }
    return ~UInt32(Neighbour.State.noARP.rawValue)
  }
}
