import Routing

/// `encap seg6local`: what a segment of this machine does (RFC 8986).
extension EncapsulationGrammar {
  /// `SEG6_LOCAL_ACTION_*`.
  private static let actions = [
    "End", "End.X", "End.T", "End.DX2", "End.DX6", "End.DX4", "End.DT6", "End.DT4", "End.B6", "End.B6.Encaps",
    "End.BM", "End.S", "End.AS", "End.AM", "End.BPF", "End.DT46",
  ]

  private struct SegmentRoute {
    var segments = ""
    var word: Word?
    var key: UInt32 = 0
  }

  mutating func readLocalSegment(_ kind: Word) throws(CommandError) {
    var action: UInt32 = 0
    var route: SegmentRoute?
    reading: while let word = reader.current {
      switch word.text {
      case "action":
        let value = try reader.value(of: word)
        try once(word)
        guard let index = Self.actions.firstIndex(of: value.text) else {
          let closest = closestWord(to: value.text, among: Self.actions)
          throw value.error(.unknownWord(value.text, expected: "an action of seg6local", closest: closest))
        }
        action = UInt32(index + 1)
        attributes.append(Attribute(1, action))
      case "table", "vrftable":
        let table = try reader.table(of: word)
        try once(word)
        attributes.append(Attribute(word.text == "table" ? 3 : 9, table))
      case "nh4", "nh6":
        let bytes = try addressBytes(of: word, word.text == "nh4" ? .ipv4 : .ipv6)
        try once(word)
        attributes.append(Attribute(word.text == "nh4" ? 4 : 5, bytes: bytes))
      case "iif", "oif":
        let name = try reader.value(of: word).text
        try once(word)
        attributes.append(Attribute(word.text == "iif" ? 6 : 7, .interface(name)))
      case "count":
        try once(word)
        let zero: UInt64 = 0
        attributes.append(Attribute(10, .nested([Attribute(2, zero), Attribute(3, zero), Attribute(4, zero)])))
      case "flavors": try readFlavors(word)
      case "srh":
        var read = SegmentRoute()
        let goesOn = try readRoute(word, &read)
        route = read
        switch goesOn {
        case .withNext: break
        case .withCurrent: continue reading
        case .elsewhere: break reading
        }
      case "endpoint": throw word.error(.outside("an action by a BPF program"))
      default: break reading
      }
      reader.advance()
    }
    guard action != 0 else { throw kind.error(.incomplete("seg6local needs an action")) }
    if let route {
      // Only End.B6.Encaps keeps the list as it is.
      try appendHeader(route.segments, route.word, key: route.key, isInline: action != 10, prefix: [])
    }
  }

  private enum Continuation {
    /// With the word after the current one.
    case withNext
    /// With the current word.
    case withCurrent
    /// The line is at its end, and iproute2 reads the last word again as one of the command around.
    case elsewhere
  }

  /// srh segs SEGMENTS [hmac KEY]
  private mutating func readRoute(_ word: Word, _ route: inout SegmentRoute) throws(CommandError) -> Continuation {
    let option = try reader.value(of: word)
    try once(word)
    guard option.text == "segs" else { throw option.bad(word, "segs") }
    let value = try reader.value(of: option)
    route.segments = value.text
    route.word = value
    guard reader.hasNext else { return .elsewhere }
    let next = try reader.value(of: value)
    guard next.text == "hmac" else { return .withCurrent }
    try readKey(next, &route.key)
    return .withNext
  }

  /// FLAVOR[,FLAVOR…] [lblen BITS] [nflen BITS]
  private mutating func readFlavors(_ word: Word) throws(CommandError) {
    let value = try reader.value(of: word)
    try once(word)
    var operations: UInt32 = 0
    for part in value.text.lowercased().split(separator: ",") {
      let known = ["psp", "usp", "usd", "next-csid"]
      guard let index = known.firstIndex(of: String(part)), operations & 2 << UInt32(index) == 0 else {
        throw value.bad(word, "each at most once and with commas between: psp, usp, usd, next-csid")
      }
      operations |= 2 << UInt32(index)
    }
    guard !value.text.isEmpty else { throw value.bad(word, "psp, usp, usd or next-csid") }
    var nested = [Attribute(1, operations)]
    if operations & 0x10 != 0 {
      for (type, text) in [(2, "lblen"), (3, "nflen")] as [(UInt16, String)] {
        // iproute2 looks at the word that may follow without asking whether there is any.
        guard reader.hasNext else { throw value.error(.incomplete("ip crashes where next-csid ends a line")) }
        reader.advance()
        guard let option = reader.current, option.text == text else {
          reader.index -= 1
          continue
        }
        let bits: UInt8 = try reader.number(of: option)
        nested.append(Attribute(type, bits))
      }
    }
    attributes.append(Attribute(11, .nested(nested)))
  }
}
