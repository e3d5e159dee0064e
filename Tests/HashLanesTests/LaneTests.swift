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

  @Test("Words that are hashed once for all are hashed as those of each input", arguments: LaneCount.available)
  func beginning(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.seed)
    for family in AddressFamily.allCases {
      let wordCount = HashInput.wordCount(family)
      for begun in 0...wordCount {
        let key = HashKey(word0: generator.next(), word1: generator.next())
        let count = Int.random(in: 1...70, using: &generator)
        let first = HashInput.random(family, using: &generator)
        let inputs = (0..<count).map { _ in
          let other = HashInput.random(family, using: &generator)
          return (0..<wordCount).map { $0 < begun ? first.words[$0] : other.words[$0] }
        }
        let words = (begun..<wordCount).flatMap { word in inputs.map { $0[word] } }
        var hashes = [UInt32](repeating: 0, count: count)
        HashBeginnings(Array(inputs[0][..<begun]), key: key).hash(
          words, capacity: count, wordCount: wordCount - begun, count: count, lanes: lanes, into: &hashes)
        let expected = inputs.map { words in
          let hash = UInt32(truncatingIfNeeded: SipHash24.hash(words.span, key: key))
          return hash == 0 ? 1 : hash
        }
        #expect(hashes == expected, "\(family), \(begun) of \(wordCount) words, generator seed \(Self.seed)")
      }
    }
  }

  @Test("Words that are hashed once for a protocol are hashed as those of each input", arguments: LaneCount.available)
  func beginnings(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.seed)
    for count in Array(0...80) + [1000] {
      let key = HashKey(word0: generator.next(), word1: generator.next())
      let secret: UInt64 = generator.next()
      let kinds = (0..<count).map { _ in FlowKind(word: generator.next()) }
      let words = (0..<5 * (count + 3)).map { _ in generator.next() as UInt64 }
      var hashes = [UInt32](repeating: 0, count: count)
      HashBeginnings(ofProtocols: { [UInt64($0) &* secret, 0, secret] }, key: key).hash(
        words, kinds: kinds, capacity: count + 3, wordCount: 5, count: count, lanes: lanes, into: &hashes)
      let expected = (0..<count).map { number in
        let begun = [UInt64(kinds[number].ipProtocol) &* secret, 0, secret]
        let message = begun + (0..<5).map { words[$0 * (count + 3) + number] }
        let hash = UInt32(truncatingIfNeeded: SipHash24.hash(message.span, key: key))
        return hash == 0 ? 1 : hash
      }
      #expect(hashes == expected, "\(count) inputs, generator seed \(Self.seed)")
    }
  }

  @Test("Ranges choose for all hashes at once what they choose for one", arguments: LaneCount.available)
  func ranges(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.seed)
    for round in 0..<300 {
      let members = (0...Int.random(in: 0...17, using: &generator)).map { _ in generator.next() as UInt32 }
      let last = UInt32.max >> 1
      // Some of them at the ends, and some empty.
      let ends = members.dropLast().map { _ in
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: 0 as UInt32
        case 1: last
        default: UInt32.random(in: 0...last, using: &generator)
        }
      }.sorted()
      let count = round < 100 ? round : Int.random(in: 0...1500, using: &generator)
      let hashes: [UInt32] = (0..<count).map { _ in
        guard let end = ends.randomElement(using: &generator), Bool.random(using: &generator) else {
          return generator.next()
        }
        return (end &+ UInt32.random(in: 0...2, using: &generator) &- 1) << 1
          | UInt32.random(in: 0...1, using: &generator)
      }
      let steps = zip(members, members.dropFirst()).map { $1 &- $0 }
      let before = Int.random(in: 0...2, using: &generator)
      let padding = [UInt32](repeating: 7, count: before)
      var (halves, choices) = (hashes, [UInt32](repeating: 0, count: count))
      HashRanges(
        ends: padding + ends + padding, steps: padding + steps + padding, places: before..<before + ends.count,
        first: members[0]
      ).select(&halves, lanes: lanes, into: &choices)
      #expect(halves == hashes.map { $0 >> 1 }, "round \(round), generator seed \(Self.seed)")
      let expected = hashes.map { hash in
        members[ends.firstIndex { $0 >= hash >> 1 } ?? ends.count]
      }
      #expect(choices == expected, "\(ends), round \(round), generator seed \(Self.seed)")
    }
  }

  @Test("IPv4 headers hash as their inputs, whatever is hashed of them", arguments: LaneCount.available)
  func headers(lanes: LaneCount) {
    var generator = SeededGenerator(seed: Self.seed)
    for round in 0..<200 {
      let count = round < 100 ? round : Int.random(in: 100...2000, using: &generator)
      let fields = HashFields(rawValue: generator.next()).intersection(.outerMask).subtracting(.flowLabel)
      let hasPorts = (0..<256).map { _ in Bool.random(using: &generator) }
      // Few protocols or many, with anything in the other bits.
      let some: [UInt8] = (0..<Int.random(in: 1...60, using: &generator)).map { _ in generator.next() }
      let kinds = (0..<count).map { _ in
        FlowKind(word: generator.next() & ~0xff00 | UInt64(some.randomElement(using: &generator) ?? 0) << 8)
      }
      let key = HashKey(word0: generator.next(), word1: generator.next())
      let sources: [UInt32] = (0..<count).map { _ in generator.next() }
      // Some of them equal, so that nothing has to be put in order.
      let destinations: [UInt32] = sources.map { Int.random(in: 0..<9, using: &generator) == 0 ? $0 : generator.next() }
      let ports: [UInt32] = (0..<count).map { _ in
        let pair: UInt32 = generator.next()
        return Int.random(in: 0..<9, using: &generator) == 0 ? pair & 0xffff | pair << 16 : pair
      }
      var hashes = [UInt32](repeating: 0, count: count)
      IPv4HashForm(fields, hasPorts: hasPorts, key: key).hash(
        kinds: kinds, sources: sources, destinations: destinations, ports: ports, count: count, lanes: lanes,
        into: &hashes)
      let expected = (0..<count).map { number in
        let ipProtocol = kinds[number].ipProtocol
        let hasPorts = hasPorts[Int(ipProtocol)]
        let headers = PacketHeaders(
          source: IPAddress(ipv4: sources[number]), destination: IPAddress(ipv4: destinations[number]),
          ipProtocol: ipProtocol, sourcePort: hasPorts ? UInt16(truncatingIfNeeded: ports[number]) : 0,
          destinationPort: hasPorts ? UInt16(truncatingIfNeeded: ports[number] >> 16) : 0)
        return HashInput(fields, of: headers, family: .ipv4, flowLabelOrder: .host, isLittleEndian: true).hash(key: key)
      }
      #expect(hashes == expected, "\(fields.names), \(count) headers, generator seed \(Self.seed)")
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
