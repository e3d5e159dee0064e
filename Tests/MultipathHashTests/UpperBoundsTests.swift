import MultipathHash
import TestSupport
import Testing

@Suite("Upper bounds")
struct UpperBoundsTests {
  @Test(
    "Bounds of known weights",
    arguments: [
      ("one, two, three", [1, 2, 3], [357_913_940, 1_073_741_823, 2_147_483_647]),
      ("a single nexthop takes everything", [5], [0x7fff_ffff]),
      ("two halves", [1, 1], [0x3fff_ffff, 0x7fff_ffff]),
      ("none", [], []),
      ("the first is not eligible", [nil, 1], [-1, 0x7fff_ffff]),
      ("the last is not eligible", [1, 3, nil], [0x1fff_ffff, 0x7fff_ffff, -1]),
      ("nobody is eligible", [nil, nil], [-1, -1]),
      ("no weight at all", [0, 0], [-1, -1]),
      ("16-bit weights", [1, 65536], [32767, 0x7fff_ffff]),
    ] as [(String, [UInt32?], [Int32])])
  func known(description: String, weights: [UInt32?], bounds: [Int32]) {
    #expect(UpperBounds.bounds(weights: weights) == bounds, "\(description)")
  }

  @Test("The largest group of the largest weights neither traps nor loses a hash")
  func largest() {
    let bounds = UpperBounds.bounds(weights: Array(repeating: 65536, count: 65535))
    #expect(bounds.last == 0x7fff_ffff)
    #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("Impossible weights do not trap")
  func overflow() {
    #expect(UpperBounds.bounds(weights: Array(repeating: .max, count: 9)).count == 9)
  }

  @Test("The first bound that is not smaller decides")
  func index() {
    let bounds: [Int32] = [-1, 99, -1, 0x7fff_ffff]
    #expect(UpperBounds.index(of: 0, in: bounds) == 1)
    #expect(UpperBounds.index(of: 99, in: bounds) == 1)
    #expect(UpperBounds.index(of: 100, in: bounds) == 3)
    #expect(UpperBounds.index(of: 0x7fff_ffff, in: bounds) == 3)
    #expect(UpperBounds.index(of: 0, in: [-1, -1]) == nil)
  }

  @Test("Bounds are the rounded shares of the eligible weights", arguments: 0..<50 as Range<UInt64>)
  func shares(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let weights: [UInt32?] = (0...random.next() % 40).map { _ in
      random.chance(20) ? nil : UInt32(random.next() % 65536) + 1
    }
    let bounds = UpperBounds.bounds(weights: weights)
    let total = weights.reduce(0.0) { $0 + Double($1 ?? 0) }
    var sum = 0.0
    for (weight, bound) in zip(weights, bounds) {
      guard let weight else {
        #expect(bound == -1)
        continue
      }
      sum += Double(weight)
      #expect(abs(sum / total * 0x1p31 - 1 - Double(bound)) <= 0.5001)
    }
  }
}
