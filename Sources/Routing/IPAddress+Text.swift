/// The textual forms of RFC 4291 section 2.2 and RFC 5952, as glibc reads and prints them.
extension IPAddress: LosslessStringConvertible {
  /// Reads dotted-quad IPv4 or any RFC 4291 form of IPv6 (without a zone); nil for anything else.
  package init?(_ text: String) {
    let parsed = IPAddress(utf8: text.utf8.span)
    guard let parsed else { return nil }
    self = parsed
  }

  /// As `init(_:)`, from bytes and without allocating.
  package init?(utf8 text: Span<UInt8>) {
    var sawColon = false
    for index in text.indices where text[index] == UInt8(ascii: ":") {
      sawColon = true
      break
    }
    if sawColon {
      guard let (high, low) = Self.parseIPv6(text) else { return nil }
      self.init(ipv6High: high, low: low)
    } else {
      guard let value = Self.parseIPv4(text) else { return nil }
      self.init(ipv4: value)
    }
  }

  private static func parseIPv4(_ text: Span<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        octet = 0
        digits = 0
        dots += 1
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      // inet_pton refuses leading zeros, which some programs would read as octal.
      guard digits == 0 || octet != 0 else { return nil }
      octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
      digits += 1
      guard octet <= 255 else { return nil }
    }
    guard dots == 3, digits > 0 else { return nil }
    return value << 8 | octet
  }

  private static func parseIPv6(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
    let colon = UInt8(ascii: ":")
    var head: (high: UInt64, low: UInt64) = (0, 0)
    var groups = 0
    var gapAt: Int? = nil
    var index = 0

    func append(_ group: UInt64) {
      head = (head.high << 16 | head.low >> 48, head.low << 16 | group)
      groups += 1
    }

    if text.count >= 2, text[0] == colon, text[1] == colon {
      gapAt = 0
      index = 2
    } else if text.count >= 1, text[0] == colon {
      return nil
    }
    while index < text.count {
      var value: UInt64 = 0
      let start = index
      while index < text.count, let digit = hexDigit(text[index]) {
        value = value << 4 | UInt64(digit)
        index += 1
        guard index - start <= 4 else { return nil }
      }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        guard groups <= 6, let tail = parseIPv4(text.extracting(start..<text.count)) else { return nil }
        append(UInt64(tail >> 16))
        append(UInt64(tail & 0xffff))
        index = text.count
        break
      }
      guard index > start, groups < 8 else { return nil }
      append(value)
      if index == text.count { break }
      guard text[index] == colon else { return nil }
      index += 1
      if index < text.count, text[index] == colon {
        guard gapAt == nil else { return nil }
        gapAt = groups
        index += 1
      } else if index == text.count {
        return nil
      }
    }
    guard let gapAt else { return groups == 8 ? head : nil }
    guard groups <= 7 else { return nil }
    // What follows the gap stays at the low end; what precedes it moves up to the top.
    let tailBits = UInt64(16 * (groups - gapAt))
    let missing = 16 * (8 - groups)
    let (tail, front) = split(head, lowBits: tailBits)
    let moved = shiftLeft(front, by: UInt64(missing) + tailBits)
    return (moved.high | tail.high, moved.low | tail.low)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private typealias Wide = (high: UInt64, low: UInt64)

  /// The lowest `lowBits` bits, and the rest shifted down by as many.
  private static func split(_ value: Wide, lowBits: UInt64) -> (tail: Wide, front: Wide) {
    switch lowBits {
    case 0: ((0, 0), value)
    case 1..<64:
      (
        (0, value.low & (1 << lowBits - 1)),
        (value.high >> lowBits, value.low >> lowBits | value.high << (64 - lowBits))
      )
    case 64: ((0, value.low), (0, value.high))
    default: ((value.high & (1 << (lowBits - 64) - 1), value.low), (0, value.high >> (lowBits - 64)))
    }
  }

  private static func shiftLeft(_ value: Wide, by bits: UInt64) -> Wide {
    switch bits {
    case 0: value
    case 1..<64: (value.high << bits | value.low >> (64 - bits), value.low << bits)
    case 64..<128: (value.low << (bits - 64), 0)
    default: (0, 0)
    }
  }
}

extension IPAddress: CustomStringConvertible {
  /// Dotted quad, or RFC 5952 with the dotted tail where glibc's `inet_ntop` writes one.
  package var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(46)
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends `description` as ASCII.
  package func appendText(to output: inout [UInt8]) {
    switch family {
    case .ipv4: Self.appendDotted(ipv4Value, to: &output)
    case .ipv6: appendIPv6(to: &output)
    }
  }

  private static func appendDotted(_ value: UInt32, to output: inout [UInt8]) {
    for shift: UInt32 in [24, 16, 8, 0] {
      let octet = UInt8(truncatingIfNeeded: value >> shift)
      if octet >= 100 { output.append(UInt8(ascii: "0") + octet / 100) }
      if octet >= 10 { output.append(UInt8(ascii: "0") + octet / 10 % 10) }
      output.append(UInt8(ascii: "0") + octet % 10)
      if shift > 0 { output.append(UInt8(ascii: ".")) }
    }
  }

  private func group(_ index: Int) -> UInt16 {
    let half = index < 4 ? high : low
    return UInt16(truncatingIfNeeded: half >> (48 - 16 * UInt64(index % 4)))
  }

  private func appendIPv6(to output: inout [UInt8]) {
    let gap = longestZeroRun()
    // glibc: the dotted tail follows a leading gap of six groups, or of five and then ffff.
    let dotted =
      gap.lowerBound == 0
      && (gap.count == 6 || (gap.count == 5 && group(5) == 0xffff))
    var index = 0
    while index < 8 {
      if index == gap.lowerBound, !gap.isEmpty {
        output.append(UInt8(ascii: ":"))
        if gap.upperBound == 8 { output.append(UInt8(ascii: ":")) }
        index = gap.upperBound
        continue
      }
      if index > 0 { output.append(UInt8(ascii: ":")) }
      if dotted, index == 6 {
        Self.appendDotted(ipv4Value, to: &output)
        return
      }
      appendHex(group(index), to: &output)
      index += 1
    }
  }

  private func appendHex(_ value: UInt16, to output: inout [UInt8]) {
    var started = false
    for shift: UInt16 in [12, 8, 4, 0] {
      let digit = UInt8(value >> shift & 0xf)
      started = started || digit != 0 || shift == 0
      guard started else { continue }
      output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  /// The first of the longest runs of at least two zero groups; empty when there is none.
  private func longestZeroRun() -> Range<Int> {
    var best = 0..<0
    var index = 0
    while index < 8 {
      guard group(index) == 0 else {
        index += 1
        continue
      }
      var end = index
      while end < 8, group(end) == 0 { end += 1 }
      if end - index > max(best.count, 1) { best = index..<end }
      index = end
    }
    return best
  }
}
