import JSON
package import Routing

/// Writes flows as `--flows` reads them.
package struct FlowRows: Sendable {
  private struct Column: Sendable {
    let name: String
    /// Empty where the flow has no such field.
    let text: @Sendable (Flow, PredictionFormatter) -> String

    init(_ name: String, _ text: @escaping @Sendable (Flow, PredictionFormatter) -> String) {
      self.name = name
      self.text = text
    }
  }

  private let formatter: PredictionFormatter

  package init(_ formatter: PredictionFormatter) { self.formatter = formatter }

  /// Adds a header line with the columns that the flows need, and a line for each of them.
  package func appendCSV(_ flows: [Flow], to output: inout [UInt8]) {
    let columns = Self.always + Self.rare.filter { column in flows.contains { !column.text($0, formatter).isEmpty } }
    append(columns.map(\.name), to: &output)
    for flow in flows { append(columns.map { $0.text(flow, formatter) }, to: &output) }
  }

  /// Adds an object for each flow, one a line.
  package func appendNDJSON(_ flows: [Flow], to output: inout [UInt8]) {
    var json = JSONWriter()
    for flow in flows {
      formatter.write(flow, to: &json)
      json.endLine()
    }
    json.flush { output.append(contentsOf: $0) }
  }

  private func append(_ cells: [String], to output: inout [UInt8]) {
    output.append(contentsOf: cells.joined(separator: ",").utf8)
    output.append(UInt8(ascii: "\n"))
  }

  private static let always = [
    Column("src") { flow, _ in flow.source.isUnspecified ? "" : flow.source.description },
    Column("dst") { flow, _ in flow.destination.description },
    Column("proto") { flow, _ in String(flow.ipProtocol) },
    Column("sport") { flow, _ in String(flow.sourcePort) },
    Column("dport") { flow, _ in String(flow.destinationPort) },
    Column("origin") { flow, _ in flow.origin.rawValue },
  ]

  private static let rare = [
    Column("iif") { $0.inputInterface == 0 ? "" : $1.linkName($0.inputInterface) },
    Column("oif") { $0.outputInterface == 0 ? "" : $1.linkName($0.outputInterface) },
    Column("mark") { flow, _ in number(flow.mark) },
    Column("tos") { flow, _ in number(flow.tos) },
    Column("flowlabel") { flow, _ in number(flow.flowLabel) },
    Column("uid") { flow, _ in flow.userID.map(String.init) ?? "" },
    Column("socket") { flow, _ in flow.socket?.rawValue ?? "" },
    Column("icmp_type") { flow, _ in flow.icmp.map { String($0.type) } ?? "" },
    Column("icmp_code") { flow, _ in flow.icmp.map { String($0.code) } ?? "" },
    Column("l4hash") { flow, _ in
      switch flow.layer4Hash {
      case .unknown: ""
      case .absent: "none"
      case .value(let hash): String(hash)
      }
    },
    Column("inner_src") { flow, _ in flow.inner.map { $0.source.isUnspecified ? "" : $0.source.description } ?? "" },
    Column("inner_dst") { flow, _ in flow.inner?.destination.description ?? "" },
    Column("inner_proto") { flow, _ in number(flow.inner?.ipProtocol) },
    Column("inner_sport") { flow, _ in number(flow.inner?.sourcePort) },
    Column("inner_dport") { flow, _ in number(flow.inner?.destinationPort) },
    Column("inner_flowlabel") { flow, _ in number(flow.inner?.flowLabel) },
  ]

  private static func number(_ value: (some BinaryInteger)?) -> String {
    value.map { $0 == 0 ? "" : String($0) } ?? ""
  }
}
