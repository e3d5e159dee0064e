import Placement
import Routing

extension DisruptionReport {
  private static let width = 80
  /// Cells of a bar that stands for all flows.
  private static let longestBar = 24
  private static let shortestBar = 8
  /// Lines of the matrix unless all are asked for.
  private static let mostCells = 16

  /// The whole report as text of at most 80 columns, unless a name is longer.
  ///
  /// - Parameter details: Every cell of the matrix, and not just the largest.
  package func appendText(to output: inout [UInt8], details: Bool = false) {
    var text = Text.wrapped(headline, width: Self.width)
    guard total.flows > 0 else {
      output.append(contentsOf: text.utf8)
      return
    }
    if hasWeights {
      let line =
        "by weight \(moved.weight) of \(total.weight) (\(weightShare(moved.weight))): "
        + "\(count(.unavoidable).weight) had to, \(count(.collateral).weight) need not"
      text += Text.wrapped(line, width: Self.width)
    }
    if let sentence = guessSentence { text += Text.wrapped(sentence, width: Self.width) }
    text += "\n" + sideText("before", before, mark: "-") + "\n" + sideText("after", after, mark: "+")
    if !before.isEmpty { text += "(# stays, - leaves, + comes)\n" }
    if total.isWeightCapped { text += Text.wrapped(Text.cappedWeight, width: Self.width) }
    text += matrixText(details: details)
    text += comparisonText()
    for line in [resilientText(), anycastText(), certaintyText()] where !line.isEmpty { text += "\n" + line }
    output.append(contentsOf: text.utf8)
  }

  /// The answer in a few lines: what moves, by flows and by weight, and how certain that is.
  var summary: String {
    var text = Text.wrapped(headline, width: Self.width)
    if total.flows > 0, hasWeights {
      text += Text.wrapped(
        "by weight \(moved.weight) of \(total.weight) (\(weightShare(moved.weight))) move", width: Self.width)
    }
    return text + (total.flows > 0 ? certaintyText() : "")
  }

  private func weightShare(_ weight: UInt64) -> String {
    Text.percent(total.weight == 0 ? 0 : Double(weight) / Double(total.weight))
  }

  // MARK: Shares

