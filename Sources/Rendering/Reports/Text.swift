/// Small pieces of text output.
enum Text {
  /// A part of 1 as a percentage with one decimal.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "-" }
    let tenths = Int((max(0, min(share, 1)) * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }

  /// A time in 1/100 s as seconds.
  static func seconds(_ hundredths: UInt64) -> String {
    // `ip` would go over to powers of ten.
    if hundredths >= 10_000_000 { return "\((hundredths + 50) / 100) s" }
    var bytes: [UInt8] = []
    CompactDecimal(hundredths: hundredths).appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self) + " s"
  }

  /// Stands below weights that are no more than a lower bound.
  static let cappedWeight = "weights add up to more than can be told: \(UInt64.max) stands for that or more"

  /// `1 route`, `2 routes`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Lines of columns, each column as wide as its widest cell; a column that is empty throughout takes no room.
  static func aligned(_ rows: [[String]], indent: String) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    var text = ""
    for row in rows {
      var line = ""
      for (cell, width) in zip(row, widths) where width > 0 {
        if !line.isEmpty { line += "  " }
        line += cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
      }
      while line.last == " " { line.removeLast() }
      text += indent + line + "\n"
    }
    return text
  }

  /// Lines of columns, the first one standing left, the others right.
  static func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    var text = ""
    for row in rows {
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        line += column == 0 ? cell + padding : "  " + padding + cell
      }
      text += trimmed(line) + "\n"
    }
    return text
  }

  /// A sentence in lines of at most `width` columns, broken at blanks; all lines but the first are indented by two more.
  static func wrapped(_ sentence: String, width: Int, indent: String = "") -> String {
    var text = ""
    var line = indent
    var isEmpty = true
    for word in sentence.split(separator: " ") {
      if !isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > width {
        text += line + "\n"
        line = indent + "  "
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return text + line + "\n"
  }

  /// The text without control characters, as the name of an interface may have them.
  static func printable(_ text: some StringProtocol) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      scalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
    }
    return String(scalars)
  }

  /// The line without blanks at its end.
  static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  /// A number with two decimals at most.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "-" }
    let hundredths = Int64((abs(value) * 100).rounded())
    let sign = value < 0 && hundredths > 0 ? "-" : ""
    let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return "\(sign)\(whole)" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0\(rest)" : "\(rest)")
    return "\(sign)\(whole).\(digits)"
  }
}
