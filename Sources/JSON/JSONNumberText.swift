/// Whether the bytes are a number by RFC 8259 section 6.
func isWrittenAsNumber(_ text: [UInt8]) -> Bool {
  var rest = text[...]

  func takeDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
    let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
    rest = rest.dropFirst(count)
    return count
  }

  if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
  let startsWithZero = rest.first == UInt8(ascii: "0")
  let digits = takeDigits(&rest)
  guard digits > 0, digits == 1 || !startsWithZero else { return false }
  if rest.first == UInt8(ascii: ".") {
    rest = rest.dropFirst()
    guard takeDigits(&rest) > 0 else { return false }
  }
  if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
    rest = rest.dropFirst()
    if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
    guard takeDigits(&rest) > 0 else { return false }
  }
  return rest.isEmpty
}

/// The value of a number written with digits only; nil when it does not fit, and for minus zero.
func wholeNumber(_ text: [UInt8]) -> Int128? {
  let isNegative = text.first == UInt8(ascii: "-")
  let digits = isNegative ? text.dropFirst() : text[...]
  // 18 digits always fit 64 bits, and 38 always fit 128.
  if digits.count <= 18 {
    var value: Int64 = 0
    for digit in digits { value = value * 10 + Int64(digit - UInt8(ascii: "0")) }
    if isNegative, value == 0 { return nil }
    return Int128(isNegative ? -value : value)
  }
  guard digits.count <= 38 else { return nil }
  var value: Int128 = 0
  for digit in digits { value = value * 10 + Int128(digit - UInt8(ascii: "0")) }
  return isNegative ? -value : value
}
