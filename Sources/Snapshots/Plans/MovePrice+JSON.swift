package import JSON
package import Planning

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
