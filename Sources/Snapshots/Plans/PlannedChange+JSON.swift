package import JSON
package import Planning
internal import Routing

/// A change is an object whose member `change` says which one it is.
extension PlannedChange: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let word: String = try json.required("change")
    switch word {
    case "add-nexthop": self = .addNexthop(try json.required("nexthop"))
    case "remove-nexthop": self = .removeNexthop(try json.required("nexthop"))
    case "add-group": self = .addGroup(try json.required("group"))
    case "remove-group": self = .removeGroup(try json.required("group"))
    case "replace-group": self = .replaceGroup(from: try json.required("from"), to: try json.required("to"))
    case "replace-route": self = .replaceRoute(from: try json.required("from"), to: try json.required("to"))
    case "add-route": self = .addRoute(try json.required("route"))
    case "remove-route": self = .removeRoute(try json.required("route"))
    case "add-rule": self = .addRule(try json.required("rule"))
    case "remove-rule": self = .removeRule(try json.required("rule"))
    default: throw JSONMismatch(expected: "the name of a change", found: .string(word)).inside(.key("change"))
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { json in
      switch self {
      case .addNexthop(let nexthop):
        json.member("change", "add-nexthop")
        json.member("nexthop", nexthop)
      case .removeNexthop(let nexthop):
        json.member("change", "remove-nexthop")
        json.member("nexthop", nexthop)
      case .addGroup(let group):
        json.member("change", "add-group")
        json.member("group", group)
      case .removeGroup(let group):
        json.member("change", "remove-group")
        json.member("group", group)
      case .replaceGroup(let old, let new):
        json.member("change", "replace-group")
        json.member("from", old)
        json.member("to", new)
      case .replaceRoute(let old, let new):
        json.member("change", "replace-route")
        json.member("from", old)
        json.member("to", new)
      case .addRoute(let route):
        json.member("change", "add-route")
        json.member("route", route)
      case .removeRoute(let route):
        json.member("change", "remove-route")
        json.member("route", route)
      case .addRule(let rule):
        json.member("change", "add-rule")
        json.member("rule", rule)
      case .removeRule(let rule):
        json.member("change", "remove-rule")
        json.member("rule", rule)
      }
    }
  }
}
