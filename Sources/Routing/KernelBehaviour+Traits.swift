extension KernelBehaviour {
  /// One of the differences.
  package struct Trait: Sendable {
    /// As snapshots and reports write it.
    package let name: String
    /// What a kernel that has it does.
    package let meaning: String
    package let value: any WritableKeyPath<KernelBehaviour, Bool?> & Sendable
    /// The families that it concerns.
    package let families: [AddressFamily]
    /// Whether it shows only where there are VRFs.
    package let concernsVRFs: Bool

    private init(
      _ name: String, _ value: any WritableKeyPath<KernelBehaviour, Bool?> & Sendable, _ meaning: String,
      families: [AddressFamily] = AddressFamily.allCases, concernsVRFs: Bool = false
    ) {
      self.name = name
      self.meaning = meaning
      self.value = value
      self.families = families
      self.concernsVRFs = concernsVRFs
    }

    package static let all = [
      Trait(
        "scores_source_address", \.scoresSourceAddress,
        "IPv4 legs whose source address the flow has are preferred", families: [.ipv4]),
      Trait(
        "starts_at_first_sibling", \.startsAtFirstSibling,
        "the hash chooses among all IPv6 legs, not from the match on", families: [.ipv6]),
      Trait(
        "ipv6_honours_output_interface", \.ipv6HonoursOutputInterface,
        "IPv6 selection keeps to the interface that a socket is bound to", families: [.ipv6]),
      Trait(
        "skips_invalid_members_from_start", \.skipsInvalidMembersFromStart,
        "threshold groups use no failed neighbour while another is valid"),
      Trait(
        "randomises_unbound_port", \.randomisesUnboundPort,
        "a TCP connect without a bound port is hashed with a random one"),
      Trait(
        "uses_transmit_hash_for_ipv6_tcp", \.usesTransmitHashForIPv6TCP,
        "IPv6 TCP sockets under policy 0 bring a random hash along", families: [.ipv6]),
      Trait("reads_link_tags", \.readsLinkTags, "packets behind HSR, PRP and PPPoE headers are taken apart"),
      Trait(
        "ipv4_obeys_common_linkdown", \.ipv4ObeysCommonLinkdown,
        "net.ipv4.conf.all.ignore_routes_with_linkdown counts for every interface", families: [.ipv4]),
      Trait(
        "ipv6_rules_ignore_ecn", \.ipv6RulesIgnoreECN,
        "IPv6 rules compare the tos without the two bits of ECN", families: [.ipv6]),
      Trait(
        "replaces_interfaces_by_vrf", \.replacesInterfacesByVRF,
        "lookups of a flow in a VRF know the VRF's interface alone", concernsVRFs: true),
      Trait(
        "rules_match_vrfs", \.rulesMatchVRFs, "a rule that names a VRF applies to all of the VRF", concernsVRFs: true),
      Trait(
        "takes_source_of_vrf", \.takesSourceOfVRF,
        "sockets in a VRF take their source there, wherever the route leads", families: [.ipv4],
        concernsVRFs: true),
      Trait("has_wide_weights", \.hasWideWeights, "members of nexthop groups may have weights above 256"),
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
