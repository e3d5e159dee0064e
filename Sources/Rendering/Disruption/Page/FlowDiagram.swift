import Forwarding
import Placement

/// Where flows go before and after, as bands between two columns: the nexthops before at the left, those after at the
/// right, each as high as its flows.
struct FlowDiagram {
  /// A nexthop of one side.
  struct Node {
    var name: String
    var flows: UInt64
    /// From the top of the drawing.
    var top = 0.0
    var height = 0.0
  }

  /// What flows have in common that a band draws.
  enum Kind: String {
    case stays
    case unavoidable
    case collateral
    /// They are not sent any more.
    case lost
    /// They were not sent before.
    case restored
    case otherwise
  }

  struct Band {
    /// Positions in the nodes of the two sides.
    var from: Int
    var to: Int
    var flows: UInt64
    var kind: Kind
    /// Tops at the two ends.
    var start = 0.0
    var end = 0.0
    var height = 0.0
  }

  /// How much room there is, in units of the drawing.
  struct Format {
    var width: Double
    /// Kept for names at either side.
    var margin: Double
    var fontSize: Double
    var bodyHeight: Double

    static let wide = Format(width: 860, margin: 250, fontSize: 13, bodyHeight: 340)
    static let narrow = Format(width: 360, margin: 0, fontSize: 11, bodyHeight: 300)

    var isNarrow: Bool { margin == 0 }
    /// Characters of a name that there is room for.
    var nameLength: Int { isNarrow ? 24 : 32 }
    /// A node has at least this height to itself, so that its name fits.
    var slot: Double { isNarrow ? fontSize * 1.5 : fontSize * 2.6 }
  }

  /// More nexthops than this are drawn as one.
  static let mostNodes = 32
  private static let gap = 10.0
  private static let nodeWidth = 12.0

  private(set) var before: [Node]
  private(set) var after: [Node]
  private(set) var bands: [Band] = []
  private(set) var height = 0.0
  private let format: Format
  private let total: UInt64

  init(_ report: DisruptionReport, _ format: Format) {
    self.format = format
    total = report.total.flows
    func name(_ line: DisruptionReport.Line) -> String { Self.name(line, report.names, length: format.nameLength) }
    let shown = Self.shownWays(report)
    let old = Self.nodes(report.before, shown, name)
    let new = Self.nodes(report.after, shown, name)
    (before, after) = (old.nodes, new.nodes)
    var places: [[Int]: Int] = [:]
    for cell in report.matrix {
      guard let from = old.place[cell.before], let to = new.place[cell.after] else { continue }
      let kind = Self.kind(cell)
      let key = [from, to, kind == .stays ? 0 : 1]
      if let place = places[key] {
        bands[place].flows += cell.count.flows
      } else {
        places[key] = bands.count
        bands.append(Band(from: from, to: to, flows: cell.count.flows, kind: kind))
      }
    }
    layOut()
  }

  /// The name of a line, without the gateway or the id where there is no room for them.
  private static func name(_ line: DisruptionReport.Line, _ names: WayNames, length: Int) -> String {
    var candidates = [line.text, names.text(line.way)]
    if let nexthop = line.nexthop {
      let device = "dev \(names.linkName(nexthop.interface))"
      if let id = nexthop.id { candidates.append("id \(id) \(device)") }
      candidates.append(device)
    }
    // The end of a name tells more than its beginning.
    return candidates.first { $0.count <= length } ?? "…" + line.text.suffix(length - 1)
  }

  /// The ways that are drawn by themselves, on both sides: those that most flows leave or come to.
  private static func shownWays(_ report: DisruptionReport) -> Set<Way> {
    var changes: [Way: UInt64] = [:]
    for line in report.before + report.after { changes[line.way, default: 0] += line.count.flows - line.staying }
    guard changes.count > mostNodes else { return Set(changes.keys) }
    let order = (report.before + report.after).map(\.way)
    let ranked = order.indices.sorted {
      (changes[order[$0]] ?? 0, $1) > (changes[order[$1]] ?? 0, $0)
    }
    var shown: Set<Way> = []
    for index in ranked where shown.count < mostNodes - 1 { shown.insert(order[index]) }
    return shown
  }

  private static func nodes(
    _ lines: [DisruptionReport.Line], _ shown: Set<Way>, _ name: (DisruptionReport.Line) -> String
  ) -> (nodes: [Node], place: [Way: Int]) {
    var nodes: [Node] = []
    var place: [Way: Int] = [:]
    for line in lines where shown.contains(line.way) {
      place[line.way] = nodes.count
      nodes.append(Node(name: name(line), flows: line.count.flows))
    }
    guard nodes.count < lines.count else { return (nodes, place) }
    var rest = Node(name: "\(lines.count - nodes.count) others", flows: 0)
    for line in lines where !shown.contains(line.way) {
      place[line.way] = nodes.count
      rest.flows += line.count.flows
    }
    return (nodes + [rest], place)
  }

