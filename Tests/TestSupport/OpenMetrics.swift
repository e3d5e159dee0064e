/// An exposition of OpenMetrics 1.0, taken apart by a reader that takes nothing else.
package struct OpenMetrics {
  package struct Sample: Hashable {
    package var name: String
    package var labels: [String: String]
    package var value: Double
    /// The number as it is written.
    package var text: String
  }

  package struct Family: Hashable {
    package var name: String
    package var type = "unknown"
    package var unit: String?
    package var help: String?
    package var samples: [Sample] = []
    fileprivate var isTyped = false
  }

  /// Why a text is no exposition: what is wrong, and on which line, counted from 1.
  package struct Malformed: Error, CustomStringConvertible {
    package var line: Int
    package var reason: String

    package var description: String { "line \(line): \(reason)" }
  }

  package private(set) var families: [Family] = []
  /// The names of families that had samples or metadata, to which nothing may come back.
  private var names: Set<String> = []

  /// What samples of a type may have behind the name of their family.
  private static let suffixes: [String: [String]] = [
    "gauge": [""], "counter": ["_total", "_created"], "info": ["_info"], "stateset": [""], "unknown": [""],
    "summary": ["", "_count", "_sum", "_created"], "histogram": ["_bucket", "_count", "_sum", "_created"],
    "gaugehistogram": ["_bucket", "_gcount", "_gsum"],
  ]

  package init(_ text: String) throws {
    try self.init(bytes: Array(text.utf8))
  }

  package init(bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed(line: 0, reason: "not UTF-8") }
    guard text.unicodeScalars.last == "\n" else { throw Malformed(line: 0, reason: "no line end at the end") }
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.removeLast()
    var isEnded = false
    for (number, line) in lines.enumerated() {
      do {
        guard !isEnded else { throw Failure("something behind the end") }
        guard !line.isEmpty else { throw Failure("a blank line") }
        if line == "# EOF" {
          isEnded = true
        } else if line.hasPrefix("#") {
          try readMetadata(line)
        } else {
          try readSample(line)
        }
      } catch let failure as Failure {
        throw Malformed(line: number + 1, reason: failure.reason)
      }
    }
    guard isEnded else { throw Malformed(line: lines.count, reason: "no # EOF") }
    do { try check() } catch let failure as Failure { throw Malformed(line: lines.count, reason: failure.reason) }
  }

  private struct Failure: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  // MARK: Lines

  private mutating func readMetadata(_ line: String) throws {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    guard words.count == 4 || words.count == 3 && words[1] != "TYPE", words[0] == "#" else {
      throw Failure("metadata of \(words.count) words")
    }
    let name = words[2]
    guard Self.isName(name, colons: true) else { throw Failure("the name \"\(name)\"") }
    if families.last?.name != name { try begin(name) }
    var family = families.removeLast()
    guard family.samples.isEmpty else { throw Failure("metadata behind samples") }
    let value = words.count == 4 ? words[3] : ""
    switch words[1] {
    case "TYPE":
      guard !family.isTyped else { throw Failure("a second TYPE") }
      guard Self.suffixes[value] != nil else { throw Failure("the type \"\(value)\"") }
      family.type = value
      family.isTyped = true
    case "UNIT":
      guard family.unit == nil else { throw Failure("a second UNIT") }
      guard Self.isName(value, colons: true) else { throw Failure("the unit \"\(value)\"") }
      family.unit = value
    case "HELP":
      guard family.help == nil else { throw Failure("a second HELP") }
      var rest = Substring(value).unicodeScalars
      family.help = try Self.unescaped(&rest, until: nil)
    default: throw Failure("the comment \"\(words[1])\"")
    }
    families.append(family)
  }

  private mutating func begin(_ name: String) throws {
    guard names.insert(name).inserted else { throw Failure("\(name) comes back") }
    families.append(Family(name: name))
  }

  private mutating func readSample(_ line: String) throws {
    var rest = Substring(line).unicodeScalars
    let name = String(String.UnicodeScalarView(rest.prefix { $0 != "{" && $0 != " " }))
    guard Self.isName(name, colons: true) else { throw Failure("the name \"\(name)\"") }
    rest.removeFirst(name.unicodeScalars.count)
    let labels = try rest.first == "{" ? Self.labels(&rest) : [:]
    guard rest.popFirst() == " " else { throw Failure("no blank in front of the number") }
    // Time stamps and exemplars may follow, which this program does not write.
    let text = String(rest)
    guard let value = Self.number(text) else { throw Failure("the number \"\(text)\"") }
    let owner = families.last.map { family in
      (Self.suffixes[family.type] ?? []).contains { family.name + $0 == name }
    }
    if owner != true {
      try begin(name)
    }
    let sample = Sample(name: name, labels: labels, value: value, text: text)
    try check(sample, of: families[families.count - 1])
    families[families.count - 1].samples.append(sample)
  }

  private func check(_ sample: Sample, of family: Family) throws {
    guard !family.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
      throw Failure("a sample twice")
    }
    switch family.type {
    case "counter" where sample.value.isNaN || sample.value < 0: throw Failure("a counter of \(sample.text)")
    case "info" where sample.value != 1: throw Failure("an info of \(sample.text)")
    case "stateset":
      guard sample.labels[family.name] != nil else { throw Failure("a set of states without its state") }
      guard sample.value == 0 || sample.value == 1 else { throw Failure("a state of \(sample.text)") }
    default: break
    }
    // The samples of one metric stand together.
    let metric = Self.metric(sample, of: family)
    if let last = family.samples.last, Self.metric(last, of: family) != metric,
      family.samples.contains(where: { Self.metric($0, of: family) == metric })
    {
      throw Failure("a metric comes back")
    }
  }

  /// The labels that tell a metric from the others of its family.
  private static func metric(_ sample: Sample, of family: Family) -> [String: String] {
    family.type == "stateset" ? sample.labels.filter { $0.key != family.name } : sample.labels
  }

  // MARK: Families

  private func check() throws {
    var owners: [String: String] = [:]
    for family in families {
      if let unit = family.unit, !unit.isEmpty {
        guard family.name.hasSuffix("_" + unit) else {
          throw Failure("\(family.name) does not end in its unit \(unit)")
        }
        guard family.type != "info", family.type != "stateset" else { throw Failure("\(family.type) with a unit") }
      }
      for suffix in Set((Self.suffixes[family.type] ?? []) + [""]) {
        if let other = owners.updateValue(family.name, forKey: family.name + suffix) {
          throw Failure("\(family.name) clashes with \(other)")
        }
      }
    }
  }

  // MARK: Words

  private static func isName(_ text: String, colons: Bool) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
        || colons && scalar == ":"
    }
  }

  private static func labels(_ rest: inout Substring.UnicodeScalarView) throws -> [String: String] {
    _ = rest.popFirst()
    var labels: [String: String] = [:]
    while rest.first != "}" {
      if !labels.isEmpty {
        guard rest.popFirst() == "," else { throw Failure("no comma between labels") }
      }
      let name = String(String.UnicodeScalarView(rest.prefix { $0 != "=" }))
      guard isName(name, colons: false) else { throw Failure("the label \"\(name)\"") }
      rest.removeFirst(name.unicodeScalars.count)
      guard rest.popFirst() == "=", rest.popFirst() == "\"" else { throw Failure("no value of \(name)") }
      let value = try unescaped(&rest, until: "\"")
      guard labels.updateValue(value, forKey: name) == nil else { throw Failure("\(name) twice") }
    }
    _ = rest.popFirst()
    return labels
  }

  /// Text up to `end`, which is taken, or to the end of the line.
  private static func unescaped(
    _ rest: inout Substring.UnicodeScalarView, until end: Unicode.Scalar?
  ) throws -> String {
    var text = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == end { return String(text) }
      guard scalar == "\\" else {
        if scalar == "\"" { throw Failure("a quotation mark that is not escaped") }
        text.append(scalar)
        continue
      }
      switch rest.popFirst() {
      case "n": text.append("\n")
      case "\\": text.append("\\")
      case "\"": text.append("\"")
      default: throw Failure("an escape that there is not")
      }
    }
    guard end == nil else { throw Failure("a text without end") }
    return String(text)
  }

  private static func number(_ text: String) -> Double? {
    switch text {
    case "NaN": return .nan
    case "+Inf", "Inf": return .infinity
    case "-Inf": return -.infinity
    default:
      let characters = Set("0123456789.eE+-")
      return text.allSatisfy(characters.contains) ? Double(text) : nil
    }
  }

  // MARK: Questions

  package func family(_ name: String) -> Family? { families.first { $0.name == name } }

  /// The value of the sample of that name with exactly these labels.
  package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    families.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
  }
}
