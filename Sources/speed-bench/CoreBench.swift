import FlowSources
import Forwarding
import HashLanes
import MultipathHash
import Routing

/// The pure core on one CPU, in millions a second of CPU time.
enum CoreBench {
  /// - Parameter scalarRate: hashes/s of Scripts/siphash-scalar.c.
  static func run(scalarRate: Double) {
    for count in [1000, 10_000, 100_000, 1_000_000] { lookup(.ipv4, count) }
    lookup(.ipv6, 300_000)
    hash(scalarRate)
    for family in AddressFamily.allCases {
      for policy in [0, 1] as [UInt8] {
        for lanes in LaneCount.available { decide(family, policy: policy, lanes) }
      }
    }
    text()
  }

  private static func line(_ what: String, _ rate: Double, _ unit: String, _ note: String = "") {
    let number = "\(Double(Int(rate / 1e4)) / 100)"
    let gap = String(repeating: " ", count: max(1, 58 - what.count - number.count))
    print("  \(what)\(gap)\(number) million \(unit)\(note)")
  }

  private static func ratio(_ number: Double) -> String { "\(Double(Int(number * 10)) / 10)" }

  private static func lookup(_ family: AddressFamily, _ count: Int) {
    var generator = SplitMix64(seed: 5)
    let prefixes: [Prefix]
    switch family {
    case .ipv4: prefixes = RouteFile.prefixes(count)
    case .ipv6:
      let lengths: [UInt8] = [29, 32, 32, 36, 40, 44, 48, 48, 48, 48, 48, 48, 48, 46, 64, 33]
      let tops: [UInt64] = [0x2001, 0x2400, 0x2600, 0x2604, 0x2800, 0x2a00, 0x2a02, 0x2a0c, 0x2c0f]
      prefixes = (0..<count).map { _ in
        let word = generator.next()
        let high = tops[Int(word % 9)] << 48 | generator.next() >> 16
        return Prefix(containing: IPAddress(ipv6High: high, low: 0), length: lengths[Int(word >> 8 & 15)])
      }
    }
    var index = PrefixIndex([], family: family)
    let build = Stopwatch.rate(count, runs: 3) { index = PrefixIndex(prefixes, family: family) }
    let addresses = (0..<1 << 20).map { _ in
      // IPv6 addresses anywhere would nearly all have no prefix.
      family == .ipv4
        ? IPAddress(ipv4: UInt32(truncatingIfNeeded: generator.next()))
        : IPAddress(
          ipv6High: prefixes[Int(generator.next() % UInt64(count))].address.high | generator.next() >> 40,
          low: generator.next())
    }
    var sum: Int64 = 0
    let rate = Stopwatch.rate(addresses.count) {
      for address in addresses { sum &+= Int64(index.longest(covering: address)) }
    }
    let milliseconds = Int(Double(count) / build * 1000)
    line(
      "longest match, \(family), \(count) prefixes", rate, "lookups/s",
      ", built in \(milliseconds) ms\(sum == .max ? "!" : "")")
  }

  private static func hash(_ scalarRate: Double) {
    let capacity = 512
    for family in AddressFamily.allCases {
      let count = HashInput.wordCount(family)
      let words = (0..<capacity * count).map { UInt64($0) &* 0x9e37_79b9_7f4a_7c15 }
      var hashes = [UInt32](repeating: 0, count: capacity)
      let beginning = HashBeginnings([], key: HashKey(seed: 7))
      for lanes in LaneCount.available {
        let rate = Stopwatch.rate(capacity * 4000) {
          for _ in 0..<4000 {
            beginning.hash(
              words, capacity: capacity, wordCount: count, count: capacity, lanes: lanes, into: &hashes)
          }
        }
        let note = scalarRate > 0 && family == .ipv4 ? ", \(ratio(rate / scalarRate)) times a plain C loop" : ""
        line("SipHash of \(count * 8) bytes, \(lanes.name)", rate, "hashes/s", note)
      }
    }
    hashHeaders()
  }

