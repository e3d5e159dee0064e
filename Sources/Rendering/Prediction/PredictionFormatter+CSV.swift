package import Forwarding
package import Routing

extension PredictionFormatter {
  /// The header line of the CSV form, with its line end.
  package static let csvHeader =
    "index,src,dst,proto,sport,dport,gateway,dev,nexthop_id,group_id,bucket,hash,certainty\n"

  /// One prediction as a CSV line, with its line end; a field that does not apply is empty.
  ///
  /// - Parameter flow: nil for a frame that carries none.
  package func appendCSV(_ flow: Flow?, _ decision: Decision, index: Int, to output: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    Self.append(UInt64(truncatingIfNeeded: index), to: &output)
    output.append(comma)
    flow?.source.appendText(to: &output)
    output.append(comma)
    flow?.destination.appendText(to: &output)
    for number in [
      flow.map { UInt32($0.ipProtocol) }, flow.map { UInt32($0.sourcePort) }, flow.map { UInt32($0.destinationPort) },
    ] {
      output.append(comma)
      Self.append(number, to: &output)
    }
    appendWay(decision, to: &output)
    Self.append(decision.hash, to: &output)
    output.append(comma)
    output.append(contentsOf: (decision.isExact ? "exact" : "uncertain").utf8)
    output.append(UInt8(ascii: "\n"))
  }

  /// The fields from the gateway to the bucket, with the commas around them.
  func appendWay(_ decision: Decision, to output: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    output.append(comma)
    decision.nexthop?.gateway?.appendText(to: &output)
    output.append(comma)
    if let interface = decision.nexthop?.interface { output.append(contentsOf: linkName(interface).utf8) }
    output.append(comma)
    Self.append(decision.nexthop?.id, to: &output)
    output.append(comma)
    switch decision.selection {
    case .threshold(let group, _):
      Self.append(group, to: &output)
      output.append(comma)
    case .resilient(let group, let bucket):
      Self.append(group, to: &output)
      output.append(comma)
      Self.append(UInt64(truncatingIfNeeded: bucket), to: &output)
    default:
      Self.append(group(of: decision)?.id, to: &output)
      output.append(comma)
    }
    output.append(comma)
  }

  private static func append(_ number: UInt32?, to output: inout [UInt8]) {
    if let number { append(UInt64(number), to: &output) }
  }

  private static func append(_ number: UInt64, to output: inout [UInt8]) {
    if number >= 10 { append(number / 10, to: &output) }
    output.append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}
