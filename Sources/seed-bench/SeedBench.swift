import HashLanes
import MultipathHash
import Routing

/// Measures the search of seeds for every width of vector registers that this CPU has; see Scripts/bench-seed.
@main
struct SeedBench {
  /// The rate of the plain loop that the search is held against, in seeds/s.
  private let scalarRate: Double
  private let observation: SeedSearch.Observation

  static func main() {
    guard CommandLine.arguments.count == 2, let rate = Double(CommandLine.arguments[1]), rate > 0 else {
      print("usage: seed-bench RATE (of the plain loop, in seeds/s)")
      return
    }
    // The message of Scripts/siphash-scalar.c: policy 0, 10.1.2.3 to 198.51.100.7.
    let hasher = MultipathHasher(family: .ipv4, policy: .layer3, fields: [], key: HashKey(seed: 0))
    let flow = Flow(source: IPAddress(ipv4: 0x0a01_0203), destination: IPAddress(ipv4: 0xc633_6407))
    guard let input = hasher.trace(flow, as: .packet).outer else { return }
    SeedBench(scalarRate: rate, observation: SeedSearch.Observation(input: input, hash31: 0x2aaa_aaaa)).run()
  }

  private func run() {
    line("registers", "threads", "million seeds/s", "ratio", "all 2^32 seeds")
    report("plain C loop", threads: 1, rate: scalarRate)
    for threads in Set([1, Processors.count]).sorted() {
      for lanes in LaneCount.available { report(lanes.name, threads: threads, rate: rate(lanes, threads)) }
    }
  }

  /// The best of several runs of about a second each.
  private func rate(_ lanes: LaneCount, _ threads: Int) -> Double {
    var rate = measure(lanes, threads, seeds: 1 << 24)
    for _ in 0..<4 { rate = max(rate, measure(lanes, threads, seeds: UInt32(min(rate, 4e9)))) }
    return rate
  }

  private func measure(_ lanes: LaneCount, _ threads: Int, seeds: UInt32) -> Double {
    let search = SeedSearch([observation], seeds: 1...max(seeds, 1), lanes: lanes, threads: threads)
    let duration = ContinuousClock().measure { _ = search.run() }
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    return Double(search.count) / max(seconds, 1e-9)
  }

  private func report(_ registers: String, threads: Int, rate: Double) {
    line(
      registers, "\(threads)", Self.tenths(rate / 1e6), Self.tenths(rate / scalarRate),
      Self.tenths(0x1p32 / rate) + " s")
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private func line(_ first: String, _ rest: String...) {
    let widths = [9, 17, 7, 16]
    let cells = zip(rest, widths).map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }
    print(first + String(repeating: " ", count: max(0, 13 - first.count)) + cells.joined())
  }
}
