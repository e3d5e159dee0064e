import Placement
import Routing

/// The report as a page of HTML that needs nothing else: no network, no script.
struct DisruptionPage {
  let report: DisruptionReport
  private(set) var markup = Markup()

  /// A table of more columns is not readable.
  private static let widestMatrix = 16
  private static let longestList = 64

  init(_ report: DisruptionReport) {
    self.report = report
    markup.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
    markup.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    markup.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
    markup.element("title", "whatif: " + report.headline)
    markup.raw("\n<style>\n\(Self.style)</style>\n</head>\n<body>\n<main>\n")
    writeHeader()
    writeDiagram()
    writeShares()
    writeMatrix()
    writeComparison()
    writeResilient()
    writeBuckets()
    writeJudgements()
    markup.raw("</main>\n</body>\n</html>\n")
  }

  private mutating func section(_ title: String, _ body: (inout DisruptionPage) -> Void) {
    markup.raw("<section>\n")
    markup.element("h2", title)
    markup.raw("\n")
    body(&self)
    markup.raw("</section>\n")
  }

  // MARK: The answer

  private mutating func writeHeader() {
    markup.raw("<header>\n<p class=\"kicker\">ecmpctl whatif</p>\n")
    markup.element("h1", report.headline)
    if !report.changes.isEmpty {
      markup.raw("\n<pre><code>")
      for (index, change) in report.changes.enumerated() {
        if index > 0 { markup.raw("\n") }
        markup.text(change)
      }
      markup.raw("</code></pre>")
    }
    markup.raw("\n<ul class=\"tiles\">\n")
    let collateral = report.count(.collateral)
    tile("moved", report.moved, "moved")
    tile("had to", report.count(.unavoidable), "unavoidable")
    tile("need not", collateral, "collateral")
    for (name, fate, kind) in [
      ("unroutable", Movement.Fate.unroutable, "lost"), ("restored", .restored, "restored"),
      ("otherwise", .otherwise, "otherwise"), ("undetermined", .undetermined, "otherwise"),
    ] where report.count(fate).flows > 0 {
      tile(name, report.count(fate), kind)
    }
    tile("stay", report.count(.stays), "stays")
    markup.raw("</ul>\n")
    if let sentence = report.guessSentence {
      markup.element("p", (sentence.first?.uppercased() ?? "") + sentence.dropFirst() + ".")
    }
    markup.raw("</header>\n")
  }

  private mutating func tile(_ name: String, _ count: DisruptionReport.Count, _ kind: String) {
    markup.raw("<li class=\"tile \(kind)\">")
    markup.element("b", String(count.flows))
    markup.element("span", name)
    var detail = report.share(count.flows)
    if report.hasWeights, report.total.weight > 0 {
      detail += ", by weight \(Text.percent(Double(count.weight) / Double(report.total.weight)))"
    }
    markup.element("small", detail)
    markup.raw("</li>\n")
  }

  // MARK: Where flows go

  private mutating func writeDiagram() {
    guard report.total.flows > 0 else { return }
    section("Before → after") { page in
      var kinds: Set<FlowDiagram.Kind> = []
      for format in [FlowDiagram.Format.wide, .narrow] {
        let diagram = FlowDiagram(page.report, format)
        diagram.draw(to: &page.markup, title: "Flows by nexthop, before at the left and after at the right")
        kinds.formUnion(diagram.bands.map(\.kind))
      }
      page.markup.raw("<p class=\"legend\">")
      for (kind, name) in [
        (FlowDiagram.Kind.stays, "stays"), (.unavoidable, "moves, had to"), (.collateral, "moves, need not"),
        (.lost, "unroutable"), (.restored, "restored"), (.otherwise, "otherwise changed"),
      ] where kinds.contains(kind) {
        page.markup.raw("<span><i class=\"\(kind.rawValue)\"></i>\(name)</span> ")
      }
      page.markup.raw("</p>\n")
    }
  }

