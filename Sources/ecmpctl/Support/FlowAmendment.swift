import FlowSources
import Forwarding
import Routing

/// What the command line says of flows that come from elsewhere.
struct FlowAmendment {
  private let fields: Set<FlowField>
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
      throw .usage("\(source) tells \(field.name) itself; only these can be added to it: \(names)")
    }
    self.fields = Set(fields.compactMap { FlowField(rawValue: $0.name) })
    values = try FlowArguments.flow([("dst", "::")] + fields, table: table)
  }

  /// The protocol, where one is named.
  var ipProtocol: UInt8? { fields.contains(.ipProtocol) ? values.ipProtocol : nil }

  /// Whether the flow is of the protocol that is named, if one is.
  func selects(_ flow: Flow) -> Bool { ipProtocol.map { $0 == flow.ipProtocol } ?? true }

  /// The flow with the values of the command line; what they tell is no longer unknown.
  func applied(to flow: Flow) -> Flow {
    guard !fields.isEmpty else { return flow }
    var flow = flow
    if fields.contains(.mark) {
      flow.mark = values.mark
      flow.unknown.remove(.mark)
    }
    if fields.contains(.tos) {
      flow.tos = values.tos
      flow.unknown.remove(.tos)
    }
    if fields.contains(.flowLabel), flow.family == .ipv6 {
      flow.flowLabel = values.flowLabel
      flow.unknown.remove(.flowLabel)
    }
    if Flow.hasPorts(flow.ipProtocol) {
      if fields.contains(.sourcePort) { flow.sourcePort = values.sourcePort }
      if fields.contains(.destinationPort) { flow.destinationPort = values.destinationPort }
    }
    // Only what arrives on an interface has one, and may bring a hash along.
    if flow.origin == .forwarded {
      if fields.contains(.inputInterface) { flow.inputInterface = values.inputInterface }
      if fields.contains(.layer4Hash) { flow.layer4Hash = values.layer4Hash }
    }
    return flow
  }
}
