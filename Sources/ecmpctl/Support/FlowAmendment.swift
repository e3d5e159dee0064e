import FlowSources
import Forwarding
import Routing

/// What the command line says of flows that come from elsewhere.
struct FlowAmendment {
  private let fields: Set<FlowField>
  // Whether each of the fields is named; looking that up takes longer than predicting a flow.
  private let tellsNothing: Bool
  private let tellsMark: Bool
  private let tellsTOS: Bool
  private let tellsFlowLabel: Bool
  private let tellsSourcePort: Bool
  private let tellsDestinationPort: Bool
  private let tellsInterface: Bool
  private let tellsHash: Bool
  /// Only the named fields count.
  private let values: Flow

  /// - Parameters:
  ///   - fields: as given on the command line.
  ///   - allowed: those that the source does not tell, and those that select among its flows.
  ///   - source: the option that names the source.
  init(
    _ fields: [(name: String, value: String)], allowed: [FlowField], of source: String, table: ForwardingTable
  ) throws(CommandFailure) {
    for field in fields where !allowed.map(\.rawValue).contains(field.name) {
      let names = allowed.map(\.rawValue).joined(separator: ", ")
      throw .usage("\(field.name) does not go with \(source): only these can be added to it: \(names)")
    }
    let named = Set(fields.compactMap { FlowField(rawValue: $0.name) })
    self.fields = named
    tellsNothing = named.isEmpty
    tellsMark = named.contains(.mark)
    tellsTOS = named.contains(.tos)
    tellsFlowLabel = named.contains(.flowLabel)
    tellsSourcePort = named.contains(.sourcePort)
    tellsDestinationPort = named.contains(.destinationPort)
    tellsInterface = named.contains(.inputInterface)
    tellsHash = named.contains(.layer4Hash)
    values = try FlowArguments.flow([("dst", "::")] + fields, table: table)
  }

  /// The protocol, where one is named.
  var ipProtocol: UInt8? { fields.contains(.ipProtocol) ? values.ipProtocol : nil }

  /// Whether the flow is of the protocol that is named, if one is.
  func selects(_ flow: Flow) -> Bool { ipProtocol.map { $0 == flow.ipProtocol } ?? true }

  /// The flow with the values of the command line; what they tell is no longer unknown.
  func applied(to flow: Flow) -> Flow {
    guard !tellsNothing else { return flow }
    var flow = flow
    if tellsMark {
      flow.mark = values.mark
      flow.unknown.remove(.mark)
    }
    if tellsTOS {
      flow.tos = values.tos
      flow.unknown.remove(.tos)
    }
    if tellsFlowLabel, flow.family == .ipv6 {
      flow.flowLabel = values.flowLabel
      flow.unknown.remove(.flowLabel)
    }
    if Flow.hasPorts(flow.ipProtocol) {
      if tellsSourcePort { flow.sourcePort = values.sourcePort }
      if tellsDestinationPort { flow.destinationPort = values.destinationPort }
    }
    // Only what arrives on an interface has one, and may bring a hash along.
    if flow.origin == .forwarded {
      if tellsInterface { flow.inputInterface = values.inputInterface }
      if tellsHash { flow.layer4Hash = values.layer4Hash }
    }
    return flow
  }
}
