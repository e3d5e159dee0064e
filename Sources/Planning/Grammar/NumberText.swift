/// Numbers as the C library's strtoul() and strtol() read them, which iproute2 uses: white space and a sign may come
/// before, 0x makes them hexadecimal and 0 octal, and a minus wraps around.
package enum NumberText {
  struct Leading {
    /// Modulo 2^64 when there was a minus; the largest value when the digits exceed 64 bits.
    var value: UInt64
    var isNegative: Bool
    /// The digits exceed 64 bits.
    var overflows: Bool
    /// What follows the digits.
    var rest: Substring.UTF8View
  }

  /// The number that the text begins with; nil when there are no digits.
  static func leading(_ text: Substring.UTF8View, base: UInt64 = 0) -> Leading? {
    var rest = text.drop { $0 == 0x20 || (9...13).contains($0) }
    var isNegative = false
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    var base = base
    if base == 0 || base == 16, rest.first == UInt8(ascii: "0"),
      let mark = rest.dropFirst().first, mark | 0x20 == UInt8(ascii: "x"),
      let digit = rest.dropFirst(2).first.flatMap(digit), digit < 16
    {
      base = 16
      rest = rest.dropFirst(2)
    } else if base == 0 {
      base = rest.first == UInt8(ascii: "0") ? 8 : 10
    }
    var value: UInt64 = 0
    var overflows = false
    var count = 0
    while let digit = rest.first.flatMap(digit), digit < base {
      let (product, carry) = value.multipliedReportingOverflow(by: base)
      let (sum, carryAgain) = product.addingReportingOverflow(digit)
      overflows = overflows || carry || carryAgain
      value = sum
      count += 1
      rest = rest.dropFirst()
    }
    guard count > 0 else { return nil }
    let number = overflows ? UInt64.max : isNegative ? 0 &- value : value
    return Leading(value: number, isNegative: isNegative, overflows: overflows, rest: rest)
  }

  /// A number that is all of the text and fits.
  package static func unsigned<Number: FixedWidthInteger & UnsignedInteger>(
    _ text: some StringProtocol, base: UInt64 = 0, as type: Number.Type = Number.self
  ) -> Number? {
    guard let leading = leading(Substring(text).utf8, base: base), leading.rest.isEmpty, !leading.overflows else {
      return nil
    }
    return Number(exactly: leading.value)
  }

  /// A number with a sign that is all of the text and fits.
  static func signed(_ text: some StringProtocol) -> Int32? {
    long(text).flatMap { Int32(exactly: $0) }
  }

  /// As strtol(): the ends of the range stand for what is beyond them; nil unless it is all of the text.
  static func long(_ text: some StringProtocol) -> Int64? {
    guard let leading = leading(Substring(text).utf8), leading.rest.isEmpty else { return nil }
    let magnitude = leading.isNegative && !leading.overflows ? 0 &- leading.value : leading.value
    if leading.isNegative { return magnitude > 1 << 63 ? .min : Int64(truncatingIfNeeded: 0 &- magnitude) }
    return Int64(exactly: magnitude) ?? .max
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt64(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt64(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