  /// The lines of both sides by way: the same way stands in one row.
  private var rows: [(text: String, before: DisruptionReport.Line?, after: DisruptionReport.Line?)] {
    let after = Dictionary(report.after.map { ($0.way, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Set(report.before.map(\.way))
    return report.before.map { (after[$0.way]?.text ?? $0.text, $0, after[$0.way]) }
      + report.after.filter { !known.contains($0.way) }.map { ($0.text, nil, $0) }
  }

  private mutating func writeShares() {
    let rows = rows
    guard !rows.isEmpty else { return }
    let most = Double(max((report.before + report.after).map(\.count.flows).max() ?? 1, 1))
    section("Shares") { page in
      page.markup.raw("<div class=\"shares\">\n")
      for row in rows {
        page.markup.element("h3", row.text)
        for (name, line) in [("before", row.before), ("after", row.after)] {
          page.markup.raw("<div class=\"share\"><span>\(name)</span>")
          let flows = line?.count.flows ?? 0
          let staying = min(line?.staying ?? 0, flows)
          page.markup.raw(
            "<span class=\"bar\"><i class=\"stays\" style=\"width:\(percentage(Double(staying) / most))\"></i>"
              + "<i class=\"moved\" style=\"width:\(percentage(Double(flows - staying) / most))\"></i></span>"
          )
          var text = "\(flows) · \(page.report.share(flows))"
          if let ideal = line?.idealShare { text += " (ideal \(Text.percent(ideal)))" }
          if page.report.hasWeights, let line { text += " · weight \(line.count.weight)" }
          page.markup.element("span", text)
          page.markup.raw("</div>\n")
        }
      }
      page.markup.raw("</div>\n<p class=\"legend\"><span><i class=\"stays\"></i>stays</span> ")
      page.markup.raw("<span><i class=\"moved\"></i>leaves (before), comes (after)</span></p>\n")
    }
  }

  private mutating func writeMatrix() {
    let cells = report.matrix.filter { $0.before != $0.after }.sorted { $0.count.flows > $1.count.flows }
    guard !cells.isEmpty else { return }
    let rows = rows
    section("From → to") { page in
      if rows.count <= Self.widestMatrix {
        page.writeMatrixTable(rows.map { ($0.text, $0.before?.way ?? $0.after?.way ?? .undetermined) })
      } else {
        page.markup.raw("<div class=\"scroll\"><table>\n<tr><th>from</th><th>to</th><th>flows</th></tr>\n")
        for cell in cells.prefix(Self.longestList) {
          page.markup.raw("<tr>")
          page.markup.element("td", page.report.names.text(cell.before), attributes: "class=\"name\"")
          page.markup.element("td", page.report.names.text(cell.after), attributes: "class=\"name\"")
          page.markup.element("td", String(cell.count.flows))
          page.markup.raw("</tr>\n")
        }
        page.markup.raw("</table></div>\n")
        if cells.count > Self.longestList {
          page.markup.element("p", "and \(cells.count - Self.longestList) smaller ones")
        }
      }
      let words = page.report.reasons.map { "\($0.reason.rawValue) \($0.count.flows)" }.joined(separator: ", ")
      page.markup.element("p", "Reasons: " + words)
      page.markup.raw("\n")
    }
  }

  private mutating func writeMatrixTable(_ ways: [(text: String, way: Way)]) {
    let cells = Dictionary(
      report.matrix.map { ([$0.before, $0.after], $0) }, uniquingKeysWith: { first, _ in first })
    let most = Double(max(report.matrix.filter { $0.before != $0.after }.map(\.count.flows).max() ?? 1, 1))
    markup.raw("<div class=\"scroll\"><table class=\"matrix\">\n<tr><th></th><th class=\"name\">from \\ to</th>")
    for index in ways.indices { markup.element("th", Self.letter(index)) }
    markup.raw("</tr>\n")
    for (index, row) in ways.enumerated() {
      markup.raw("<tr>")
      markup.element("th", Self.letter(index))
      markup.element("th", row.text, attributes: "class=\"name\"")
      for column in ways {
        guard let cell = cells[[row.way, column.way]] else {
          markup.raw("<td></td>")
          continue
        }
        let strength = Int((100 * Double(cell.count.flows) / most).rounded())
        let kind = cell.collateral * 2 > cell.count.flows ? "collateral" : cell.after.isSent ? "unavoidable" : "lost"
        markup.element(
          "td", String(cell.count.flows),
          attributes: row.way == column.way ? "class=\"same\"" : "class=\"\(kind)\" style=\"--strength:\(strength)%\"")
      }
      markup.raw("</tr>\n")
    }
    markup.raw("</table></div>\n")
  }

  private static func letter(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "a") + UInt8(truncatingIfNeeded: index % 26)))
  }

  // MARK: Other schemes

  private mutating func writeComparison() {
    guard let comparison = report.comparison else { return }
    let total = Double(comparison.flows.flows)
    section("The same flows under other schemes") { page in
      page.markup.raw("<div class=\"schemes\">\n")
      for line in comparison.lines {
        page.markup.element("span", line.name)
        let (unavoidable, collateral) = (line.result.unavoidable.flows, line.result.collateral.flows)
        page.markup.raw(
          "<span class=\"bar\"><i class=\"unavoidable\" style=\"width:\(percentage(Double(unavoidable) / total))\"></i>"
            + "<i class=\"collateral\" style=\"width:\(percentage(Double(collateral) / total))\"></i>"
            + "<i class=\"bound\" style=\"left:\(percentage(comparison.bound / total))\"></i></span>")
        let moved = line.result.moved.flows
        page.markup.element(
          "span",
          "\(moved) · \(Text.percent(Double(moved) / total)): \(unavoidable) had to, \(collateral) need not")
        page.markup.raw("\n")
      }
      page.markup.raw("</div>\n")
      let bound = "\(UInt64(comparison.bound.rounded())) (\(Text.percent(comparison.bound / total)))"
      page.markup.element(
        "p",
        "Of \(comparison.flows.flows) flows; \(page.report.comparisonNote(comparison)). The line marks \(bound), the "
          + "least that can move on average when every nexthop is to have the share that its weight says.")
      if let expectation = page.report.expectation {
        page.markup.element(
          "p",
          "Hash-threshold was to move \(Text.percent(expectation.expectedShare)) by its ranges (RFC 2992), and moved "
            + "\(Text.percent(Double(expectation.moved) / Double(expectation.flows))).")
      }
      page.markup.raw("\n")
    }
  }

