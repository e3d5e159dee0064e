import MultipathHash
import Placement
import Routing

extension DisruptionReport {
  /// The judgement about anycast services, a sentence each, without full stops.
  func anycastSentences() -> [String] {
    (anycast?.families ?? []).flatMap { family -> [String] in
      let name = (anycast?.families.count ?? 0) > 1 ? (family.family == .ipv4 ? "IPv4: " : "IPv6: ") : ""
      return [errorSentence(family), clientSentence(family), outboundSentence(family)].compactMap { $0 }.map {
        name + $0
      }
    }
  }

  private func errorSentence(_ family: AnycastJudgement.Family) -> String? {
    let errors = family.errorsAfter.asked > 0 ? family.errorsAfter : family.errorsBefore
    guard errors.asked > 0 else { return nil }
    let known = errors.asked - errors.unknown
    let policy = "policy \(family.policyAfter.rawValue)"
    if known > 0, errors.same == known {
      let labels = family.family == .ipv6 && family.followsQuoted ? ", where servers reflect flow labels" : ""
      return "an ICMP \"packet too big\" about a flow takes the flow's nexthop (\(policy)\(labels))"
    }
    guard known > 0 else {
      return
        "\(policy) hashes the router's address for an ICMP \"packet too big\", not the flow: it meets its server by "
        + "chance (RFC 7690); policy 0 sends it there"
    }
    let share = Text.percent(Double(errors.same) / Double(known))
    let reason =
      family.followsQuoted
      ? "other routes or rules apply to it"
      : "\(policy) hashes the router's address, not the flow: by chance (RFC 7690); policy 0 sends it there"
    return "an ICMP \"packet too big\" takes the nexthop of its flow for \(share) of \(errors.asked) sampled flows; "
      + reason
  }

  private func clientSentence(_ family: AnycastJudgement.Family) -> String? {
    let clients = family.clients
    guard clients.splitBefore > 0 || clients.splitAfter > 0 else { return nil }
    let sample = clients.isWhole ? "" : " of a sample"
    let remedy =
      family.family == .ipv4
      ? "policy 0 splits none" : "policy 3 with fields 0x3 splits none (policy 0 hashes the flow label, too)"
    return
      "\(clients.splitAfter) of \(clients.sampled) clients\(sample) with several flows to one address are split over "
      + "nexthops (before: \(clients.splitBefore)); \(remedy)"
  }

  private func outboundSentence(_ family: AnycastJudgement.Family) -> String? {
    guard family.outbound.asked > 0, let example = family.outbound.example else { return nil }
    let share = Text.percent(Double(family.outbound.returns) / Double(family.outbound.asked))
    return
      "flows come from an address that several nexthops share, such as \(example): \(share) of the replies come back "
      + "to the server that sent"
  }
}
