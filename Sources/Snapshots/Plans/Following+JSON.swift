package import JSON
package import Planning
internal import Routing

extension Following: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      daemon: try json.required("daemon"), route: try json.required("route"), rules: try json.optional("rules") ?? [])
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("daemon", daemon)
      $0.member("route", route)
      $0.member("rules", rules.isEmpty ? nil : rules)
    }
  }
}

extension DaemonProposal: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let kindName: String = try json.required("kind")
    guard let kind = Kind(rawValue: kindName) else {
      throw JSONMismatch(expected: "daemon-setting or following", found: .string(kindName)).inside(.key("kind"))
    }
    let word: String = try json.required("availability")
    guard let availability = Availability(rawValue: word) else {
      throw JSONMismatch(expected: "available, depends or unavailable", found: .string(word))
        .inside(.key("availability"))
    }
    self.init(
      kind: kind, subject: try json.required("subject"), daemon: try json.required("daemon"),
      availability: availability, condition: try json.required("condition"), lines: try json.required("lines"),
      redistribution: try json.required("redistribution"), restart: try json.required("restart"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("kind", kind.rawValue)
      $0.member("subject", subject)
      $0.member("daemon", daemon)
      $0.member("availability", availability.rawValue)
      $0.member("condition", condition)
      $0.member("lines", lines)
      $0.member("redistribution", redistribution)
      $0.member("restart", restart)
    }
  }
}
