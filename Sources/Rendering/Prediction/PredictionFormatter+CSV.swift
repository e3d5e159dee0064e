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
    CSVField.append(UInt64(truncatingIfNeeded: index), to: &output)
    output.append(comma)
    CSVField.append(flow, to: &output)
    appendWay(decision, to: &output)
    CSVField.append(decision.hash.map(UInt64.init), to: &output)
    output.append(comma)
    output.append(contentsOf: (decision.isExact ? "exact" : "uncertain").utf8)
    output.append(UInt8(ascii: "\n"))
  }

  /// The fields from the gateway to the bucket, with the commas around them; empty for a flow that goes no way.
  func appendWay(_ decision: Decision, to output: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    if case .dropped = decision.outcome { return output.append(contentsOf: repeatElement(comma, count: 6)) }
    output.append(comma)
    decision.nexthop?.gateway?.appendText(to: &output)
    output.append(comma)
    if let interface = decision.nexthop?.interface { CSVField.append(linkName(interface).utf8, to: &output) }
    output.append(comma)
    CSVField.append(decision.nexthop?.id.map(UInt64.init), to: &output)
    output.append(comma)
    switch decision.selection {
    case .threshold(let group, _):
      CSVField.append(UInt64(group), to: &output)
      output.append(comma)
    case .resilient(let group, let bucket):
      CSVField.append(UInt64(group), to: &output)
      output.append(comma)
      CSVField.append(UInt64(truncatingIfNeeded: bucket), to: &output)
    default:
      CSVField.append((group(of: decision)?.id).map(UInt64.init), to: &output)
      output.append(comma)
    }
    output.append(comma)
  }
}
