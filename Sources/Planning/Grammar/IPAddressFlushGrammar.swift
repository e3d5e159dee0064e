import Routing

/// `ip address flush`.
struct IPAddressFlushGrammar {
  private enum Meaning: Sendable {
    case to, scope, up, label, group, master, vrf, nomaster, type
  }

  private static let vocabulary = Vocabulary<Meaning>([
    .exact("to", .to), .exact("scope", .scope), .exact("up", .up), .exact("label", .label), .exact("group", .group),
    .exact("master", .master), .exact("vrf", .vrf), .exact("nomaster", .nomaster), .exact("type", .type),
  ])

  static func parse(_ start: CommandReader) throws(CommandError) -> AddressSelector {
    var reader = start
    guard reader.current != nil else { throw reader.incomplete("ip address flush needs to be told what to flush") }
    var selector = AddressSelector()
    selector.family = reader.family
    while let word = reader.current {
      if let meaning = vocabulary[word] {
        try read(meaning, word, &reader, &selector)
      } else if !readFlag(word, &selector) {
        var device = word
        if word.text == "dev" {
          device = try reader.value(of: word)
        } else if word.abbreviates("help") {
          throw word.error(.notAChange(word.text))
        }
        guard selector.interface == nil else {
          throw vocabulary.unknown(device, expected: "a selection of ip address flush after its interface")
        }
        selector.interface = device.text
      }
      reader.advance()
    }
    return selector
  }

  private static func read(
    _ meaning: Meaning, _ word: Word, _ reader: inout CommandReader, _ selector: inout AddressSelector
  ) throws(CommandError) {
    switch meaning {
    case .to:
      let prefix = try reader.prefix(of: word, family: selector.family)
      selector.family = selector.family ?? prefix.family
      selector.prefix = prefix.family.map { prefix.prefix($0) }
    case .scope:
      let names = reader.names
      selector.scope = try reader.unlessAll(of: word, "a scope's name or number, or all") { names.scope($0) }
    case .up: selector.onlyUp = true
    case .label: selector.label = try reader.value(of: word).text
    case .group: selector.group = try reader.group(of: word)
    case .master: selector.master = .interface(try reader.value(of: word).text)
    case .vrf: selector.master = .vrf(try reader.value(of: word).text)
    case .nomaster: selector.master = LinkRequest.Master.none
    case .type:
      let value = try reader.value(of: word)
      if value.text.hasSuffix("_slave") { throw value.error(.outside("flushing by the kind of the master")) }
      selector.kind = value.text
    }
  }

  /// [-]FLAG; `dynamic` is not permanent, and `primary` not secondary.
  private static func readFlag(_ word: Word, _ selector: inout AddressSelector) -> Bool {
    var text = word.text
    var isSet = true
    if text.hasPrefix("-") {
      isSet = false
      text.removeFirst()
    }
    if let opposite = ["dynamic": "permanent", "primary": "secondary"][text] {
      isSet.toggle()
      text = opposite
    }
    guard let flag = AddressFlagWord(text)?.flag else { return false }
    if isSet { selector.flags.formUnion(flag) } else { selector.flags.subtract(flag) }
    selector.flagMask.formUnion(flag)
    return true
  }
}
