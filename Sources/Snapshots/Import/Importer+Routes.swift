internal import JSON
internal import Routing

/// `ip -j -d route show table all`.
extension Importer {
  /// `RTNH_F_*` by the words of `ip`.
  static let legFlags: [String: UInt32] = [
    "dead": 1, "pervasive": 2, "onlink": 4, "offload": 8, "linkdown": 16, "unresolved": 32, "trap": 64,
  ]

  /// All of `rtm_flags` by the words of `ip`.
  private static let routeFlags = legFlags.merging([
    "rt_offload": RouteFlags.offload, "rt_trap": RouteFlags.trap, "rt_offload_failed": RouteFlags.offloadFailed,
    "offload_failed": RouteFlags.offloadFailed, "notify": 0x100,
  ]) { $1 }

  private static let preferences: [String: UInt8] = ["medium": 0, "high": 1, "low": 3]

  mutating func readRoutes(
    _ source: SnapshotImport.Source?, ipv6: SnapshotImport.Source?
  ) throws(SnapshotError) {
    if let source {
      try source.forEachElement { json throws(JSONMismatch) in
        let family = Self.family(json)
        if family == .ipv4 || ipv6 == nil { state.routes.append(try route(json, family)) }
      }
    }
    if !state.routes.contains(where: { $0.family == .ipv4 }) {
      note("the IPv4 routes are not known (no `ip -j -d route show table all`)", .ipv4Routes)
    }
    if let ipv6 {
      try ipv6.forEachElement { json throws(JSONMismatch) in
        state.routes.append(try route(json, .ipv6))
      }
    } else if !state.routes.contains(where: { $0.family == .ipv6 }) {
      note("the IPv6 routes are not known (no `ip -6 -j -d route show table all`)", .ipv6Routes)
    }
    for (family, name) in [(AddressFamily.ipv4, "IPv4"), (.ipv6, "IPv6")] {
      let tables = Set(state.routes.lazy.filter { $0.family == family }.map(\.table))
      guard !tables.isEmpty, !tables.contains(RouteTable.local) else { continue }
      note("the \(name) routes are not known but those of some tables (no `table all`)", .routes(family))
    }
  }

  /// The family of a route in a dump of both: only `default` does not show it by itself.
  private static func family(_ json: JSONValue) -> AddressFamily {
    if let text = json["dst"]?.text, text != "default" { return text.contains(":") ? .ipv6 : .ipv4 }
    let addresses = [json["gateway"], json["from"], json["prefsrc"], json["nexthops"]?[0]?["gateway"]]
    return json.has("pref") || addresses.contains { $0?.text?.contains(":") == true } ? .ipv6 : .ipv4
  }

  private mutating func route(_ json: JSONValue, _ family: AddressFamily) throws(JSONMismatch) -> Route {
    let (plain, encapsulation) = splitEncapsulation(json)
    guard let destination = try Self.prefix("dst", in: plain, family) else {
      throw JSONMismatch("expected the key \"dst\"")
    }
    let flags = try plain.optionalFlags("flags", Self.routeFlags)
    let legs = try legs(plain, encapsulation, flags: NexthopFlags(rawValue: UInt8(truncatingIfNeeded: flags)))
    let id: UInt32? = try plain.optional("nhid")
    var route = Route(
      destination: destination, nexthops: id.map { .object(id: $0, expansion: legs) } ?? .legs(legs))
    route.source = try Self.prefix("from", in: plain, family)
    route.table = try plain.optional("table", tables) ?? RouteTable.main
    route.metric = try plain.optional("metric")
    route.tos = try plain.optional("tos", NameTable.tos) ?? 0
    route.type = RouteType(rawValue: try plain.optional("type", NameTable.routeTypes) ?? 1)
    route.protocol = try plain.optional("protocol", protocols) ?? 3
    route.scope = try plain.optional("scope", NameTable.scopes) ?? 0
    route.flags = flags
    route.preferredSource = try plain.optional("prefsrc")
    if let word: String = try plain.optional("pref") { route.preference = Self.preferences[word] }
    let extras = try extras(plain)
    if extras != RouteExtras() { route.extras = extras }
    return route
  }

  private mutating func legs(
    _ json: JSONValue, _ encapsulation: Encapsulation?, flags: NexthopFlags
  ) throws(JSONMismatch) -> RouteLegs {
    if let array: [JSONValue] = try json.optional("nexthops") {
      var legs: [RouteLeg] = []
      for (index, element) in array.enumerated() where element != .object([]) {
        do {
          let (plain, encapsulation) = splitEncapsulation(element)
          let bits = try plain.optionalFlags("flags", Self.legFlags)
          var leg = try leg(plain, encapsulation, flags: NexthopFlags(rawValue: UInt8(truncatingIfNeeded: bits)))
          leg.realms = try Self.realms(plain)
          legs.append(leg)
        } catch {
          throw error.inside(.index(index)).inside(.key("nexthops"))
        }
      }
      return .multipath(legs)
    }
    let leg = try leg(json, encapsulation, flags: flags)
    return leg.interface == 0 && leg.gateway == nil ? .none : .single(leg)
  }