  // MARK: Resilient groups

  private mutating func writeResilient() {
    guard let resilient = report.resilient else { return }
    section("Resilient groups") { page in
      page.markup.element(
        "p", "\(resilient.moves.flows) flows move, \(resilient.mayMove.flows) may move, \(resilient.stays.flows) stay.")
      guard !resilient.course.isEmpty else { return }
      page.markup.raw("<div class=\"scroll\"><table>\n<tr><th>after</th><th>buckets</th><th>flows</th><th></th></tr>\n")
      for step in resilient.course {
        page.markup.raw("<tr>")
        page.markup.element("td", step.seconds == 0 ? "at once" : "\(Text.decimal(step.seconds)) s")
        page.markup.element("td", String(step.buckets))
        page.markup.element("td", String(step.flows))
        page.markup.element("td", step.event, attributes: "class=\"name\"")
        page.markup.raw("</tr>\n")
      }
      page.markup.raw("</table></div>\n")
    }
  }

  private mutating func writeBuckets() {
    for map in report.buckets where !map.before.isEmpty || !map.after.isEmpty {
      section("Buckets of group \(map.group)") { $0.writeBuckets(map) }
    }
  }

  private mutating func writeBuckets(_ map: BucketMap) {
    var places: [Way: Int] = [:]
    var ways: [Way] = []
    for way in map.before + map.after where places[way] == nil {
      places[way] = ways.count
      ways.append(way)
    }
    let changed =
      map.before.count == map.after.count ? zip(map.before, map.after).map { $0 != $1 } : []
    let drawing = BucketDrawing(buckets: max(map.before.count, map.after.count))
    for (name, list, frames) in [("before", map.before, []), ("after", map.after, changed)] where !list.isEmpty {
      markup.element("h3", name)
      drawing.draw(
        list.map { places[$0] ?? -1 }, changed: frames, title: "\(list.count) buckets \(name) the change", to: &markup)
      markup.raw("\n")
    }
    markup.raw("<p class=\"legend\">")
    for (index, way) in ways.enumerated() {
      markup.raw("<span><i class=\"m\(index % BucketDrawing.colours)\"></i>")
      let (old, new) = (map.before.count { $0 == way }, map.after.count { $0 == way })
      markup.text("\(report.names.text(way)): \(old) → \(new)")
      markup.raw("</span> ")
    }
    markup.raw("</p>\n")
    let count = changed.count { $0 }
    var note =
      changed.isEmpty
      ? "" : "\(Text.count(count, "bucket")) of \(changed.count) change\(count == 1 ? "s" : ""), dotted."
    if drawing.perCell > 1 { note += " A cell is \(drawing.perCell) buckets." }
    markup.element("p", note)
    markup.raw("\n")
  }

  // MARK: Judgements

  private mutating func writeJudgements() {
    let sentences = report.anycastSentences()
    if !sentences.isEmpty {
      section("Anycast services behind these nexthops") { page in
        page.markup.raw("<ul>\n")
        for sentence in sentences {
          page.markup.element("li", (sentence.first?.uppercased() ?? "") + sentence.dropFirst() + ".")
          page.markup.raw("\n")
        }
        page.markup.raw("</ul>\n")
      }
    }
    section("Certainty") { page in
      guard !page.report.isExact else {
        page.markup.raw("<p>Every prediction is exact.</p>\n")
        return
      }
      if page.report.uncertain > 0 {
        page.markup.element("p", "\(page.report.uncertain) of \(page.report.total.flows) flows are uncertain.")
      }
      page.markup.raw("<ul>\n")
      for doubt in page.report.doubts {
        page.markup.raw("<li>")
        page.markup.element("code", doubt.code)
        page.markup.text(": \(doubt.text)")
        page.markup.raw("</li>\n")
      }
      page.markup.raw("</ul>\n")
    }
  }
}

/// A part of 1 as a CSS length.
private func percentage(_ part: Double) -> String {
  Text.decimal(max(0, min(part, 1)) * 100) + "%"
}

extension DisruptionReport {
  /// The whole report as a page of HTML that needs nothing else.
  package func appendHTML(to output: inout [UInt8]) {
    output.append(contentsOf: DisruptionPage(self).markup.bytes)
  }
}
