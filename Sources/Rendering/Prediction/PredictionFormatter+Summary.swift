import Forwarding
package import Placement
import Routing

extension PredictionFormatter {
  /// Flows, weight and share by nexthop, against the ideal, as text.
  package func appendSummary(_ tally: FlowTally, to output: inout [UInt8]) {
    var rows: [[String]] = [["nexthop", "flows", "share", "ideal", "weight"]]
    for share in tally.shares() {
      rows.append([
        describe(share.destination), String(share.count.flows),
        percent(Double(share.count.flows), of: tally.total.flows),
        share.idealFlows.map { percent($0, of: tally.total.flows) } ?? "",
        String(share.count.weight),
      ])
    }
    rows.append(["total", String(tally.total.flows), "", "", String(tally.total.weight)])
    output.append(contentsOf: Text.table(rows).utf8)
    if tally.uncertain > 0 {
      let codes = tally.caveats.list.map(\.code).joined(separator: ", ")
      output.append(contentsOf: "uncertain: \(tally.uncertain) of \(tally.total.flows) flows (\(codes))\n".utf8)
    } else {
      output.append(contentsOf: "every prediction is exact\n".utf8)
    }
  }

  private func describe(_ destination: FlowTally.Destination) -> String {
    switch destination {
    case .nexthop(let choice):
      let id = choice.id.map { "id \($0) " } ?? ""
      let via = choice.gateway.map { "via \($0) " } ?? ""
      return "\(id)\(via)dev \(linkName(choice.interface))"
    case .local: return "local"
    case .broadcast: return "broadcast"
    case .refused(let type): return type.name
    case .dropped(let reason): return "dropped: \(reason.text)"
    case .undetermined: return "undetermined"
    }
  }

  /// One decimal: 25.0%.
  private func percent(_ part: Double, of whole: UInt64) -> String {
    guard whole > 0 else { return "" }
    let tenths = UInt64((part * 1000 / Double(whole)).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }
}
