import Forwarding
package import JSON
import Placement
import Routing

extension SteeringReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.key("flow")
      formatter.write(open.flow(open.values.first), to: &json)
      json.member("vary", open.field.rawValue)
      json.member("values", open.values.description)
      json.member("examined", finding.examined)
      json.member("wanted", finding.wanted)
      if let route = finding.firstRoute {
        json.key("route")
        formatter.writeRoute(route, to: &json)
        json.member("routes", finding.routes.count)
      }
      if finding.firstRoute != nil {
        json.member("policy", formatter.state.settings.hash(open.family).policy ?? 0)
      }
      json.key("paths")
      json.array { json in
        for path in finding.paths where path.isWanted { write(path, to: &json) }
      }
      json.key("elsewhere")
      json.array { json in
        for other in finding.elsewhere {
          json.object { json in
            json.member("way", formatter.text(other.way))
            json.member("count", other.count)
            json.key("first")
            write(other.first.value, to: &json)
          }
        }
      }
      json.key("resilient")
      json.array { json in
        for group in groups {
          json.object { json in
            json.member("group", group.id)
            json.member("unbalanced", group.resilient.map { $0.unbalancedTime > 0 } ?? false)
          }
        }
      }
      json.member("complete", finding.isComplete)
      json.key("problems")
      json.array { json in
        for problem in problems { Self.write(problem.code.rawValue, problem.text, to: &json) }
      }
      json.member("certainty", finding.uncertain == 0 ? "exact" : "uncertain")
      json.key("caveats")
      Self.write(finding.caveats, to: &json)
    }
  }

  private func write(_ path: PathFinding.Path, to json: inout JSONWriter) {
    json.object { json in
      json.key("nexthop")
      formatter.write(path.nexthop, to: &json)
      json.key("values")
      json.array { json in
        for pick in path.picks { write(pick.value, to: &json) }
      }
      for (key, numbers) in [
        ("hashes", path.picks.compactMap { $0.decision.hash.map(Int.init) }),
        ("buckets", path.picks.compactMap(\.bucket)),
      ] where !numbers.isEmpty {
        json.key(key)
        json.array { json in
          for number in numbers { json.integer(number) }
        }
      }
      json.member("count", path.count)
      json.key("share")
      json.double(Double(path.count) / Double(max(finding.examined, 1)))
      json.key("expected")
      json.double(path.expected / Double(max(finding.examined, 1)))
      // That none takes it is as certain as all of them are.
      let caveats = path.count == 0 ? finding.caveats : path.caveats
      json.member("certainty", caveats.isEmpty ? "exact" : "uncertain")
      json.key("caveats")
      Self.write(caveats, to: &json)
    }
  }

  /// A number, or an address as a string.
  private func write(_ value: UInt128, to json: inout JSONWriter) {
    if open.field.isAddress { json.string(open.values.text(value)) } else { json.integer(value) }
  }

  private static func write(_ caveats: Caveats, to json: inout JSONWriter) {
    json.array { json in
      for caveat in caveats.list { write(caveat.code, caveat.text, to: &json) }
    }
  }

  private static func write(_ code: String, _ text: String, to json: inout JSONWriter) {
    json.object { json in
      json.member("code", code)
      json.member("text", text)
    }
  }
}
