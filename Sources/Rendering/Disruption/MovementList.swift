package import Forwarding
package import Placement
package import Routing

/// Writes the flows that a change moves as CSV, one line each as they stream by.
package struct MovementList: Sendable {
  /// The header line, with its line end.
  package static let csvHeader = "index,src,dst,proto,sport,dport,from,to,reason\n"

  /// An interface's name as it ends a field.
  private struct DeviceName {
    /// With quotes doubled where the field stands in quotes.
    let bytes: [UInt8]
    let isQuoted: Bool

    init(_ name: String) {
      var field: [UInt8] = []
      CSVField.append("dev \(name)".utf8, to: &field)
      isQuoted = field.first == UInt8(ascii: "\"")
      bytes = isQuoted ? Array(field.dropFirst(5).dropLast()) : Array(name.utf8)
    }
  }

  private let names: WayNames
  private let deviceNames: [UInt32: DeviceName]

  package init(before: RoutingState, after: RoutingState) {
    names = WayNames(before: before, after: after)
    deviceNames = names.links.mapValues(DeviceName.init)
  }

  /// Whether the list has a line for such flows: they have another way out after than before, or one of the two not, as far
  /// as that can be told.
  package static func holds(_ movement: Movement, before: Decision, after: Decision) -> Bool {
    switch movement.fate {
    case .unavoidable, .collateral, .unroutable, .restored: true
    case .otherwise: before.nexthop != nil || after.nexthop != nil
    case .stays, .undetermined: false
    }
  }

  /// A line, with its line end; a field that does not apply is empty.
  ///
  /// - Parameters:
  ///   - flow: nil for a frame that carries none.
  ///   - index: the position of the flow in its input.
  package func appendCSV(
    _ flow: Flow?, before: Decision, after: Decision, _ movement: Movement, index: Int, to output: inout [UInt8]
  ) {
    let comma = UInt8(ascii: ",")
    output.append(contentsOf: String(index).utf8)
    output.append(comma)
    CSVField.append(flow, to: &output)
    for decision in [before, after] {
      output.append(comma)
      append(Way(decision), to: &output)
    }
    output.append(comma)
    if let reason = movement.reason { output.append(contentsOf: reason.rawValue.utf8) }
    output.append(UInt8(ascii: "\n"))
  }

  private func append(_ way: Way, to output: inout [UInt8]) {
    guard case .sent(let gateway, let interface) = way else {
      output.append(contentsOf: WayNames.word(way).utf8)
      return
    }
    let name = deviceNames[interface] ?? DeviceName(names.linkName(interface))
    if name.isQuoted { output.append(UInt8(ascii: "\"")) }
    if let gateway {
      output.append(contentsOf: "via ".utf8)
      gateway.appendText(to: &output)
      output.append(UInt8(ascii: " "))
    }
    output.append(contentsOf: "dev ".utf8)
    output.append(contentsOf: name.bytes)
    if name.isQuoted { output.append(UInt8(ascii: "\"")) }
  }
}
