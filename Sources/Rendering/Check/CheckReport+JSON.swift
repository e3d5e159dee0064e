package import JSON
import Planning
import Routing

extension CheckReport: JSONEncodable {
  /// How many routes of one finding are named.
  private static let namedRoutes = 10

  package func write(to json: inout JSONWriter) {
    json.array { json in for line in lines { write(line, to: &json) } }
  }

  private func write(_ line: Line, to json: inout JSONWriter) {
    let finding = line.finding
    json.object { json in
      json.member("code", finding.code.rawValue)
      json.member("severity", finding.severity.name)
      json.member("subject", finding.subject)
      json.member("family", finding.family?.rawValue)
      if !finding.groups.isEmpty { json.member("groups", finding.groups) }
      if !finding.nexthops.isEmpty { json.member("nexthops", finding.nexthops) }
      if !finding.interfaces.isEmpty { json.member("interfaces", finding.interfaces) }
      if !finding.routes.isEmpty {
        json.key("routes")
        json.object { json in
          json.member("count", finding.routes.count)
          json.member("first", finding.routes.first.prefix(Self.namedRoutes).map { "\(RouteKey($0))" })
        }
      }
      json.member("text", finding.text)
      json.member("remedy", finding.remedy)
      // One command a line.
      json.member("fix", line.commands.isEmpty ? nil : line.commands.joined(separator: "\n"))
    }
  }
}
