/// A number of hundredths or thousandths, printed as C's `%g` prints the double nearest to it.
struct CompactDecimal {
  /// The value times `scale`.
  private let units: UInt64
  /// 100 or 1000.
  private let scale: UInt64
  /// What `ip` hands to printf.
  private let value: Double

  /// A time in 1/100 s.
  ///
  /// The way through microseconds, which wraps at 64 bits, is that of iproute2.
  init(hundredths: UInt64) {
    let microseconds = hundredths &* 10_000
    units = microseconds / 10_000
    scale = 100
    value = Double(microseconds / 1_000_000) + Double(microseconds % 1_000_000) / 1_000_000
  }

  init(thousandths: UInt32) {
    units = UInt64(thousandths)
    scale = 1000
    value = Double(thousandths) / 1e3
  }

  func appendText(to output: inout [UInt8]) {
    let fractionDigits = scale == 100 ? 2 : 3
    var digits: [UInt8] = []
    digits.appendDecimal(units)
    guard units != 0 else { return output.append(UInt8(ascii: "0")) }
    // The power of ten of the first digit.
    var exponent = digits.count - 1 - fractionDigits
    if digits.count > 6 {
      let rounded = roundedToSixDigits(digitCount: digits.count)
      digits.removeAll()
      digits.appendDecimal(rounded)
      exponent += digits.count - 6
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if exponent >= 6 {
      appendScientific(digits, exponent: exponent, to: &output)
    } else {
      appendPositional(digits, exponent: exponent, to: &output)
    }
  }

  /// The first six digits, rounded to nearest; a tie goes the way the double differs from it, an exact one to even.
  private func roundedToSixDigits(digitCount: Int) -> UInt64 {
    var divisor: UInt64 = 1
    for _ in 0..<(digitCount - 6) { divisor *= 10 }
    let (quotient, remainder) = units.quotientAndRemainder(dividingBy: divisor)
    let half = divisor / 2
    guard remainder == half else { return remainder > half ? quotient + 1 : quotient }
    let excess = (-Double(units)).addingProduct(value, Double(scale))
    if excess != 0 { return excess > 0 ? quotient + 1 : quotient }
    return quotient + quotient % 2
  }

  private func appendPositional(_ digits: [UInt8], exponent: Int, to output: inout [UInt8]) {
    if exponent < 0 {
      output.append(contentsOf: "0.".utf8)
      for _ in 0..<(-exponent - 1) { output.append(UInt8(ascii: "0")) }
      output.append(contentsOf: digits)
      return
    }
    for index in 0..<max(digits.count, exponent + 1) {
      if index == exponent + 1 { output.append(UInt8(ascii: ".")) }
      output.append(index < digits.count ? digits[index] : UInt8(ascii: "0"))
    }
  }

  private func appendScientific(_ digits: [UInt8], exponent: Int, to output: inout [UInt8]) {
    output.append(digits[0])
    if digits.count > 1 {
      output.append(UInt8(ascii: "."))
      output.append(contentsOf: digits.dropFirst())
    }
    output.append(contentsOf: exponent < 10 ? "e+0".utf8 : "e+".utf8)
    output.appendDecimal(UInt64(exponent))
  }
}
