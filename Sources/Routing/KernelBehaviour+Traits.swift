extension KernelBehaviour {
  /// One of the differences.
  package struct Trait: Sendable {
    /// As snapshots and reports write it.
    package let name: String
    /// What a kernel that has it does.
    package let meaning: String
    package let value: any WritableKeyPath<KernelBehaviour, Bool?> & Sendable

    private init(
      _ name: String, _ value: any WritableKeyPath<KernelBehaviour, Bool?> & Sendable, _ meaning: String
    ) {
      self.name = name
      self.meaning = meaning
      self.value = value
    }

    package static let all = [
      Trait(
        "scores_source_address", \.scoresSourceAddress,
        "IPv4 routes with legs prefer those whose preferred source is the source of the flow"),
      Trait(
        "starts_at_first_sibling", \.startsAtFirstSibling,
        "IPv6 routes with legs offer the hash to all legs, not only to those from the match on"),
      Trait(
        "ipv6_honours_output_interface", \.ipv6HonoursOutputInterface,
        "IPv6 selection keeps to the interface that a socket is bound to"),
      Trait(
        "skips_invalid_members_from_start", \.skipsInvalidMembersFromStart,
        "hash-threshold groups never fall back to a member that is not valid while another one is"),
      Trait(
        "randomises_unbound_port", \.randomisesUnboundPort,
        "a TCP connect without a bound port takes its way before its port"),
      Trait(
        "uses_transmit_hash_for_ipv6_tcp", \.usesTransmitHashForIPv6TCP,
        "IPv6 TCP sockets under policy 0 take their way by a random hash of their own"),
      Trait("reads_link_tags", \.readsLinkTags, "packets behind HSR, PRP and PPPoE headers are taken apart"),
      Trait("has_wide_weights", \.hasWideWeights, "members of nexthop groups have weights above 256"),
    ]
  }

  /// This, with what `other` knows in its place.
  package func updated(by other: KernelBehaviour) -> KernelBehaviour {
    var result = self
    for trait in Trait.all {
      if let value = other[keyPath: trait.value] { result[keyPath: trait.value] = value }
    }
    return result
  }

  /// The differences that are not known.
  package var unknown: [Trait] { Trait.all.filter { self[keyPath: $0.value] == nil } }
}