  /// IPv4 headers of one protocol, whose inputs begin alike.
  private static func hashHeaders() {
    let capacity = 512
    let numbers = (0..<UInt32(capacity)).map { $0 &* 0x9e37_79b9 }
    let kinds = Array(
      repeating: FlowKind(isIPv6: false, ipProtocol: 17, interface: 6, bringsNoHash: false), count: capacity)
    var hashes = [UInt32](repeating: 0, count: capacity)
    let form = IPv4HashForm(
      [.source, .destination, .ipProtocol, .sourcePort, .destinationPort],
      hasPorts: Array(repeating: true, count: 256), key: HashKey(seed: 7))
    for lanes in LaneCount.available {
      let rate = Stopwatch.rate(capacity * 4000) {
        for _ in 0..<4000 {
          form.hash(
            kinds: kinds, sources: numbers, destinations: numbers, ports: numbers, count: capacity, lanes: lanes,
            into: &hashes)
        }
      }
      line("SipHash of IPv4 headers, \(lanes.name)", rate, "hashes/s")
    }
  }

  private static func decide(_ family: AddressFamily, policy: UInt8, _ lanes: LaneCount) {
    func gateway(_ number: UInt32) -> IPAddress {
      family == .ipv4
        ? IPAddress(ipv4: 0x0a01_0001 + number << 8) : IPAddress(ipv6High: 0xfd00 << 48, low: UInt64(number))
    }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: (1...6).map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) },
      rules: Rule.defaults(.ipv4) + Rule.defaults(.ipv6))
    let legs = (2...5).map { RouteLeg(gateway: gateway($0), interface: $0) }
    state.routes = [Route(destination: .everything(family), nexthops: .legs(.multipath(legs)))]
    state.settings.hashSeed = 1
    state.settings.ipv4Hash.policy = policy
    state.settings.ipv6Hash.policy = policy
    let table = ForwardingTable(state)
    let to =
      family == .ipv4
      ? Prefix(containing: IPAddress(ipv4: 0xac10_0000), length: 12)
      : Prefix(containing: IPAddress(ipv6High: 0x2001_0db8 << 32, low: 0), length: 32)
    let flows = Array(RandomFlows(seed: 1, count: 4096, to: to, inputInterface: 6))
    let blocks = stride(from: 0, to: flows.count, by: 1024).map { start in
      var block = FlowColumns(capacity: 1024)
      for flow in flows[start..<start + 1024] { block.append(flow) }
      return block
    }
    var decider = BatchDecider(table, lanes: lanes)
    var batch = DecisionBatch()
    let together = Stopwatch.rate(flows.count * 500) {
      for _ in 0..<500 {
        for block in blocks { decider.decide(block, into: &batch) }
      }
    }
    var sum = 0
    let alone = Stopwatch.rate(flows.count) { for flow in flows { sum &+= table.decide(flow).route ?? 0 } }
    line(
      "decide, \(family), policy \(policy), \(lanes.name)", together, "flows/s",
      ", \(ratio(together / alone)) times one by one\(sum == .max ? "!" : "")")
  }

  /// Reading text, against copying its bytes.
  private static func text() {
    let flows = RandomFlows(
      seed: 3, count: 1 << 18, to: Prefix(containing: IPAddress(ipv4: 0xac10_0000), length: 12), inputInterface: 6)
    var csv = "src,dst,proto,sport,dport,iif\n"
    var json = ""
    for flow in flows {
      let (source, destination, number) = (flow.source.description, flow.destination.description, flow.ipProtocol)
      csv += "\(source),\(destination),\(number),\(flow.sourcePort),\(flow.destinationPort),in0\n"
      json +=
        "{\"src\":\"\(source)\",\"dst\":\"\(destination)\",\"proto\":\(number),\"sport\":\(flow.sourcePort),\"dport\":\(flow.destinationPort),\"iif\":\"in0\"}\n"
    }
    for (what, text) in [("CSV", csv), ("NDJSON", json)] {
      var columns = FlowColumns()
      let rate = Stopwatch.rate(1 << 18) {
        var lines = FlowLines(text: Array(text.utf8))
        repeat {
          columns.removeAll()
          try? lines?.read(into: &columns) { _ in 7 }
        } while columns.count > 0
      }
      line("\(what) read", rate, "lines/s")
      line("\(what) read, in bytes", rate * Double(text.utf8.count) / Double(1 << 18), "bytes/s")
    }
    let bytes = Array(csv.utf8)
    var copy = bytes
    let copied = Stopwatch.rate(bytes.count * 20) {
      for _ in 0..<20 {
        copy.removeAll(keepingCapacity: true)
        copy.append(contentsOf: bytes)
      }
    }
    line("memory copied", copied, "bytes/s", copy.count == 1 ? "!" : "")
  }
}
