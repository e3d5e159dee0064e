import HashLanes
import MultipathHash
import Routing
import TestSupport
import Testing

@Suite("Hashes in lanes")
struct LaneTests {
  private static let seed: UInt64 = 0x1a9e5

  @Test("A batch hashes as one input does, whatever its length", arguments: LaneCount.available)
  func batch(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.seed)
    for family in AddressFamily.allCases {
      // More than two blocks of the widest lanes, and every remainder.
      for count in Array(0...80) + [1000] {
        let inputs = (0..<count).map { _ in HashInput.random(family, using: &generator) }
        let key = HashKey(word0: generator.next(), word1: generator.next())
        var batch = HashBatch(family: family, capacity: count + Int.random(in: 0...3, using: &generator))
        for input in inputs where !batch.append(input) { Issue.record("no room for an input of \(count)") }
        #expect(
          batch.hashes(key: key, lanes: lanes) == inputs.map { $0.hash(key: key) },
          "\(family), \(count) inputs, generator seed \(Self.seed)")
      }
    }
  }

  @Test("A batch takes no more than fits, no input of the other family, and can be used again")
  func limits() {
    var generator = SeededGenerator(seed: Self.seed)
    var batch = HashBatch(family: .ipv4, capacity: 2)
    let inputs = (0..<3).map { _ in HashInput.random(.ipv4, using: &generator) }
    let other = HashInput.random(.ipv6, using: &generator)
    let added = ([other] + inputs).map { batch.append($0) }
    #expect(added == [false, true, true, false])
    #expect(batch.count == 2)
    batch.removeAll()
    #expect(batch.hashes(key: HashKey(seed: 1)) == [])
    let isAdded = batch.append(inputs[2])
    #expect(isAdded)
    #expect(batch.hashes(key: HashKey(seed: 1)) == [inputs[2].hash(key: HashKey(seed: 1))])
  }

  /// Seeds under which SipHash of the empty IPv4 input ends in 32 zero bits, or in 31 and a one.
  @Test(
    "A hash of 0 becomes 1, and both are found", arguments: [278_921_230, 1_215_322_806, 1_400_708_927] as [UInt32])
  func zero(seed: UInt32) {
    let input = HashInput(
      [], of: PacketHeaders(source: .unspecified(.ipv4), destination: .unspecified(.ipv4), ipProtocol: 0),
      family: .ipv4, flowLabelOrder: .host, isLittleEndian: true)
    var batch = HashBatch(family: .ipv4, capacity: 1)
    let isAdded = batch.append(input)
    #expect(isAdded)
    let observation = SeedSearch.Observation(input: input, hash31: 0)
    for lanes in LaneCount.available {
      #expect(batch.hashes(key: HashKey(seed: seed), lanes: lanes) == [1])
      #expect(SeedSearch([observation], seeds: seed - 50...seed + 50, lanes: lanes).run() == [seed])
    }
  }
}
