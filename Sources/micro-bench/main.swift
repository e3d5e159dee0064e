import Benchmark
import FlowSources
import Forwarding
import HashLanes
import MultipathHash
import Routing

/// The parts of a decision, each alone, by google/swift-benchmark; times are of what one line names.
Benchmark.main([lookups(), hashes(), decisions()])

func lookups() -> BenchmarkSuite {
  BenchmarkSuite(name: "longest match") { suite in
    for count in [1000, 1_000_000] {
      var generator = SplitMix64(seed: 5)
      let prefixes = (0..<count).map { _ in
        let word = generator.next()
        return Prefix(
          containing: IPAddress(ipv4: UInt32(truncatingIfNeeded: word)), length: UInt8(8 + word >> 32 % 17))
      }
      let index = PrefixIndex(prefixes, family: .ipv4)
      let addresses = (0..<1024).map { _ in IPAddress(ipv4: UInt32(truncatingIfNeeded: generator.next())) }
      suite.benchmark("1024 addresses, \(count) prefixes") {
        var sum: Int64 = 0
        for address in addresses { sum &+= Int64(index.longest(covering: address)) }
        use(sum)
      }
    }
  }
}

func hashes() -> BenchmarkSuite {
  BenchmarkSuite(name: "hash") { suite in
    let count = 512
    let numbers = (0..<UInt32(count)).map { $0 &* 0x9e37_79b9 }
    let kinds = Array(
      repeating: FlowKind(isIPv6: false, ipProtocol: 17, interface: 6, bringsNoHash: false), count: count)
    let form = IPv4HashForm(
      [.source, .destination, .ipProtocol, .sourcePort, .destinationPort],
      hasPorts: Array(repeating: true, count: 256), key: HashKey(seed: 7))
    for lanes in LaneCount.available {
      var hashes = [UInt32](repeating: 0, count: count)
      suite.benchmark("\(count) IPv4 headers, \(lanes.name)") {
        form.hash(
          kinds: kinds, sources: numbers, destinations: numbers, ports: numbers, count: count, lanes: lanes,
          into: &hashes)
      }
    }
  }
}

func decisions() -> BenchmarkSuite {
  BenchmarkSuite(name: "decide") { suite in
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: (1...6).map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) }, rules: Rule.defaults(.ipv4))
    let legs = (2...5).map { RouteLeg(gateway: IPAddress(ipv4: 0x0a01_0001 + $0 << 8), interface: $0) }
    state.routes = [Route(destination: .everything(.ipv4), nexthops: .legs(.multipath(legs)))]
    state.settings.hashSeed = 1
    state.settings.ipv4Hash.policy = 1
    let table = ForwardingTable(state)
    let to = Prefix(containing: IPAddress(ipv4: 0xac10_0000), length: 12)
    let flows = Array(RandomFlows(seed: 1, count: 1024, to: to, inputInterface: 6))
    var columns = FlowColumns(capacity: flows.count)
    for flow in flows { columns.append(flow) }
    suite.benchmark("one flow, by the reference") { use(table.decide(flows[0]).route ?? 0) }
    for lanes in LaneCount.available {
      var decider = BatchDecider(table, lanes: lanes)
      var batch = DecisionBatch()
      suite.benchmark("1024 flows, \(lanes.name)") { decider.decide(columns, into: &batch) }
    }
  }
}

/// Keeps the compiler from leaving out what computes `value`.
@inline(never)
func use(_ value: some BinaryInteger) {
  if value == .zero - 1 - 1 { print(value) }
}