  private func sideText(_ title: String, _ lines: [Line], mark: Character) -> String {
    var rows = [[title, "flows", "share", "ideal"] + (hasWeights ? ["weight"] : [])]
    for line in lines {
      rows.append(
        [line.text, String(line.count.flows), share(line.count.flows), line.idealShare.map(Text.percent) ?? ""]
          + (hasWeights ? [String(line.count.weight)] : []))
    }
    let numbers = (1..<rows[0].count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let taken = numbers.reduce(0) { $0 + $1 + 2 }
    let room = Self.width - taken - 2 - Self.shortestBar
    let nameWidth = min(rows.map { $0[0].unicodeScalars.count }.max() ?? 0, room)
    let barWidth = min(Self.width - taken - nameWidth - 2, Self.longestBar)
    let most = lines.map(\.count.flows).max() ?? 0
    var text = ""
    for (index, row) in rows.enumerated() {
      var line = row[0]
      if line.unicodeScalars.count > nameWidth {
        text += line + "\n"
        line = ""
      }
      line += String(repeating: " ", count: nameWidth - line.unicodeScalars.count)
      for (cell, width) in zip(row.dropFirst(), numbers) {
        line += "  " + String(repeating: " ", count: width - cell.count) + cell
      }
      if index > 0 { line += "  " + bar(lines[index - 1], of: most, width: barWidth, mark: mark) }
      text += Text.trimmed(line) + "\n"
    }
    return text
  }

  /// A bar for all flows of a line, those that do not stay marked; the largest line fills the width.
  private func bar(_ line: Line, of most: UInt64, width: Int, mark: Character) -> String {
    guard most > 0 else { return "" }
    func cells(_ flows: UInt64) -> Int { Int((Double(flows) * Double(width) / Double(most)).rounded()) }
    let all = max(cells(line.count.flows), line.count.flows > 0 ? 1 : 0)
    let staying = min(cells(line.staying), all)
    return String(repeating: "#", count: staying) + String(repeating: mark, count: all - staying)
  }

  // MARK: Movements

  private func matrixText(details: Bool) -> String {
    let cells = matrix.filter { $0.before != $0.after }.sorted { $0.count.flows > $1.count.flows }
    guard !cells.isEmpty else { return "" }
    let shown = details ? cells[...] : cells.prefix(Self.mostCells)
    let numberWidth = String(cells[0].count.flows).count
    var text = "\nfrom -> to\n"
    for cell in shown {
      let flows = String(cell.count.flows)
      let number = String(repeating: " ", count: numberWidth - flows.count) + flows
      let (from, to) = (names.text(cell.before), names.text(cell.after))
      let line = "  \(number)  \(from) -> \(to)"
      if line.unicodeScalars.count <= Self.width {
        text += line + "\n"
      } else {
        text += "  \(number)  \(from)\n" + String(repeating: " ", count: numberWidth + 4) + "-> \(to)\n"
      }
    }
    if shown.count < cells.count {
      let rest = cells.dropFirst(shown.count).reduce(0) { $0 + $1.count.flows }
      text += "  \(rest)  in \(cells.count - shown.count) smaller ones\n"
    }
    let words = reasons.map { "\($0.reason.rawValue) \($0.count.flows)" }.joined(separator: ", ")
    return text + Text.wrapped("reasons: " + words, width: Self.width)
  }

  // MARK: Comparison

  private func comparisonText() -> String {
    guard let comparison else { return "" }
    var rows = [["of \(comparison.flows.flows) flows", "move", "share", "had to", "need not"]]
    func share(_ flows: Double) -> String { Text.percent(flows / Double(comparison.flows.flows)) }
    for line in comparison.lines {
      let flows = line.result.moved.flows
      rows.append([
        line.name, String(flows), share(Double(flows)), String(line.result.unavoidable.flows),
        String(line.result.collateral.flows),
      ])
    }
    let bound = String(UInt64(comparison.bound.rounded()))
    rows.append(["least on average, by weight", bound, share(comparison.bound), "", ""])
    var text = "\n" + Text.table(rows)
    text += Text.wrapped(comparisonNote(comparison), width: Self.width)
    if let expectation {
      text += Text.wrapped(
        "hash-threshold was to move \(Text.percent(expectation.expectedShare)) by its ranges (RFC 2992), and moved "
          + Text.percent(Double(expectation.moved) / Double(expectation.flows)), width: Self.width)
    }
    return text
  }

  /// What the schemes of the comparison were.
  func comparisonNote(_ comparison: Comparison) -> String {
    var note = "the same hashes placed by other schemes"
    if !comparison.bucketCounts.isEmpty {
      let counts = comparison.bucketCounts.map(String.init).joined(separator: ", ")
      note += "; resilient with \(counts) buckets, once settled"
    }
    if comparison.notCompared.flows > 0 {
      note += "; \(comparison.notCompared.flows) flows of too many or too long lists of members are left out"
    }
    return note
  }

  // MARK: Judgements

  private func resilientText() -> String {
    guard let resilient else { return "" }
    var text =
      "resilient groups: moves \(Text.count(Int(clamping: resilient.moves.flows), "flow")), "
      + "may-move \(resilient.mayMove.flows), stays \(resilient.stays.flows)\n"
    let rows = resilient.course.map { step in
      [
        step.seconds == 0 ? "now" : "+\(Text.decimal(step.seconds)) s", Text.count(step.buckets, "bucket"),
        Text.count(Int(clamping: step.flows), "flow"), step.event,
      ]
    }
    text += Text.aligned(rows, indent: "  ")
    return text
  }

  private func anycastText() -> String {
    anycastSentences().map { Text.wrapped("anycast: " + $0, width: Self.width) }.joined()
  }

  private func certaintyText() -> String {
    guard !isExact else { return "every prediction is exact\n" }
    var text = uncertain > 0 ? "uncertain: \(uncertain) of \(total.flows) flows\n" : "uncertain:\n"
    for doubt in doubts { text += Text.wrapped("\(doubt.code): \(doubt.text)", width: Self.width, indent: "  ") }
    return text
  }
}
