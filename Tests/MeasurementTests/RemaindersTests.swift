import TestSupport
import Testing

@testable import Measurement

@Suite struct RemaindersTests {
  @Test func `Three remainders give back every 31-bit number`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let random = (0..<2000).map { _ in UInt32.random(in: 0...0x7fff_ffff, using: &generator) }
    for number in [0, 1, 1290, 1291, 1296, 1297, 1300, 1301, 0x7fff_fffe, 0x7fff_ffff] + random {
      #expect(Remainders.number(Remainders.moduli.map { number % $0 }) == number, "seed \(seed)")
    }
  }

  @Test func `Remainders of a number above 31 bits give nothing, nor do two of them`() {
    let above: UInt32 = 0x8000_0000
    #expect(Remainders.number(Remainders.moduli.map { above % $0 }) == nil)
    #expect(Remainders.number([1, 2]) == nil)
  }
}
