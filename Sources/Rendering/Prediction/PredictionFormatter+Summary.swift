import Forwarding
package import JSON
package import Placement
import Routing

extension PredictionFormatter {
  /// Flows, weight and share by nexthop, against the ideal, as text.
  package func appendSummary(_ tally: FlowTally, to output: inout [UInt8]) {
    // Where each flow weighs 1, the share of the weight is that of the flows.
    let weighs = tally.total.weight != tally.total.flows
    var rows: [[String]] = [["nexthop", "flows", "share", "ideal", "weight"] + (weighs ? ["of weight"] : [])]
    for share in tally.shares() {
      rows.append(
        [
          describe(share.destination), String(share.count.flows),
          percent(Double(share.count.flows), of: tally.total.flows),
          share.idealFlows.map { percent($0, of: tally.total.flows) } ?? "",
          String(share.count.weight),
        ] + (weighs ? [percent(Double(share.count.weight), of: tally.total.weight)] : []))
    }
    rows.append(["total", String(tally.total.flows), "", "", String(tally.total.weight)])
    output.append(contentsOf: Text.table(rows).utf8)
    if tally.total.isWeightCapped { output.append(contentsOf: (Text.cappedWeight + "\n").utf8) }
    if tally.uncertain > 0 {
      let codes = tally.caveats.list.map(\.code).joined(separator: ", ")
      output.append(contentsOf: "uncertain: \(tally.uncertain) of \(tally.total.flows) flows (\(codes))\n".utf8)
    } else {
      output.append(contentsOf: "every prediction is exact\n".utf8)
    }
  }

  /// The same as a JSON object, with the keys of the manual page.
  package func writeSummary(_ tally: FlowTally, to json: inout JSONWriter) {
    let shares = tally.shares()
    json.object { json in
      json.member("flows", tally.total.flows)
      json.member("weight", tally.total.weight)
      if tally.total.isWeightCapped { json.member("weight_capped", true) }
      for (key, isMeant) in [("nexthops", true), ("others", false)] {
        json.key(key)
        json.array { json in
          for share in shares where share.destination.isNexthop == isMeant { write(share, of: tally, to: &json) }
        }
      }
      json.member("uncertain", tally.uncertain)
      json.member("certainty", tally.uncertain == 0 ? "exact" : "uncertain")
      json.key("caveats")
      Self.write(tally.caveats, to: &json)
    }
  }

  private func write(_ share: FlowTally.Share, of tally: FlowTally, to json: inout JSONWriter) {
    json.object { json in
      switch share.destination {
      case .nexthop(let gateway, let interface, let id):
        json.key("nexthop")
        json.object { json in
          json.member("id", id)
          json.member("gateway", gateway?.description)
          json.member("dev", linkName(interface))
        }
      case .dropped(let reason):
        json.member("type", "dropped")
        json.member("dropped", reason.text)
      case .local, .broadcast, .refused, .undetermined: json.member("type", describe(share.destination))
      }
      json.member("flows", share.count.flows)
      json.member("weight", share.count.weight)
      let whole = Double(max(tally.total.flows, 1))
      json.key("share")
      json.share(Double(share.count.flows) / whole)
      json.key("weight_share")
      json.share(Double(share.count.weight) / Double(max(tally.total.weight, 1)))
      if let ideal = share.idealFlows {
        json.key("ideal")
        json.share(ideal / whole)
      }
    }
  }

  private func describe(_ destination: FlowTally.Destination) -> String {
    switch destination {
    case .nexthop(let gateway, let interface, let id):
      let id = id.map { "id \($0) " } ?? ""
      let via = gateway.map { "via \($0) " } ?? ""
      return "\(id)\(via)dev \(linkName(interface))"
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
