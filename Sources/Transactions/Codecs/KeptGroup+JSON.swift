package import JSON
package import Planning
internal import Routing
internal import Snapshots

extension KeptGroup: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      group: try json.required("group"), members: try json.required("members"),
      routes: try json.optional("routes") ?? [], following: try json.optional("following"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("group", group)
      $0.member("members", members)
      $0.member("routes", routes)
      $0.member("following", following)
    }
  }
}

extension KeptGroup.Member: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      nexthop: try json.required("nexthop"), interface: try json.optional("ifname"),
      weight: try json.required("weight"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("nexthop", nexthop)
      $0.member("ifname", interface)
      $0.member("weight", weight)
    }
  }
}
