import FlowSources
import Glibc
import Routing

/// What Scripts/bench measures with, one thing at a time.
@main
enum SpeedBench {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch (arguments.first, arguments.dropFirst().first.flatMap(Int.init)) {
    case ("core", _): CoreBench.run(scalarRate: arguments.dropFirst().first.flatMap(Double.init) ?? 0)
    case ("flows", let count?): FlowFile.write(count)
    case ("frames", let count?): FrameFile.write(count)
    case ("routes", let count?): RouteFile.write(count)
    case ("lookup", let count?): KernelBench.lookup(count)
    case ("receive", _): KernelBench.receive()
    case ("run", _) where arguments.count > 1: Stopwatch.run(Array(arguments.dropFirst()))
    default:
      print("usage: speed-bench core RATE | flows N | frames N | routes N | lookup N | receive | run PROGRAM ARGUMENT…")
      exit(2)
    }
  }
}

/// So many prefixes of the lengths that a full table has, over two groups, as commands for `ip -batch`.
enum RouteFile {
  static func prefixes(_ count: Int) -> [Prefix] {
    let lengths: [UInt8] = [16, 18, 19, 20, 21, 22, 22, 23, 23, 24, 24, 24, 24, 24, 24, 24]
    var generator = SplitMix64(seed: 1)
    var prefixes: Set<Prefix> = []
    var ordered: [Prefix] = []
    while ordered.count < count {
      let word = generator.next()
      // Neither 0 nor 10, 127 or 172, where the links and the flows of the benchmark are.
      let first = 11 + word % 110
      let address = IPAddress(ipv4: UInt32(first) << 24 | UInt32(truncatingIfNeeded: word >> 40))
      let prefix = Prefix(containing: address, length: lengths[Int(word >> 8 & 15)])
      if prefixes.insert(prefix).inserted { ordered.append(prefix) }
    }
    return ordered
  }

  static func write(_ count: Int) {
    for (number, prefix) in prefixes(count).enumerated() { print("route add \(prefix) nhid \(50 + number % 2)") }
  }
}
