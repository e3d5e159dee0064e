/// The 31-bit number with given remainders modulo 1291, 1297 and 1301.
///
/// The three are prime, and their product is above 2^31: the Chinese remainder theorem leaves one number.
enum Remainders {
  static let moduli: [UInt32] = [1291, 1297, 1301]

  /// nil for remainders that no 31-bit number has.
  static func number(_ remainders: [UInt32]) -> UInt32? {
    guard remainders.count == moduli.count else { return nil }
    var number: UInt64 = 0
    var step: UInt64 = 1
    for (modulus, remainder) in zip(moduli, remainders) {
      let modulus = UInt64(modulus)
      var tries = modulus
      while number % modulus != UInt64(remainder) % modulus, tries > 0 {
        number += step
        tries -= 1
      }
      step *= modulus
    }
    return number <= 0x7fff_ffff ? UInt32(number) : nil
  }
}
