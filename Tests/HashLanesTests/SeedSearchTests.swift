import HashLanes
import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("Search for a seed")
struct SeedSearchTests {
  private static let generatorSeed: UInt64 = 0x5eed

  private static func observations(
    _ count: Int, family: AddressFamily, seed: UInt32, using generator: inout SeededGenerator
  ) -> [SeedSearch.Observation] {
    (0..<count).map { _ in
      let input = HashInput.random(family, using: &generator)
      return SeedSearch.Observation(input: input, hash31: input.hash(key: HashKey(seed: seed)) >> 1)
    }
  }

  @Test("The seed is found at any place of a range of any length", arguments: LaneCount.available)
  func places(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.generatorSeed)
    for length in Array(1...70) + [1000, 4096] as [UInt32] {
      let first = UInt32.random(in: 0...(UInt32.max - length), using: &generator)
      let range = first...(first + length - 1)
      for seed in [range.lowerBound, range.upperBound, UInt32.random(in: range, using: &generator)] {
        let family = AddressFamily.allCases.randomElement(using: &generator) ?? .ipv4
        let observed = Self.observations(2, family: family, seed: seed, using: &generator)
        #expect(
          SeedSearch(observed, seeds: range, lanes: lanes, threads: 1).run() == [seed],
          "seed \(seed) of \(range), generator seed \(Self.generatorSeed)")
      }
    }
  }

  @Test("A seed next to the range is not found", arguments: LaneCount.available)
  func outside(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.generatorSeed)
    for length in 1...70 as ClosedRange<UInt32> {
      let first = UInt32.random(in: 1...(UInt32.max - length), using: &generator)
      for seed in [first - 1, first + length] {
        let observed = Self.observations(1, family: .ipv4, seed: seed, using: &generator)
        #expect(
          SeedSearch(observed, seeds: first...(first + length - 1), lanes: lanes, threads: 1).run() == [],
          "seed \(seed), length \(length), generator seed \(Self.generatorSeed)")
      }
    }
  }

  @Test("The first and the last of all seeds are found", arguments: LaneCount.available)
  func ends(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.generatorSeed)
    for (seed, range) in [(0, 0...99), (UInt32.max, UInt32.max - 98...UInt32.max), (UInt32.max, .max ... .max)]
      as [(UInt32, ClosedRange<UInt32>)]
    {
      let observed = Self.observations(2, family: .ipv4, seed: seed, using: &generator)
      #expect(SeedSearch(observed, seeds: range, lanes: lanes).run() == [seed])
    }
  }

  @Test("Threads share the range: nothing is left out, nothing found twice", arguments: [1, 2, 3, 16])
  func threads(count: Int) {
    var generator = SeededGenerator(seed: Self.generatorSeed)
    let range: ClosedRange<UInt32> = 0xff00_0001...0xff60_0000
    for seed in [range.lowerBound, 0xff10_0000, 0xff10_0001, 0xff3f_ffff, range.upperBound] {
      let observed = Self.observations(2, family: .ipv4, seed: seed, using: &generator)
      var reports: [UInt64] = []
      let search = SeedSearch(observed, seeds: range, threads: count)
      #expect(search.run { reports.append($0) } == [seed])
      #expect(search.count == 0x60_0000)
      #expect(reports.last == search.count)
      #expect(reports == reports.sorted())
    }
  }

  @Test("Every seed that fits is returned, those that fit only the first observation are not")
  func several() {
    // Inputs without fields are equal for all flows, so that an observation can be told twice.
    let empty = HashInput(
      [], of: PacketHeaders(source: .unspecified(.ipv4), destination: .unspecified(.ipv4), ipProtocol: 0),
      family: .ipv4, flowLabelOrder: .host, isLittleEndian: true)
    let range: ClosedRange<UInt32> = 1...5000
    let hash31 = empty.hash(key: HashKey(seed: 77)) >> 1
    let right = SeedSearch.Observation(input: empty, hash31: hash31)
    let wrong = SeedSearch.Observation(input: empty, hash31: hash31 ^ 1)
    #expect(SeedSearch([right, right], seeds: range).run() == [77])
    #expect(SeedSearch([right, wrong], seeds: range).run() == [])
    #expect(SeedSearch([], seeds: range).run() == [])
  }
}
