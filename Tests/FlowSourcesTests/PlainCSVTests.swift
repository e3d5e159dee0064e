import Files
import FlowSources
import Glibc
import Routing
import TestSupport
import Testing

/// What reads most lines reads them as what reads all of them does.
@Suite("Plain lines of CSV")
struct PlainCSVTests {
  private static let seed: UInt64 = 0xc5f
  private static let columns = [
    "src", "dst", "proto", "sport", "dport", "iif", "mark", "tos", "flowlabel", "weight", "l4hash", "origin",
  ]

  private static func field(_ column: String, using generator: inout SeededGenerator) -> String {
    let odd = ["", " ", "\"\"", "\"7\"", "0x10", "-1", "x", "1 ", "007", "99999999999999999999", "\t2", "è"]
    if generator.chance(3) { return generator.pick(odd) }
    switch column {
    case "src", "dst":
      let family: AddressFamily = generator.chance(80) ? .ipv4 : .ipv6
      if generator.chance(3) {
        return generator.pick(["10.0.0", "10.0.0.256", "10.0.0.01", "1.2.3.4.5", "::ffff:1.2.3.4", ".1.2.3", "1..2.3"])
      }
      return generator.address(family).description
    case "proto": return generator.pick(["6", "17", "udp", "tcp", "icmp", "0", "255", "256", "sctp", "nonsense"])
    case "sport", "dport": return String(generator.next() % 65537)
    case "iif":
      return generator.pick(["in0", "lo", "in0", "nowhere", "a-name-of-15-b", "in0 ", "averyverylongname", "0"])
    case "tos": return String(generator.next() % 257)
    case "flowlabel": return generator.pick(["0", "0", "1", "1048575", "1048576"])
    case "mark": return generator.pick(["0", "4294967295", "4294967296"])
    case "weight":
      return generator.pick(["0", "1500", "18446744073709551615", "18446744073709551616", "9999999999999999999"])
    case "l4hash": return generator.pick(["none", "0", "4294967295", "4294967296", "nothing"])
    default: return generator.pick(["forwarded", "local", "forward", "locally"])
    }
  }

  @Test("A line is the same flow, or the same error")
  func equal() throws {
    var generator = SeededGenerator(seed: Self.seed)
    var good = 0
    for _ in 0..<300 {
      let header = Self.columns.filter { $0 == "dst" || generator.chance(60) }.shuffled(using: &generator)
      var format = try CSVFlowFormat(header: Array(header.joined(separator: ",").utf8).span)
      for _ in 0..<40 {
        var fields = header.map { Self.field($0, using: &generator) }
        if generator.chance(2) { fields.removeLast() }
        if generator.chance(2) { fields.append("") }
        let line = fields.joined(separator: ",")
        let interface: FlowBuilder.InterfaceResolver = { ["in0": 7, "lo": 1, "a-name-of-15-b": 3][$0] }
        let plain = Result { try format.flow(Array(line.utf8).span, interface: interface) }
        let any = Result { try format.anyFlow(Array(line.utf8).span, interface: interface) }
        switch (plain, any) {
        case (.success(let left), .success(let right)):
          #expect(left == right, "\(header): \(line)")
          good += 1
        case (.failure(let left as FlowInputError), .failure(let right as FlowInputError)):
          #expect(left == right, "\(header): \(line)")
        default: Issue.record("\(header): \(line): \(plain), not \(any)")
        }
      }
    }
    #expect(good > 1000)
  }

  @Test("Lines cut out of a file are its lines, wherever it is cut", arguments: [1, 40, 100, 1000, 1 << 20])
  func cut(size: Int) throws {
    var generator = SeededGenerator(seed: Self.seed)
    for round in 0..<20 {
      var text = generator.chance(20) ? "# flows\n\n" : ""
      text += "src,dst,sport\(generator.chance(30) ? "\r" : "")\n"
      for number in 0..<Int(generator.next() % 60) {
        text += generator.pick([
          "10.0.0.1,10.0.0.2,\(number)\n", "10.0.0.1,10.0.0.2,\(number)\r\n", "2001:db8::1,2001:db8::2,\(number)\n",
          "# a comment\n", "\n", " \t\r\n", "  # another\n", "10.0.0.1,10.0.0.2,bad\n", "\"10.0.0.1\",10.0.0.2,1\n",
          "!,10.0.0.1,1\n", "1\n",
        ])
      }
      if generator.chance(50) { text += "10.0.0.1,10.0.0.2,3" }
      let path = "/tmp/plain-csv-\(UInt64.random(in: .min ... .max))"
      let file = try OutputFile(path: path)
      try file.write(Array(text.utf8))
      try file.commit()
      defer { unlink(path) }
      #expect(try Self.cut(path, size) == Self.whole(path), "round \(round) of generator seed \(Self.seed)")
    }
  }

  /// The flows and errors of a file in order, read one after the other.
  private static func whole(_ path: String) throws -> [String] {
    var reader = try FlowReader(path: path) { _ in nil }
    var results: [String] = []
    while true {
      do {
        guard let flow = try reader.next() else { return results }
        results.append("\(flow)")
      } catch { results.append("\(error)") }
    }
  }

  /// The same, in lines that are cut out where that goes.
  private static func cut(_ path: String, _ size: Int) throws -> [String] {
    var reader = try FlowReader(path: path) { _ in nil }
    var results: [String] = []
    while true {
      if var lines = try reader.takeLines(size) {
        let before = results.count
        var flows: [Flow] = []
        repeat {
          do {
            try lines.read(3, into: &flows) { _ in nil }
            results += flows.map { "\($0)" }
          } catch {
            results += flows.map { "\($0)" } + ["\(error)"]
            flows = [Flow(source: .unspecified(.ipv4), destination: .unspecified(.ipv4))]
          }
        } while !flows.isEmpty
        #expect(lines.flowCount == results.count - before)
        continue
      }
      do {
        guard let flow = try reader.next() else { return results }
        results.append("\(flow)")
      } catch { results.append("\(error)") }
    }
  }
}
