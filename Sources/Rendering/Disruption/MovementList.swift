package import Forwarding
package import Placement
package import Routing

/// Writes the flows that a change moves as CSV, one line each as they stream by.
package struct MovementList: Sendable {
  /// The header line, with its line end.
  package static let csvHeader = "index,src,dst,proto,sport,dport,from,to,reason\n"

  private let names: WayNames

  package init(before: RoutingState, after: RoutingState) {
    names = WayNames(before: before, after: after)
  }

  /// Whether the list has a line for such flows: they go another way after than before, as far as that can be told.
  package static func holds(_ movement: Movement) -> Bool {
    switch movement.fate {
    case .unavoidable, .collateral, .unroutable, .restored, .otherwise: true
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
    flow?.source.appendText(to: &output)
    output.append(comma)
    flow?.destination.appendText(to: &output)
    for number in [
      flow.map { UInt32($0.ipProtocol) }, flow.map { UInt32($0.sourcePort) }, flow.map { UInt32($0.destinationPort) },
    ] {
      output.append(comma)
      if let number { output.append(contentsOf: String(number).utf8) }
    }
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
    let name = names.linkName(interface)
    // An interface may be called by almost anything.
    let quotes = name.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
    if quotes { output.append(UInt8(ascii: "\"")) }
    if let gateway {
      output.append(contentsOf: "via ".utf8)
      gateway.appendText(to: &output)
      output.append(UInt8(ascii: " "))
    }
    output.append(contentsOf: "dev ".utf8)
    for byte in name.utf8 {
      if byte == UInt8(ascii: "\"") { output.append(byte) }
      output.append(byte)
    }
    if quotes { output.append(UInt8(ascii: "\"")) }
  }
}
