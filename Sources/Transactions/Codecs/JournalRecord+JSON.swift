package import JSON
internal import Netlink
internal import Planning

extension JournalRecord: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let word: String = try json.required("record")
    switch word {
    case "begin": self = .begin(try JournalHead(json: json))
    case "doing": self = .doing(try json.required("step"))
    case "done": self = .done(try json.required("step"))
    case "undoing": self = .undoing(try json.required("step"))
    case "undone": self = .undone(try json.required("step"), try json.optional("reason"))
    case "left-alone": self = .leftAlone(try json.required("step"), try json.required("reason"))
    case "failed": self = .failed(try json.required("reason"))
    case "finished":
      self = .finished(deadline: try json.optional("deadline_ns"), kept: try json.optional("groups") ?? [])
    case "confirmed": self = .confirmed
    case "closed":
      let text: String = try json.required("outcome")
      guard let outcome = Outcome(rawValue: text) else {
        throw JSONMismatch(expected: "an outcome", found: .string(text)).inside(.key("outcome"))
      }
      self = .closed(outcome, try json.required("reason"), at: try json.optional("time"))
    default: throw JSONMismatch(expected: "the name of a record", found: .string(word)).inside(.key("record"))
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { json in
      json.member("record", word)
      switch self {
      case .begin(let head): head.writeMembers(to: &json)
      case .doing(let step), .done(let step), .undoing(let step): json.member("step", step)
      case .undone(let step, let reason):
        json.member("step", step)
        json.member("reason", reason)
      case .leftAlone(let step, let reason):
        json.member("step", step)
        json.member("reason", reason)
      case .failed(let reason): json.member("reason", reason)
      case .finished(let deadline, let kept):
        json.member("deadline_ns", deadline)
        json.member("groups", kept)
      case .confirmed: break
      case .closed(let outcome, let reason, let time):
        json.member("outcome", outcome.rawValue)
        json.member("reason", reason)
        json.member("time", time)
      }
    }
  }

  private var word: String {
    switch self {
    case .begin: "begin"
    case .doing: "doing"
    case .done: "done"
    case .undoing: "undoing"
    case .undone: "undone"
    case .leftAlone: "left-alone"
    case .failed: "failed"
    case .finished: "finished"
    case .confirmed: "confirmed"
    case .closed: "closed"
    }
  }
}

extension JournalHead {
  init(json: JSONValue) throws(JSONMismatch) {
    let format: String = try json.required("format")
    guard format == Self.format else {
      throw JSONMismatch(expected: "\"\(Self.format)\"", found: .string(format)).inside(.key("format"))
    }
    let version: Int = try json.required("version")
    guard version == Self.version else {
      throw JSONMismatch("is of version \(version), and this ecmpctl knows \(Self.version)").inside(.key("version"))
    }
    self.init(
      id: try json.required("id"), created: try json.required("created"), time: try json.required("time_ns"),
      process: try json.required("pid"), bootID: try json.optional("boot_id"),
      namespace: NamespaceIdentity(
        inode: try json.required("netns_inode"), cookie: try json.optional("netns_cookie") ?? 0),
      namespaceName: try json.optional("netns"), confirmWithin: try json.optional("confirm_within"),
      plan: try json.required("plan"))
  }

  func writeMembers(to json: inout JSONWriter) {
    json.member("format", Self.format)
    json.member("version", Self.version)
    json.member("id", id)
    json.member("created", created)
    json.member("time_ns", time)
    json.member("pid", process)
    json.member("boot_id", bootID)
    json.member("netns_inode", namespace.inode)
    json.member("netns_cookie", namespace.cookie)
    json.member("netns", namespaceName)
    json.member("confirm_within", confirmWithin)
    json.member("plan", plan)
  }
}