  private static func kind(_ cell: Disruption.Cell) -> Kind {
    if cell.before == cell.after { return .stays }
    switch (cell.before.isSent, cell.after.isSent) {
    case (true, true): return cell.collateral * 2 > cell.count.flows ? .collateral : .unavoidable
    case (true, false): return cell.after.isLost ? .lost : .otherwise
    case (false, true): return cell.before.isLost ? .restored : .otherwise
    case (false, false): return .otherwise
    }
  }

  private mutating func layOut() {
    let scale = format.bodyHeight / Double(max(total, 1))
    height = max(Self.stack(&before, scale, format), Self.stack(&after, scale, format))
    for index in bands.indices { bands[index].height = Double(bands[index].flows) * scale }
    var tops = before.map(\.top)
    for index in bands.indices.sorted(by: { (bands[$0].to, bands[$0].from) < (bands[$1].to, bands[$1].from) }) {
      bands[index].start = tops[bands[index].from]
      tops[bands[index].from] += bands[index].height
    }
    tops = after.map(\.top)
    for index in bands.indices.sorted(by: { (bands[$0].from, bands[$0].to) < (bands[$1].from, bands[$1].to) }) {
      bands[index].end = tops[bands[index].to]
      tops[bands[index].to] += bands[index].height
    }
  }

  /// Places nodes one under the other; the height of them all.
  private static func stack(_ nodes: inout [Node], _ scale: Double, _ format: Format) -> Double {
    var top = format.isNarrow ? 2.0 : 4.0
    for index in nodes.indices {
      nodes[index].height = max(Double(nodes[index].flows) * scale, 2)
      // A narrow drawing has the name above the node, a wide one beside it.
      nodes[index].top = format.isNarrow ? top + format.slot : top
      top =
        format.isNarrow
        ? nodes[index].top + nodes[index].height + gap : top + max(nodes[index].height, format.slot) + gap
    }
    return top
  }

  // MARK: Drawing

  func draw(to markup: inout Markup, title: String) {
    markup.raw(
      "<svg class=\"\(format.isNarrow ? "narrow" : "wide")\" role=\"img\" viewBox=\"0 0 \(number(format.width)) "
        + "\(number(height))\" font-size=\"\(number(format.fontSize))\">")
    markup.element("title", title)
    for band in bands.sorted(by: { ($0.kind == .stays ? 0 : 1) < ($1.kind == .stays ? 0 : 1) }) {
      draw(band, to: &markup)
    }
    for node in before { draw(node, isLeft: true, to: &markup) }
    for node in after { draw(node, isLeft: false, to: &markup) }
    markup.raw("</svg>\n")
  }

  private var leftEdge: Double { format.margin + Self.nodeWidth }
  private var rightEdge: Double { format.width - format.margin - Self.nodeWidth }

  private func draw(_ band: Band, to markup: inout Markup) {
    let middle = number((leftEdge + rightEdge) / 2)
    let (left, right) = (number(leftEdge), number(rightEdge))
    let height = max(band.height, 0.75)
    let (start, end) = (number(band.start), number(band.end))
    let (startBottom, endBottom) = (number(band.start + height), number(band.end + height))
    markup.raw(
      "<path class=\"\(band.kind.rawValue)\" d=\"M\(left) \(start)C\(middle) \(start) \(middle) \(end) \(right) \(end)"
        + "V\(endBottom)C\(middle) \(endBottom) \(middle) \(startBottom) \(left) \(startBottom)Z\">")
    markup.element("title", "\(before[band.from].name) to \(after[band.to].name): \(band.flows) flows")
    markup.raw("</path>")
  }

  private func draw(_ node: Node, isLeft: Bool, to markup: inout Markup) {
    let x = isLeft ? format.margin : rightEdge
    markup.raw(
      "<rect class=\"node\" x=\"\(number(x))\" y=\"\(number(node.top))\" width=\"\(number(Self.nodeWidth))\" "
        + "height=\"\(number(node.height))\"/>")
    let share = total == 0 ? "" : " (\(Text.percent(Double(node.flows) / Double(total))))"
    let flows = "\(node.flows)\(share)"
    if format.isNarrow {
      let anchor = isLeft ? "x=\"0\"" : "x=\"\(number(format.width))\" text-anchor=\"end\""
      label(node.name, anchor, y: node.top - 4, to: &markup)
      let inside = isLeft ? "x=\"\(number(leftEdge + 4))\"" : "x=\"\(number(rightEdge - 4))\" text-anchor=\"end\""
      guard node.height >= format.fontSize else { return }
      label(flows, inside, y: node.top + format.fontSize, isQuiet: true, to: &markup)
    } else {
      let anchor = isLeft ? "x=\"\(number(x - 8))\" text-anchor=\"end\"" : "x=\"\(number(x + Self.nodeWidth + 8))\""
      label(node.name, anchor, y: node.top + format.fontSize * 0.9, to: &markup)
      label(flows, anchor, y: node.top + format.fontSize * 2.15, isQuiet: true, to: &markup)
    }
  }

  private func label(_ text: String, _ place: String, y: Double, isQuiet: Bool = false, to markup: inout Markup) {
    markup.element("text", text, attributes: "\(place) y=\"\(number(y))\"\(isQuiet ? " class=\"quiet\"" : "")")
  }

  private func number(_ value: Double) -> String { Text.decimal(value) }
}
