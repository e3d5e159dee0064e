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
    case ("routes", let count?): RouteFile.write(count)
    case ("lookup", let count?): KernelBench.lookup(count)
    case ("receive", _): KernelBench.receive()
    case ("run", _) where arguments.count > 1: Stopwatch.run(Array(arguments.dropFirst()))
    default:
      print("usage: speed-bench core RATE | flows N | routes N | lookup N | receive | run PROGRAM ARGUMENT…")
      exit(2)
    }
  }
}

/// A file of flows to the prefixes that Scripts/bench has routes to.
enum FlowFile {
  static func write(_ count: Int) {
    var generator = SplitMix64(seed: 7)
    var text = "src,dst,proto,sport,dport,iif\n"
    for _ in 0..<count {
      let (source, destination, ports) = (generator.next(), generator.next(), generator.next())
      let address = IPAddress(ipv4: UInt32(1 + source % 126) << 24 | UInt32(truncatingIfNeeded: source >> 40))
      let target = "172.\(16 + destination % 3).\(destination >> 8 & 255).\(destination >> 16 & 255)"
      text +=
        "\(address),\(target),\(ports & 1 == 0 ? "udp" : "6"),\(1024 + ports >> 8 & 0x7fff),\(1 + ports >> 40 & 0xfff),p1\n"
      if text.utf8.count > 1 << 20 {
        print(text, terminator: "")
        text = ""
      }
    }
    print(text, terminator: "")
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
