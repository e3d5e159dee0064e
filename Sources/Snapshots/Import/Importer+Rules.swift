internal import JSON
internal import Routing

/// `ip -j rule` and `ip -6 -j rule`.
extension Importer {
  mutating func readRules(_ source: SnapshotImport.Source?, family: AddressFamily) throws(SnapshotError) {
    guard let source else {
      let (name, command) = family == .ipv4 ? ("IPv4", "ip -j rule") : ("IPv6", "ip -6 -j rule")
      note("the \(name) rules are not known (no `\(command)`): taken to be the default ones", .rules(family))
      state.rules += Rule.defaults(family)
      return
    }
    var rules: [Rule] = []
    let (tables, protocols) = (tables, protocols)
    try source.forEachElement { json throws(JSONMismatch) in
      rules.append(try Self.rule(json, family, tables: tables, protocols: protocols))
    }
    state.rules += rules
  }

  private static func rule(
    _ json: JSONValue, _ family: AddressFamily, tables: NameTable, protocols: NameTable
  ) throws(JSONMismatch) -> Rule {
    var rule = Rule(
      family: family, priority: try json.required("priority"), action: try action(json, tables: tables))
    rule.isInverted = json.has("not")
    rule.isL3MasterDevice = json.has("l3mdev")
    rule.source = try prefix("src", length: "srclen", in: json, family)
    rule.destination = try prefix("dst", length: "dstlen", in: json, family)
    rule.inputInterface = try json.optional("iif")
    rule.outputInterface = try json.optional("oif")
    rule.mark = try json.optional("fwmark", NameTable.plain) ?? 0
    rule.markMask = try json.optional("fwmask", NameTable.plain) ?? (json.has("fwmark") ? .max : 0)
    rule.tos = try json.optional("tos", NameTable.tos) ?? 0
    rule.dscp = try dscp(json)
    rule.dscpMask = try json.optional("dscp_mask", NameTable.plain) ?? 0x3f
    rule.ipProtocol = try ipProtocol(json)
    rule.sourcePorts = try range("sport", "sport_start", "sport_end", in: json)
    rule.sourcePortMask = try json.optional("sport_mask", NameTable.plain)
    rule.destinationPorts = try range("dport", "dport_start", "dport_end", in: json)
    rule.destinationPortMask = try json.optional("dport_mask", NameTable.plain)
    rule.userIDs = try range("uid", "uid_start", "uid_end", in: json)
    rule.tunnelID = try json.optional("tun_id")
    rule.flowLabel = try json.optional("flowlabel", NameTable.plain)
    rule.flowLabelMask = try json.optional("flowlabel_mask", NameTable.plain)
    rule.suppressPrefixLength = try json.optional("suppress_prefixlen")
    rule.suppressInterfaceGroup = try json.optional("suppress_ifgroup", NameTable.linkGroups)
    rule.realms = try realms(json)
    rule.protocol = try json.optional("protocol", protocols) ?? 0
    rule.flags = flags(json)
    return rule
  }

  private static func action(_ json: JSONValue, tables: NameTable) throws(JSONMismatch) -> Rule.Action {
    if let priority: UInt32 = try json.optional("goto") { return .goto(priority: priority) }
    if json.has("nop") { return .nop }
    if let action: JSONValue = try json.optional("action") {
      switch action {
      case "blackhole": return .blackhole
      case "unreachable": return .unreachable
      case "prohibit": return .prohibit
      default: return .other(try json.optional("action", NameTable.routeTypes) ?? 0)
      }
    }
    // A rule for VRFs names no table: the kernel keeps 0.
    return .lookup(table: try json.optional("table", tables) ?? 0)
  }

  /// An address and beside it the length, which `ip` leaves out for a host; `all` is no selector.
  private static func prefix(
    _ key: String, length lengthKey: String, in json: JSONValue, _ family: AddressFamily
  ) throws(JSONMismatch) -> Prefix? {
    guard let value: JSONValue = try json.optional(key), value != "all" else { return nil }
    let address: IPAddress = try json.required(key)
    guard address.family == family else {
      throw JSONMismatch(expected: "an \(family == .ipv4 ? "IPv4" : "IPv6") address", found: value).inside(.key(key))
    }
    return Prefix(
      containing: address, length: try json.optional(lengthKey) ?? family.addressLength)
  }

  private static func range(
    _ single: String, _ first: String, _ last: String, in json: JSONValue
  ) throws(JSONMismatch) -> Rule.Range? {
    if let number: UInt32 = try json.optional(single, NameTable.plain) { return .init(first: number, last: number) }
    guard let start: UInt32 = try json.optional(first) else { return nil }
    return Rule.Range(first: start, last: try json.required(last))
  }

  /// A name in /etc/protocols, a number, or what `ip` makes of a number without a name: ipproto-200.
  private static func ipProtocol(_ json: JSONValue) throws(JSONMismatch) -> UInt8? {
    if let text = json["ipproto"]?.text, text.hasPrefix("ipproto-"), let number = UInt8(text.dropFirst(8)) {
      return number
    }
    return try json.optional("ipproto", NameTable.ipProtocols)
  }

  /// The six bits, or the name of a traffic class whose table holds the whole byte.
  private static func dscp(_ json: JSONValue) throws(JSONMismatch) -> UInt8? {
    guard let value: JSONValue = try json.optional("dscp") else { return nil }
    if let text = value.text, parseNumber(text) == nil {
      return (try json.optional("dscp", NameTable.tos, as: UInt8.self)).map { $0 >> 2 }
    }
    return try json.optional("dscp", NameTable.plain)
  }

  private static func realms(_ json: JSONValue) throws(JSONMismatch) -> UInt32? {
    guard json.has("flow_from") || json.has("flow_to") else { return nil }
    let from: UInt16 = try json.optional("flow_from", NameTable.realms) ?? 0
    let to: UInt16 = try json.optional("flow_to", NameTable.realms) ?? 0
    return UInt32(from) << 16 | UInt32(to)
  }

  /// `FIB_RULE_*`, as far as `ip` shows them.
  private static func flags(_ json: JSONValue) -> UInt32 {
    let bits: [(String, UInt32)] = [
      ("not", 0x2), ("unresolved", 0x4), ("iif_detached", 0x8), ("oif_detached", 0x10),
    ]
    return bits.reduce(0) { $0 | (json.has($1.0) ? $1.1 : 0) }
  }
}
