import FlowSources
import Forwarding
import Placement
import Routing

/// Makes an open flow, and the paths that it is to take, of the command line.
enum SteeringArguments {
  /// The flow of the fields, one of which is open: a range, a prefix or a list, the one that `--vary` names, or the
  /// source port.
  ///
  /// - Parameter vary: the value of `--vary`.
  static func openFlow(
    _ fields: [(name: String, value: String)], vary: String?, table: ForwardingTable
  ) throws(CommandFailure) -> OpenFlow {
    let field = try openField(fields, vary: vary)
    let given = fields.filter { $0.name == field.rawValue }
    guard given.count < 2 else { throw .usage("\(field.rawValue) is given twice") }
    let values = try values(given.first?.value, field)
    let rest = fields.filter { $0.name != field.rawValue }
    // The last value stands for all: the first one may be 0, which is none.
    let flow = try FlowArguments.flow(rest + [(field.rawValue, values.text(values.last))], table: table)
    let ipProtocol = field.isInner ? flow.inner?.ipProtocol ?? 0 : flow.ipProtocol
    guard !field.isPort || Flow.hasPorts(ipProtocol) else {
      let option = field.isInner ? "--inner-proto" : "-p"
      throw .usage(
        "\(field.rawValue) is for a protocol that has ports: give \(option) udp, tcp, sctp, dccp or udplite, or leave another field open"
      )
    }
    return OpenFlow(flow, open: field, values: values)
  }

  private static func openField(
    _ fields: [(name: String, value: String)], vary: String?
  ) throws(CommandFailure) -> SteerableField {
    let open = fields.compactMap { name, value in
      FieldValues.isOpen(value) ? SteerableField(rawValue: name) : nil
    }
    if let vary {
      let name = vary.split(separator: "-").joined(separator: "_")
      guard let field = SteerableField(rawValue: name) else {
        let names = SteerableField.allCases.map(\.rawValue).joined(separator: ", ")
        throw .usage("\"\(vary)\" is nothing to vary; it may be \(names)")
      }
      guard let other = open.first(where: { $0 != field }) else { return field }
      throw .usage("--vary names \(field.rawValue), but \(other.rawValue) has several values; one field can be open")
    }
    guard open.count < 2 else {
      throw .usage("\(open[0].rawValue) and \(open[1].rawValue) have several values; one field can be open")
    }
    if let field = open.first { return field }
    guard !fields.contains(where: { $0.name == SteerableField.sourcePort.rawValue }) else {
      throw .usage("nothing is left open: leave out --sport, or give a field several values, as in --sport 33434-33534")
    }
    return .sourcePort
  }

  /// - Parameter text: nil for the usual ones.
  private static func values(_ text: String?, _ field: SteerableField) throws(CommandFailure) -> FieldValues {
    guard let text else {
      if let usual = field.usualValues { return usual }
      throw .usage("say which values of \(field.rawValue) to try, as in \(field.isAddress ? "10.0.0.0/24" : "1-9")")
    }
    do throws(FieldValuesError) {
      return try FieldValues(parsing: text, of: field)
    } catch {
      throw .usage(error.description)
    }
  }

  /// What `--via` says: an object id, a gateway, a device, or words such as `via 10.1.1.1 dev swp1`.
  static func selector(_ text: String, table: ForwardingTable) throws(CommandFailure) -> PathSelector {
    var selector = PathSelector()
    var words = text.split(separator: " ").map(String.init)[...]
    guard !words.isEmpty else { throw .usage("--via names no nexthop") }
    while let word = words.popFirst() {
      switch word {
      case "via", "dev", "id", "nhid":
        // An IPv4 route has an IPv6 gateway as `via inet6 ADDRESS`.
        if word == "via", words.first == "inet6" || words.first == "inet" { words.removeFirst() }
        guard let value = words.popFirst() else { throw .usage("a value is missing after \"\(word)\" in --via") }
        try set(value, kind: word, &selector, table)
      default:
        let kind = UInt32(word) != nil ? "id" : IPAddress(word) != nil ? "via" : "dev"
        try set(word, kind: kind, &selector, table)
      }
    }
    return selector
  }

  private static func set(
    _ value: String, kind: String, _ selector: inout PathSelector, _ table: ForwardingTable
  ) throws(CommandFailure) {
    switch kind {
    case "via":
      guard selector.gateway == nil, let address = IPAddress(value) else {
        throw .usage("\"\(value)\" is no gateway address of --via")
      }
      selector.gateway = address
    case "dev":
      guard selector.interface == nil, let index = table.interfaceIndex(value) else {
        throw .usage(
          "there is no interface \"\(value)\"; --via takes an object id, a gateway, a device, or 'via A dev B'")
      }
      selector.interface = index
    default:
      guard selector.id == nil, let id = UInt32(value) else { throw .usage("\"\(value)\" is no object id of --via") }
      selector.id = id
    }
  }
}
