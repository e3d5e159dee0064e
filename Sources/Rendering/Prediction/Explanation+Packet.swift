import MultipathHash
import Routing

extension PredictionFormatter {
  /// The headers of a packet as the kernel sees them, a line each.
  func headerLines(_ packet: DissectedPacket) -> [String] {
    let packet = packet.dissected(readingLinkTags: state.behaviour.readsLinkTags)
    var lines = ["network header: \(describe(packet.network))"]
    if let facts = packet.facts {
      let limit = packet.family == .ipv4 ? "TTL" : "hop limit"
      var words = ["\(facts.length) bytes", "\(limit) \(facts.hopLimit)"]
      if packet.family == .ipv4, !facts.mayBeFragmented { words.append("DF") }
      if facts.sourceRoute != nil { words.append("source route option") }
      if facts.isLinkBroadcast { words.append("link-layer broadcast or multicast") }
      lines.append("packet: " + words.joined(separator: ", "))
    }
    lines.append("outer, as dissected: \(describe(packet.outer))")
    if packet.innermost.isEncapsulated { lines.append("innermost, as dissected: \(describe(packet.innermost))") }
    if let quoted = packet.quoted { lines.append("quoted by the ICMP error: \(describe(quoted))") }
    if packet.isTruncated { lines.append("the capture ends before the headers do") }
    return lines
  }

  private func describe(_ headers: PacketHeaders) -> String {
    var words = [
      headers.destination.description, "from", headers.source.description, "ipproto",
      IPProtocolName.name(of: headers.ipProtocol) ?? String(headers.ipProtocol),
    ]
    if headers.sourcePort != 0 || headers.destinationPort != 0 {
      words += ["sport", String(headers.sourcePort), "dport", String(headers.destinationPort)]
    }
    if headers.flowLabel != 0 { words += ["flowlabel", "0x" + String(headers.flowLabel, radix: 16)] }
    if headers.isFragment { words.append("fragment") }
    return words.joined(separator: " ")
  }
}
