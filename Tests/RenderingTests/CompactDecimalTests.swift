import Testing

@testable import Rendering

@Suite("Times as %g prints them")
struct CompactDecimalTests {
  @Test(
    "hundredths of a second",
    arguments: [
      (0, "0"), (1, "0.01"), (9, "0.09"), (10, "0.1"), (99, "0.99"), (100, "1"), (157, "1.57"), (12000, "120"),
      (99999, "999.99"), (100000, "1000"), (999999, "9999.99"), (1_000_000, "10000"), (1_000_001, "10000"),
      (1_000_005, "10000"), (1_000_015, "10000.1"), (1_000_025, "10000.2"), (1_000_035, "10000.4"),
      (9_999_995, "99999.9"), (10_000_050, "100000"), (10_000_150, "100002"), (99_999_949, "999999"),
      (99_999_950, "1e+06"), (100_000_000, "1e+06"), (1_000_000_000, "1e+07"), (4_294_967_295, "4.29497e+07"),
      (123_456_789_012, "1.23457e+09"), (UInt64.max, "1.84467e+13"),
    ] as [(UInt64, String)])
  func hundredths(value: UInt64, expected: String) {
    #expect(text(CompactDecimal(hundredths: value)) == expected)
  }

  @Test(
    "thousandths of a second",
    arguments: [
      (1000, "1"), (1001, "1.001"), (1500, "1.5"), (12345, "12.345"), (1_234_567, "1234.57"), (536_870_911, "536871"),
      (4_294_967_295, "4.29497e+06"),
    ] as [(UInt32, String)])
  func thousandths(value: UInt32, expected: String) {
    #expect(text(CompactDecimal(thousandths: value)) == expected)
  }

  private func text(_ value: CompactDecimal) -> String {
    var bytes: [UInt8] = []
    value.appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
