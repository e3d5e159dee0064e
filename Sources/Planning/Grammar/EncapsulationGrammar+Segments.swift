import Routing

/// Segment routing (RFC 8754, RFC 8986), RPL source routes (RFC 6554) and IOAM traces (RFC 9197).
extension EncapsulationGrammar {
  /// mode MODE segs SEGMENTS [hmac KEY]
  mutating func readSegments() throws(CommandError) {
    var mode: Int32 = -1
    var segments = ""
    var key: UInt32 = 0
    var option: Word?
    while let word = reader.current {
      switch word.text {
      case "mode":
        let value = try reader.value(of: word)
        try once(word)
        guard let index = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"].firstIndex(of: value.text) else {
          throw value.bad(word, "inline, encap, l2encap, encap.red or l2encap.red")
        }
        mode = Int32(index)
      case "segs":
        let value = try reader.value(of: word)
        try once(word)
        guard mode >= 0 else { throw value.error(.incomplete("\"segs\" has to come after \"mode\"")) }
        segments = value.text
        option = value
      case "hmac": try readKey(word, &key)
      default:
        try appendHeader(segments, option, key: key, isInline: mode == 0, prefix: mode.machineBytes)
        return
      }
      reader.advance()
    }
    try appendHeader(segments, option, key: key, isInline: mode == 0, prefix: mode.machineBytes)
  }

  /// The key's number; iproute2 takes what is none for no key at all.
  mutating func readKey(_ word: Word, _ key: inout UInt32) throws(CommandError) {
    let value = try reader.value(of: word)
    try once(word)
    key = NumberText.unsigned(value.text) ?? key
  }

  mutating func appendHeader(
    _ segments: String, _ word: Word?, key: UInt32, isInline: Bool, prefix: [UInt8]
  ) throws(CommandError) {
    let addresses = try Self.addresses(segments, word)
    let count = Self.commas(segments) + 1 + (isInline ? 1 : 0)
    try Self.checkCount(count, word)
    let length = 8 + 16 * count + (key == 0 ? 0 : 40)
    let last = UInt8(truncatingIfNeeded: count - 1)
    var header: [UInt8] = [0, UInt8(truncatingIfNeeded: length / 8 - 1), 4, last, last, key == 0 ? 0 : 8, 0, 0]
    // The list runs backwards: the first segment to visit is its last.
    let list = addresses + Array(repeating: .unspecified(.ipv6), count: count - addresses.count)
    header += list.reversed().flatMap(\.networkBytes)
    if key != 0 { header += [5, 38, 0, 0] + key.networkBytes + Array(repeating: 0, count: 32) }
    attributes.append(Attribute(prefix.isEmpty ? 2 : 1, bytes: prefix + header))
  }

  /// segs SEGMENTS
  mutating func readSourceRoute() throws(CommandError) {
    var segments = ""
    var option: Word?
    while let word = reader.current, word.text == "segs" {
      let value = try reader.value(of: word)
      try once(word)
      segments = value.text
      option = value
      reader.advance()
    }
    let addresses = try Self.addresses(segments, option)
    let count = Self.commas(segments) + 1
    try Self.checkCount(count, option)
    let list = addresses + Array(repeating: .unspecified(.ipv6), count: count - addresses.count)
    let header: [UInt8] = [0, UInt8(truncatingIfNeeded: 2 * count), 3, UInt8(truncatingIfNeeded: count), 0, 0, 0, 0]
    attributes.append(Attribute(1, bytes: header + list.reversed().flatMap(\.networkBytes)))
  }

  private static func commas(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: ",") } }

  private static func checkCount(_ count: Int, _ word: Word?) throws(CommandError) {
    if count > 60, let word { throw word.error(.incomplete("ip has no room for so many segments")) }
  }

  private static func addresses(_ text: String, _ word: Word?) throws(CommandError) -> [IPAddress] {
    var addresses: [IPAddress] = []
    for part in text.split(separator: ",") {
      guard let address = AddressText(String(part), family: .ipv6) else {
        guard let word else { break }
        throw word.error(.badValue(String(part), of: "segs", expected: "IPv6 addresses with commas between"))
      }
      addresses.append(address.address ?? .unspecified(.ipv6))
    }
    return addresses
  }

  /// [freq K/N] [mode MODE] [tundst ADDRESS] trace prealloc [type T] [ns N] [size S]
  mutating func readTrace() throws(CommandError) {
    let (every, of) = try readFrequency()
    var mode: UInt8 = 1
    if let word = reader.current, word.text == "mode" {
      let value = try reader.value(of: word)
      guard let index = ["inline", "encap", "auto"].firstIndex(of: value.text) else {
        throw value.bad(word, "inline, encap or auto")
      }
      mode = UInt8(index + 1)
      _ = try reader.value(of: value)
    }
    var destination: [UInt8]?
    if let word = reader.current, word.text == "tundst" {
      guard mode != 1 else { throw word.error(.incomplete("\"tundst\" is not for the mode inline")) }
      let address = try reader.address(of: word, family: .ipv6)
      guard let bytes = address.address?.networkBytes, let value = reader.current else {
        throw word.error(.incomplete("\"tundst\" takes an IPv6 address"))
      }
      destination = bytes
      _ = try reader.value(of: value)
    } else if mode != 1 {
      throw reader.incomplete("the modes encap and auto need \"tundst\"")
    }
    let header = try readTraceHeader()
    attributes += [Attribute(4, every), Attribute(5, of), Attribute(1, mode)]
    if let destination { attributes.append(Attribute(2, bytes: destination)) }
    attributes.append(Attribute(3, bytes: header))
  }

  private mutating func readFrequency() throws(CommandError) -> (UInt32, UInt32) {
    guard let word = reader.current, word.text == "freq" else { return (1, 1) }
    let value = try reader.value(of: word)
    let parts = value.text.split(separator: "/", omittingEmptySubsequences: false)
    guard value.text.utf8.count <= 15, parts.count == 2,
      let every = NumberText.unsigned(parts[0], base: 10, as: UInt32.self),
      let of = NumberText.unsigned(parts[1], base: 10, as: UInt32.self), every >= 1, of <= 1_000_000, every <= of
    else { throw value.bad(word, "K/N with 1 <= K <= N <= 1000000") }
    _ = try reader.value(of: value)
    return (every, of)
  }

  private mutating func readTraceHeader() throws(CommandError) -> [UInt8] {
    for text in ["trace", "prealloc"] {
      guard let word = reader.current, word.text == text else {
        throw reader.incomplete("ioam6 needs \"\(text)\"")
      }
      if text == "trace" { _ = try reader.value(of: word) }
    }
    var type: UInt32 = 0
    var namespace: UInt16?
    var size: UInt16 = 0
    // The last word of a line is left to be read again.
    reading: while reader.hasNext {
      reader.advance()
      guard let word = reader.current else { break }
      switch word.text {
      case "type":
        let value: UInt32 = try reader.number(of: word, 1...UInt32.max)
        guard type == 0 else { throw word.error(.duplicate(word.text)) }
        type = value
      case "ns":
        let value: UInt16 = try reader.number(of: word)
        guard namespace == nil else { throw word.error(.duplicate(word.text)) }
        namespace = value
      case "size":
        let value: UInt16 = try reader.number(of: word, 1...244)
        guard size == 0 else { throw word.error(.duplicate(word.text)) }
        guard value % 4 == 0 else { throw word.error(.incomplete("the size of a trace is a multiple of 4")) }
        size = value
      default: break reading
      }
    }
    guard type != 0, let namespace, size != 0 else { throw reader.incomplete("a trace needs type, ns and size") }
    return namespace.networkBytes + [0, UInt8(size / 4)] + (type << 8).networkBytes
  }
}
