package import JSON
package import Routing

extension HiddenRoutes.Place: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      destination: try json.required("dst"), source: try json.optional("src"), metric: try json.optional("metric") ?? 0)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("dst", destination)
      $0.member("src", source)
      $0.member("metric", metric)
    }
  }
}

extension HiddenRoutes: JSONCodable {
  var sortedPlaces: [Place] {
    places.sorted {
      ($0.destination, $0.source?.description ?? "", $0.metric) < (
        $1.destination, $1.source?.description ?? "", $1.metric
      )
    }
  }

  package init(json: JSONValue) throws(JSONMismatch) {
    let places: [Place] = try json.optional("places") ?? []
    self.init(places: Set(places), mayBeAnywhere: try json.optional("anywhere") ?? false)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("places", places.isEmpty ? nil : sortedPlaces)
      $0.member("anywhere", mayBeAnywhere ? true : nil)
    }
  }
}
