import Files
import FlowSources
import Glibc
import Routing
import TestSupport
import Testing

/// What reads most lines reads them as what reads all of them does.
@Suite("Plain lines")
struct PlainLinesTests {
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
      return generator.pick([
        "in0", "lo", "in0", "nowhere", "in01", "in", "a-name-of-15-b", "in0 ", "averyverylongname", "0",
      ])
    case "tos": return String(generator.next() % 257)
    case "flowlabel": return generator.pick(["0", "0", "1", "1048575", "1048576"])
    case "mark": return generator.pick(["0", "4294967295", "4294967296"])
    case "weight":
      return generator.pick(["0", "1500", "18446744073709551615", "18446744073709551616", "9999999999999999999"])
    case "l4hash": return generator.pick(["none", "0", "4294967295", "4294967296", "nothing"])
    default: return generator.pick(["forwarded", "local", "forward", "locally"])
    }
  }

  private static func interface(_ name: String) -> UInt32? {
    ["in0": 7, "lo": 1, "a-name-of-15-b": 3, "in01": 8, "in": 9][name]
  }

  /// The flows of lines as they are read plainly where that goes, with the errors in between.
  private static func read(_ text: String) -> [String] {
    guard var lines = FlowLines(text: Array(text.utf8)) else { return ["nothing"] }
    var results: [String] = []
    var columns = FlowColumns(capacity: 7)
    repeat {
      columns.removeAll()
      var failure: FlowInputError?
      do throws(FlowInputError) { try lines.read(into: &columns, interface: interface) } catch { failure = error }
      results += (0..<columns.count).map { "\(columns.flow(at: $0) as Flow?)" }
      if let failure { results.append("\(failure.column ?? 0): \(failure.message)") }
      if failure == nil, columns.count == 0 { return results }
    } while true
  }

  private static func result(_ body: () throws -> Flow) -> String {
    do {
      return "\(try body() as Flow?)"
    } catch let error as FlowInputError {
      return "\(error.column ?? 0): \(error.message)"
    } catch {
      return "\(error)"
    }
  }

  @Test("A line of CSV is the same flow, or the same error")
  func csv() throws {
    var generator = SeededGenerator(seed: Self.seed)
    var good = 0
    for _ in 0..<300 {
      let header = Self.columns.filter { $0 == "dst" || generator.chance(60) }.shuffled(using: &generator)
      let format = try CSVFlowFormat(header: Array(header.joined(separator: ",").utf8).span)
      let lines = (0..<40).map { _ in
        var fields = header.map { Self.field($0, using: &generator) }
        if generator.chance(2) { fields.removeLast() }
        if generator.chance(2) { fields.append("") }
        // A line with nothing in it is none.
        return fields.allSatisfy { $0.allSatisfy(\.isWhitespace) } && fields.count < 2
          ? "10.0.0.1" : fields.joined(separator: ",")
      }
      let end = generator.pick(["\n", "\r\n"])
      let expected = lines.map { line in
        Self.result { try format.flow(Array(line.utf8).span, interface: Self.interface) }
      }
      let found = Self.read(header.joined(separator: ",") + "\n" + lines.joined(separator: end) + end)
      #expect(found == expected, "\(header), generator seed \(Self.seed)")
      good += found.count { $0.hasPrefix("Optional") }
    }
    #expect(good > 1000)
  }

  @Test("A line of NDJSON is the same flow, or the same error")
  func ndjson() throws {
    var generator = SeededGenerator(seed: Self.seed)
    let format = NDJSONFlowFormat()
    var good = 0
    for _ in 0..<300 {
      let lines = (0..<40).map { _ in
        let names = Self.columns.filter { $0 == "dst" || generator.chance(50) }.shuffled(using: &generator)
        var members = names.map { name in
          let value = Self.field(name, using: &generator).filter { $0 != "\"" }
          let isBare = generator.chance(value.allSatisfy(\.isNumber) && !value.isEmpty ? 80 : 2)
          return (generator.chance(1) ? "\"\(name)\" " : "\"\(name)\"") + generator.pick([":", ":", ": "])
            + (isBare ? value : "\"\(value)\"")
        }
        if generator.chance(3) { members.append(generator.pick(["\"dst\":\"10.0.0.1\"", "\"x\":1", "\"mark\":null"])) }
        return "{" + members.joined(separator: generator.pick([",", ", "])) + generator.pick(["}", "}", "} "])
      }
      let expected = lines.map { line in
        Self.result { try format.flow(Array(line.utf8).span, interface: Self.interface) }
      }
      let found = Self.read(lines.joined(separator: "\n"))
      #expect(found == expected, "generator seed \(Self.seed)")
      good += found.count { $0.hasPrefix("Optional") }
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
      if generator.chance(20) {
        text = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map { line in
          let fields = line.split(separator: ",")
          return fields.count == 3 ? "{\"src\":\"\(fields[0])\",\"dst\":\"\(fields[1])\"}" : "\(line)"
        }.joined(separator: "\n")
        text = "{\"dst\":\"10.0.0.1\"}\n" + text
      }
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
        var columns = FlowColumns(capacity: 3)
        var isAtEnd = false
        while !isAtEnd {
          columns.removeAll()
          var failure: FlowInputError?
          do throws(FlowInputError) { try lines.read(into: &columns) { _ in nil } } catch { failure = error }
          results += (0..<columns.count).compactMap { columns.flow(at: $0).map { "\($0)" } }
          if let failure { results.append("\(failure)") }
          isAtEnd = failure == nil && columns.count == 0
        }
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
