package import JSON
package import Routing

extension Rule.Range: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    guard case .array(let ends) = json, ends.count == 2 else {
      throw JSONMismatch(expected: "an array of the first and the last number", found: json)
    }
    let numbers = try [UInt32](json: json)
    self.init(first: numbers[0], last: numbers[1])
  }

  package func write(to writer: inout JSONWriter) {
    writer.array {
      $0.integer(first)
      $0.integer(last)
    }
  }
}

/// The action is a word or the number of an unknown one, with `table` or `goto` beside it.
extension Rule.Action {
  init(membersOf json: JSONValue) throws(JSONMismatch) {
    let value: JSONValue = try json.required("action")
    switch value {
    case "lookup": self = .lookup(table: try json.required("table"))
    case "goto": self = .goto(priority: try json.required("goto"))
    case "nop": self = .nop
    case "blackhole": self = .blackhole
    case "unreachable": self = .unreachable
    case "prohibit": self = .prohibit
    default:
      guard case .integer(let number) = value, let action = UInt8(exactly: number) else {
        throw JSONMismatch(
          expected: "one of lookup, goto, nop, blackhole, unreachable, prohibit, or a number from 0 to 255",
          found: value
        ).inside(.key("action"))
      }
      self = .other(action)
    }
  }

  func writeMembers(to writer: inout JSONWriter) {
    switch self {
    case .lookup(let table):
      writer.member("action", "lookup")
      writer.member("table", table)
    case .goto(let priority):
      writer.member("action", "goto")
      writer.member("goto", priority)
    case .nop: writer.member("action", "nop")
    case .blackhole: writer.member("action", "blackhole")
    case .unreachable: writer.member("action", "unreachable")
    case .prohibit: writer.member("action", "prohibit")
    case .other(let number): writer.member("action", number)
    }
  }
}

extension Rule: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      family: try json.required("family"), priority: try json.required("priority"),
      action: try Action(membersOf: json))
    isInverted = try json.optional("not") ?? false
    source = try json.optional("from")
    destination = try json.optional("to")
    inputInterface = try json.optional("iif")
    outputInterface = try json.optional("oif")
    mark = try json.optional("fwmark") ?? 0
    markMask = try json.optional("fwmask") ?? 0
    tos = try json.optional("tos") ?? 0
    dscp = try json.optional("dscp")
    dscpMask = try json.optional("dscp_mask") ?? 0x3f
    ipProtocol = try json.optional("ipproto")
    sourcePorts = try json.optional("sport")
    sourcePortMask = try json.optional("sport_mask")
    destinationPorts = try json.optional("dport")
    destinationPortMask = try json.optional("dport_mask")
    userIDs = try json.optional("uidrange")
    tunnelID = try json.optional("tun_id")
    isL3MasterDevice = try json.optional("l3mdev") ?? false
    flowLabel = try json.optional("flowlabel")
    flowLabelMask = try json.optional("flowlabel_mask")
    suppressPrefixLength = try json.optional("suppress_prefixlength")
    suppressInterfaceGroup = try json.optional("suppress_ifgroup")
    realms = try json.optional("realms")
    `protocol` = try json.optional("protocol") ?? 0
    flags = try json.optional("flags") ?? 0
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("family", family)
      $0.member("priority", priority)
      writeSelectors(to: &$0)
      action.writeMembers(to: &$0)
      $0.member("suppress_prefixlength", suppressPrefixLength)
      $0.member("suppress_ifgroup", suppressInterfaceGroup)
      $0.member("realms", realms)
      $0.member("protocol", `protocol`)
      $0.member("flags", flags == 0 ? nil : flags)
    }
  }

  private func writeSelectors(to writer: inout JSONWriter) {
    writer.member("not", isInverted ? true : nil)
    writer.member("from", source)
    writer.member("to", destination)
    writer.member("iif", inputInterface)
    writer.member("oif", outputInterface)
    writer.member("fwmark", mark == 0 ? nil : mark)
    writer.member("fwmask", markMask == 0 ? nil : markMask)
    writer.member("tos", tos == 0 ? nil : tos)
    writer.member("dscp", dscp)
    writer.member("dscp_mask", dscpMask == 0x3f ? nil : dscpMask)
    writer.member("ipproto", ipProtocol)
    writer.member("sport", sourcePorts)
    writer.member("sport_mask", sourcePortMask)
    writer.member("dport", destinationPorts)
    writer.member("dport_mask", destinationPortMask)
    writer.member("uidrange", userIDs)
    writer.member("tun_id", tunnelID)
    writer.member("l3mdev", isL3MasterDevice ? true : nil)
    writer.member("flowlabel", flowLabel)
    writer.member("flowlabel_mask", flowLabelMask)
  }
}
