package import JSON
package import Routing

extension Encapsulation: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let attributes: HexBytes = try json.required("attributes")
    self.init(type: try json.required("type", Words.encapsulations), attributes: attributes.bytes)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("type", Worded(number: type, words: .encapsulations))
      $0.member("attributes", HexBytes(attributes))
    }
  }
}

extension NexthopFlags: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    guard case .array(let elements) = json else {
      throw JSONMismatch(expected: "an array of flags", found: json)
    }
    var bits: UInt8 = 0
    for (index, element) in elements.enumerated() {
      do {
        bits |= try Words.nexthopFlags.number(json: element)
      } catch {
        throw error.inside(.index(index))
      }
    }
    self.init(rawValue: bits)
  }

  package func write(to writer: inout JSONWriter) {
    writer.array {
      for shift in 0..<8 where rawValue >> shift & 1 != 0 {
        Words.nexthopFlags.write(1 << shift, to: &$0)
      }
    }
  }
}

extension RouteLeg: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      gateway: try json.optional("gateway"), interface: try json.optional("ifindex") ?? 0,
      weight: try json.required("weight"), flags: try json.optional("flags") ?? [],
      encapsulation: try json.optional("encap"), realms: try json.optional("realms"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("gateway", gateway)
      $0.member("ifindex", interface == 0 ? nil : interface)
      $0.member("weight", weight)
      $0.member("flags", flags.isEmpty ? nil : flags)
      $0.member("encap", encapsulation)
      $0.member("realms", realms)
    }
  }
}

/// The legs are members of the route: `nexthop` for one, `nexthops` for RTA_MULTIPATH, neither for none.
extension RouteLegs {
  init(membersOf json: JSONValue) throws(JSONMismatch) {
    let single: RouteLeg? = try json.optional("nexthop")
    let multipath: [RouteLeg]? = try json.optional("nexthops")
    switch (single, multipath) {
    case (nil, nil): self = .none
    case (let leg?, nil): self = .single(leg)
    case (nil, let legs?): self = .multipath(legs)
    default: throw JSONMismatch("expected either \"nexthop\" or \"nexthops\", found both")
    }
  }

  func writeMembers(to writer: inout JSONWriter) {
    switch self {
    case .none: break
    case .single(let leg): writer.member("nexthop", leg)
    case .multipath(let legs): writer.member("nexthops", legs)
    }
  }
}

extension RouteMetric: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      kind: try json.required("metric", Words.routeMetrics), value: try json.required("value"),
      name: try json.optional("name"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("metric", Worded(number: kind, words: .routeMetrics))
      $0.member("value", value)
      $0.member("name", name)
    }
  }
}

extension RouteExtras: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init()
    metrics = try json.optional("metrics") ?? []
    mark = try json.optional("mark")
    realms = try json.optional("realms")
    uid = try json.optional("uid")
    expires = try json.optional("expires_ticks")
    error = try json.optional("error")
    inputInterface = try json.optional("iif")
    ttlPropagate = try json.optional("ttl_propagate")
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("metrics", metrics.isEmpty ? nil : metrics)
      $0.member("mark", mark)
      $0.member("realms", realms)
      $0.member("uid", uid)
      $0.member("expires_ticks", expires)
      $0.member("error", error)
      $0.member("iif", inputInterface)
      $0.member("ttl_propagate", ttlPropagate)
    }
  }
}

extension Route: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let legs = try RouteLegs(membersOf: json)
    let id: UInt32? = try json.optional("nhid")
    self.init(
      destination: try json.required("dst"), source: try json.optional("from"), table: try json.required("table"),
      metric: try json.optional("metric"), tos: try json.optional("tos") ?? 0,
      type: RouteType(rawValue: try json.required("type", Words.routeTypes)), protocol: try json.required("protocol"),
      scope: try json.required("scope"), flags: try json.optional("flags") ?? 0,
      nexthops: id.map { .object(id: $0, expansion: legs) } ?? .legs(legs),
      preferredSource: try json.optional("prefsrc"), preference: try json.optional("pref"),
      extras: try json.optional("extras"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("type", Worded(number: type.rawValue, words: .routeTypes))
      $0.member("dst", destination)
      $0.member("from", source)
      $0.member("table", table)
      $0.member("metric", metric)
      $0.member("tos", tos == 0 ? nil : tos)
      $0.member("protocol", `protocol`)
      $0.member("scope", scope)
      $0.member("flags", flags == 0 ? nil : flags)
      $0.member("prefsrc", preferredSource)
      $0.member("pref", preference)
      $0.member("nhid", nexthopID)
      legs.writeMembers(to: &$0)
      $0.member("extras", extras)
    }
  }
}
