package import JSON
package import Planning
internal import Routing

extension PlannedChange: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let action: String = try json.required("action")
    switch action {
    case "add-nexthop": self = .addNexthop(try json.required("nexthop"))
    case "remove-nexthop": self = .removeNexthop(try json.required("nexthop"))
    case "add-group": self = .addGroup(try json.required("group"))
    case "remove-group": self = .removeGroup(try json.required("group"))
    case "replace-group": self = .replaceGroup(from: try json.required("before"), to: try json.required("after"))
    case "replace-route": self = .replaceRoute(from: try json.required("before"), to: try json.required("after"))
    default:
      throw JSONMismatch(
        expected: "add-nexthop, remove-nexthop, add-group, remove-group, replace-group or replace-route",
        found: .string(action)
      ).inside(.key("action"))
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      switch self {
      case .addNexthop(let nexthop):
        $0.member("action", "add-nexthop")
        $0.member("nexthop", nexthop)
      case .removeNexthop(let nexthop):
        $0.member("action", "remove-nexthop")
        $0.member("nexthop", nexthop)
      case .addGroup(let group):
        $0.member("action", "add-group")
        $0.member("group", group)
      case .removeGroup(let group):
        $0.member("action", "remove-group")
        $0.member("group", group)
      case .replaceGroup(let old, let new):
        $0.member("action", "replace-group")
        $0.member("before", old)
        $0.member("after", new)
      case .replaceRoute(let old, let new):
        $0.member("action", "replace-route")
        $0.member("before", old)
        $0.member("after", new)
      }
    }
  }
}

extension MovePrice.Flows: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      total: try json.required("flows"), moved: try json.required("moved"),
      undetermined: try json.required("undetermined"), weight: try json.required("weight"),
      movedWeight: try json.required("moved_weight"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("flows", total)
      $0.member("moved", moved)
      $0.member("undetermined", undetermined)
      $0.member("weight", weight)
      $0.member("moved_weight", movedWeight)
    }
  }
}

extension MovePrice: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      movedHashes: try json.required("moved_hashes"), hashes: try json.required("hashes"),
      flows: try json.optional("observed"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("moved_hashes", movedHashes)
      $0.member("hashes", hashes)
      $0.member("observed", flows)
    }
  }
}

extension ConversionStep: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      try json.required("change"), phrase: try json.required("phrase"), price: try json.optional("price"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("change", change)
      $0.member("phrase", phrase)
      $0.member("price", price)
    }
  }
}
