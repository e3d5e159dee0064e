package import JSON
package import Planning
internal import Routing

extension StateExpectation: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let interfaces: [InterfaceName] = try json.optional("interfaces") ?? []
    self.init(
      routes: try json.optional("routes") ?? [], nexthops: try json.optional("nexthops") ?? [],
      groups: try json.optional("groups") ?? [], bucketTables: try json.optional("buckets") ?? [],
      interfaces: Dictionary(interfaces.map { ($0.index, $0.name) }, uniquingKeysWith: { _, last in last }),
      freeIDs: try json.optional("free_ids") ?? [], removedIDs: try json.optional("removed_ids") ?? [])
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { json in
      json.member("routes", routes)
      json.member("nexthops", nexthops)
      json.member("groups", groups)
      json.member("buckets", bucketTables.isEmpty ? nil : bucketTables)
      json.member(
        "interfaces", interfaces.sorted { $0.key < $1.key }.map { InterfaceName(index: $0.key, name: $0.value) })
      json.member("free_ids", freeIDs)
      json.member("removed_ids", removedIDs)
    }
  }
}

private struct InterfaceName: JSONCodable {
  var index: UInt32
  var name: String

  init(index: UInt32, name: String) {
    self.index = index
    self.name = name
  }

  init(json: JSONValue) throws(JSONMismatch) {
    self.init(index: try json.required("ifindex"), name: try json.required("ifname"))
  }

  func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("ifindex", index)
      $0.member("ifname", name)
    }
  }
}
