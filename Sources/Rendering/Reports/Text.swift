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
    var bytes: [UInt8] = []
    CompactDecimal(hundredths: hundredths).appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self) + " s"
  }

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
}
