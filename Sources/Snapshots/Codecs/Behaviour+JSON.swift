package import JSON
package import Routing

/// What is not known is absent.
extension KernelBehaviour: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(version: nil)
    for trait in Trait.all { self[keyPath: trait.value] = try json.optional(trait.name) }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      for trait in Trait.all { $0.member(trait.name, self[keyPath: trait.value]) }
    }
  }
}
