import Forwarding
import Placement
import Routing

extension SteeringReport {
  /// The report as lines.
  package var lines: [String] {
    if let problem = problems.first, problem.code.saysItAll { return [problem.text] }
    var lines = [heading] + table
    lines += problems.map(\.text)
    lines += groups.map(Self.note)
    if finding.uncertain > 0 {
      let codes = finding.caveats.list.map(\.code).joined(separator: ", ")
      lines.append("uncertain: \(finding.uncertain) of \(finding.examined) values (\(codes))")
    } else {
      lines.append("every prediction is exact")
    }
    return lines
  }

  /// The flow without its open field, the values, and the route.
  private var heading: String {
    var words = formatter.describe(open.flow(0))
    if open.field == .destination {
      words = "any of dst" + words.dropFirst(open.flow(0).destination.description.count)
    }
    let (examined, count) = (UInt128(finding.examined), open.values.count)
    let number = examined < count ? "the first \(examined) of \(count) values" : "\(Text.count(Int(examined), "value"))"
    var text = "\(words): \(open.field.rawValue) \(open.values), \(number)"
    if finding.routes.count > 1 {
      text += ", \(finding.routes.count) routes"
    } else if let route = finding.firstRoute {
      let route = formatter.state.routes[route]
      let prefix = route.destination.length == 0 ? "default" : route.destination.description
      text += ", route \(prefix) table \(formatter.names.tableName(route.table))"
    }
    return text
  }

  private var table: [String] {
    let field = open.field.rawValue
    var rows = [["nexthop", "values", "share", "expected", "", field, hasBuckets ? "bucket" : ""]]
    for path in finding.paths where path.isWanted {
      rows.append([
        formatter.pathName(path.nexthop), String(path.count), percent(Double(path.count)), percent(path.expected),
        path.count == 0 ? "" : Self.certainty(path.caveats),
        path.picks.isEmpty ? "-" : path.picks.map { open.values.text($0.value) }.joined(separator: ","),
        path.picks.compactMap(\.bucket).map(String.init).joined(separator: ","),
      ])
    }
    for other in finding.elsewhere {
      rows.append([
        formatter.text(other.way), String(other.count), percent(Double(other.count)), "", Self.certainty(other.caveats),
        "-",
      ])
    }
    return Text.aligned(rows, indent: "    ").split(separator: "\n").map(String.init)
  }

  private var hasBuckets: Bool { finding.paths.contains { $0.picks.contains { $0.bucket != nil } } }

  private func percent(_ part: Double) -> String {
    finding.examined == 0 ? "" : Text.percent(part / Double(finding.examined))
  }

  private static func certainty(_ caveats: Caveats) -> String {
    caveats.isEmpty ? "exact" : "uncertain: " + caveats.list.map(\.code).joined(separator: ",")
  }

  private static func note(_ group: NexthopGroup) -> String {
    let now =
      group.resilient.map { $0.unbalancedTime > 0 } ?? false
      ? "; it is unbalanced now, and buckets are about to move" : ""
    return "group \(group.id) is resilient: a value stays with its bucket, and buckets move when members change" + now
  }
}

extension PathFinding.Pick {
  /// The bucket that the value falls into.
  var bucket: Int? { if case .resilient(_, let bucket) = decision.selection { bucket } else { nil } }
}