  private mutating func leg(
    _ json: JSONValue, _ encapsulation: Encapsulation?, flags: NexthopFlags
  ) throws(JSONMismatch) -> RouteLeg {
    RouteLeg(
      gateway: try Self.gateway(json), interface: try interface("dev", in: json) ?? 0,
      weight: try json.optional("weight") ?? 1, flags: flags, encapsulation: encapsulation)
  }

  /// `gateway`, or `via` for a gateway of another family.
  static func gateway(_ json: JSONValue) throws(JSONMismatch) -> IPAddress? {
    if let gateway: IPAddress = try json.optional("gateway") { return gateway }
    guard let via: JSONValue = try json.optional("via") else { return nil }
    do {
      return try via.required("host", as: IPAddress.self)
    } catch {
      throw error.inside(.key("via"))
    }
  }

  private static func realms(_ json: JSONValue) throws(JSONMismatch) -> UInt32? {
    guard let flow: JSONValue = try json.optional("flow") else { return nil }
    do {
      let from: UInt16 = try flow.optional("from", NameTable.realms) ?? 0
      let to: UInt16 = try flow.optional("to", NameTable.realms) ?? 0
      return UInt32(from) << 16 | UInt32(to)
    } catch {
      throw error.inside(.key("flow"))
    }
  }

  static func prefix(
    _ key: String, in json: JSONValue, _ family: AddressFamily
  ) throws(JSONMismatch) -> Prefix? {
    guard let value: JSONValue = try json.optional(key) else { return nil }
    let text = try json.required(key, as: String.self)
    do throws(PrefixSyntaxError) {
      return try Prefix(parsing: text, family: family)
    } catch {
      throw JSONMismatch(expected: "an \(family == .ipv4 ? "IPv4" : "IPv6") prefix or default", found: value)
        .inside(.key(key))
    }
  }

  private mutating func extras(_ json: JSONValue) throws(JSONMismatch) -> RouteExtras {
    var extras = RouteExtras()
    for (index, object) in (try json.optional("metrics", as: [JSONValue].self) ?? []).enumerated() {
      do {
        extras.metrics += try Self.metrics(object)
      } catch {
        throw error.inside(.index(index)).inside(.key("metrics"))
      }
      sawMetrics = true
    }
    extras.mark = try json.optional("mark", NameTable.plain)
    extras.realms = try Self.realms(json)
    extras.uid = try json.optional("uid")
    extras.expires = try json.optionalTicks("expires")
    if let error: Int64 = try json.optional("error") { extras.error = UInt32(truncatingIfNeeded: error) }
    extras.inputInterface = try interface("iif", in: json)
    if let propagates = json["ttl-propogate"]?.flag ?? json["ttl-propagate"]?.flag {
      extras.ttlPropagate = propagates ? 1 : 0
    }
    return extras
  }

  /// `ip` prints rtt and rttvar in milliseconds; the kernel counts eighths and quarters of one.
  private static func metrics(_ object: JSONValue) throws(JSONMismatch) -> [RouteMetric] {
    var metrics: [RouteMetric] = []
    for member in object.members ?? [] {
      switch member.key {
      case "congestion":
        metrics.append(RouteMetric(kind: 16, value: 0, name: try object.required("congestion")))
      case "ecn":
        metrics.append(RouteMetric(kind: 12, value: 1))
      default:
        guard let kind = Words.routeMetrics.number(for: member.key) else { continue }
        let value: UInt32 = try object.optional(member.key, NameTable.plain) ?? 0
        let scale: UInt32 = kind == 4 ? 8 : kind == 5 ? 4 : 1
        metrics.append(RouteMetric(kind: kind, value: value &* scale))
      }
    }
    return metrics
  }

  /// Takes out the members of an encapsulation, which repeat keys of the object that they stand in.
  ///
  /// They begin with `encap`, and the gateway or the device ends them.
  mutating func splitEncapsulation(_ json: JSONValue) -> (plain: JSONValue, Encapsulation?) {
    guard let members = json.members, let start = members.firstIndex(where: { $0.key == "encap" }) else {
      return (json, nil)
    }
    sawEncapsulation = true
    let end = members[start...].firstIndex { ["gateway", "via", "dev"].contains($0.key) } ?? members.endIndex
    let type = members[start].value.text.flatMap { Words.encapsulations.number(for: $0) } ?? 0
    var plain = members
    plain.removeSubrange(start..<end)
    return (.object(plain), Encapsulation(type: type, attributes: []))
  }
}
