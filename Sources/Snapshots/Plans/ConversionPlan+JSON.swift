package import JSON
package import Planning
internal import Routing

extension Conversion.Place: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    if case .string("legs") = json {
      self = .legs
      return
    }
    guard case .integer(let number) = json, let id = UInt32(exactly: number) else {
      throw JSONMismatch(expected: "\"legs\" or the id of a nexthop object", found: json)
    }
    self = .object(id: id)
  }

  package func write(to writer: inout JSONWriter) {
    switch self {
    case .legs: writer.string("legs")
    case .object(let id): writer.integer(id)
    }
  }
}

extension Conversion: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      from: try json.required("from"), to: try json.required("to"), routes: try json.required("routes"),
      group: try json.optional("group"), replaced: try json.optional("replaced"), origin: try json.optional("origin"),
      following: try json.optional("following"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("from", from)
      $0.member("to", to)
      $0.member("origin", origin)
      $0.member("group", group)
      $0.member("replaced", replaced)
      $0.member("routes", routes)
      $0.member("following", following)
    }
  }
}

extension ConversionHazard: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let name: String = try json.required("code")
    guard let code = Code(rawValue: name) else {
      throw JSONMismatch(expected: "the code of a hazard", found: .string(name)).inside(.key("code"))
    }
    let word: String = try json.required("severity")
    guard let severity = Severity.allCases.first(where: { $0.name == word }) else {
      throw JSONMismatch(expected: "note, warning or refusal", found: .string(word)).inside(.key("severity"))
    }
    self.init(
      code, severity, subject: try json.optional("subject") ?? "", text: try json.required("text"),
      remedy: try json.required("remedy"), isAccepted: try json.optional("accepted") ?? false)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("code", code.rawValue)
      $0.member("severity", severity.name)
      $0.member("subject", subject.isEmpty ? nil : subject)
      $0.member("text", text)
      $0.member("remedy", remedy)
      $0.member("override", `override`)
      $0.member("accepted", isAccepted ? true : nil)
    }
  }
}

/// What a plan file says of a step beside its change.
private struct StepNote: JSONCodable {
  var phrase: String
  var price: MovePrice?

  init(_ step: ConversionStep) {
    phrase = step.phrase
    price = step.price
  }

  init(json: JSONValue) throws(JSONMismatch) {
    phrase = try json.required("phrase")
    price = try json.optional("price")
  }

  func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("phrase", phrase)
      $0.member("price", price)
    }
  }
}

extension ConversionPlan: JSONCodable {
  /// What tells the files of plans from others.
  package static let format = "ecmpctl-plan"
  package static let version = 1

  package init(json: JSONValue) throws(JSONMismatch) {
    guard json["format"] == .string(Self.format) else {
      throw JSONMismatch("this is no plan of ecmpctl; write one with ecmpctl resilient plan -o FILE")
    }
    let version: Int = try json.required("version")
    guard version == Self.version else {
      throw JSONMismatch("the plan is of version \(version); this ecmpctl knows version \(Self.version): plan again")
    }
    let kind: String = try json.required("kind")
    guard let known = Kind(rawValue: kind) else {
      throw JSONMismatch(expected: "convert, revert or tune", found: .string(kind)).inside(.key("kind"))
    }
    let changes: [PlannedChange] = try json.required("changes")
    let notes: [StepNote] = try json.required("steps")
    guard notes.count == changes.count else {
      throw JSONMismatch("expected \(changes.count) steps, one for each change, found \(notes.count)").inside(
        .key("steps"))
    }
    self.init(
      kind: known, steps: zip(changes, notes).map { ConversionStep($0, phrase: $1.phrase, price: $1.price) },
      conversions: try json.required("conversions"), expectation: try json.required("expectation"),
      protocol: try json.required("protocol"), hazards: try json.required("hazards"))
    proposals = try json.optional("proposals") ?? []
    namespaceName = try json.optional("netns")
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("format", Self.format)
      $0.member("version", Self.version)
      $0.member("description", description)
      $0.member("kind", kind.rawValue)
      $0.member("netns", namespaceName)
      $0.member("protocol", `protocol`)
      $0.member("hazards", hazards)
      $0.member("proposals", proposals.isEmpty ? nil : proposals)
      $0.member("changes", steps.map(\.change))
      $0.member("steps", steps.map(StepNote.init))
      $0.member("conversions", conversions)
      $0.member("expectation", expectation)
    }
  }
}
