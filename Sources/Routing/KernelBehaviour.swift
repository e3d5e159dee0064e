/// How one kernel differs from others in selecting nexthops. nil means that it is not known for this release:
/// stable series received some of these changes in point releases that nobody has recorded.
///
/// Read in the sources of 5.10.223, 5.10.262, 6.1.192, 6.12.117 and 7.2.13, measured on 5.10.223, 6.1.176, 6.12.95, 6.18.44 and 7.2.12.
package struct KernelBehaviour: Hashable, Sendable {
  /// Legacy IPv4 multipath prefers nexthops whose preferred source is the flow's source (`fib_select_multipath()`, 6.16).
  package var scoresSourceAddress: Bool?
  /// Legacy IPv6 multipath walks from the first sibling, not from the match of the lookup (`fib6_select_path()`, 6.15).
  package var startsAtFirstSibling: Bool?
  /// IPv6 selection keeps to the output interface of a bound socket.
  package var ipv6HonoursOutputInterface: Bool?
  /// Hash-threshold groups skip invalid neighbours from the first member on (`nexthop_select_path_hthr()`, 6.5).
  package var skipsInvalidMembersFromStart: Bool?
  /// A TCP connect without a bound port hashes a random source port (FLOWI_FLAG_ANY_SPORT, 6.16).
  package var randomisesUnboundPort: Bool?
  /// IPv6 TCP under policy 0 takes the socket's random transmit hash (after 6.18).
  package var usesTransmitHashForIPv6TCP: Bool?
  /// The flow dissector takes HSR, PRP and PPPoE headers apart as in 6.12 (`__skb_flow_dissect()`); otherwise, up to 5.10, it
  /// stops at HSR and PRP, and takes any PPPoE header for one of a session.
  package var readsLinkTags: Bool?
  /// Members of nexthop groups may have weights above 256 (`nexthop_grp.weight_high`, 6.12).
  package var hasWideWeights: Bool?
  /// `net.ipv4.conf.all.ignore_routes_with_linkdown` counts for every interface (`ip_ignore_linkdown()`, 5.11), before for
  /// none. That of IPv6 never counts: it sets those of the interfaces when it is written.
  package var ipv4ObeysCommonLinkdown: Bool?
  /// The `tos` of IPv6 rules is compared without the two bits of ECN (`fib6_rule_match()`, 5.18); before, with them.
  package var ipv6RulesIgnoreECN: Bool?
  /// A VRF takes the place of a member that a flow is bound to or comes in by, in rules and lookups, which then do not
  /// compare interfaces (`l3mdev_update_flow()`, up to 5.17); later the flow keeps its interface, and its VRF beside it.
  package var replacesInterfacesByVRF: Bool?
  /// A rule that names a VRF as input or output interface applies to all of the VRF (`fib_rule_iif_match()`, 6.16).
  package var rulesMatchVRFs: Bool?
  /// A socket in a VRF takes an address of the VRF as source where an IPv4 route leads out of that (`fib_select_path()`,
  /// 6.11).
  package var takesSourceOfVRF: Bool?
  /// Newer than every kernel that these rules were checked against.
  package var isNewerThanKnown: Bool

  /// The behaviour of a release; everything is unknown when `version` is nil.
  package init(version: KernelVersion?) {
    guard let version else {
      isNewerThanKnown = true
      return
    }
    let series = KernelVersion(version.major, version.minor)
    isNewerThanKnown = series > KernelVersion(7, 2)
    scoresSourceAddress = series >= KernelVersion(6, 16)
    readsLinkTags = series >= KernelVersion(6, 1) ? true : series <= KernelVersion(5, 10) ? false : nil
    randomisesUnboundPort = series >= KernelVersion(6, 16)
    ipv6RulesIgnoreECN = series >= KernelVersion(5, 18)
    replacesInterfacesByVRF = series < KernelVersion(5, 18)
    rulesMatchVRFs = series >= KernelVersion(6, 16)
    ipv4ObeysCommonLinkdown = series >= KernelVersion(5, 11)
    usesTransmitHashForIPv6TCP =
      series <= KernelVersion(6, 18) ? false : series >= KernelVersion(7, 2) ? true : nil

    startsAtFirstSibling = Self.changed(
      version, mainline: KernelVersion(6, 15), unchanged: [KernelVersion(5, 10, 262)],
      backported: [KernelVersion(6, 1, 176), KernelVersion(6, 12, 95)])
    skipsInvalidMembersFromStart = Self.changed(
      version, mainline: KernelVersion(6, 5), unchanged: [KernelVersion(5, 10, 262), KernelVersion(6, 1, 176)],
      backported: [KernelVersion(6, 1, 192)])
    ipv6HonoursOutputInterface = Self.changed(
      version, mainline: KernelVersion(7, 2),
      unchanged: [
        KernelVersion(5, 10, 262), KernelVersion(6, 1, 176), KernelVersion(6, 12, 95), KernelVersion(6, 18, 44),
      ],
      backported: [KernelVersion(6, 1, 192), KernelVersion(6, 12, 117)])
    takesSourceOfVRF = Self.changed(
      version, mainline: KernelVersion(6, 11), unchanged: [KernelVersion(5, 10, 223)],
      backported: [KernelVersion(6, 1, 176)])
    hasWideWeights = Self.changed(
      version, mainline: KernelVersion(6, 12), unchanged: [KernelVersion(5, 10, 262), KernelVersion(6, 1, 176)],
      backported: [KernelVersion(6, 1, 192)])
  }

  /// Whether a release has a change that came with `mainline`.
  ///
  /// Distributions number stable kernels x.y.0-N, whatever point release they are of: nothing follows from a 0.
  ///
  /// - Parameters:
  ///   - unchanged: the newest release of a stable series that is known to lack it.
  ///   - backported: the oldest release of a stable series that is known to have it.
  private static func changed(
    _ version: KernelVersion, mainline: KernelVersion, unchanged: [KernelVersion], backported: [KernelVersion]
  ) -> Bool? {
    if version >= mainline { return true }
    for known in unchanged where known.major == version.major && known.minor == version.minor {
      if version.patch > 0, version <= known { return false }
    }
    for known in backported where known.major == version.major && known.minor == version.minor {
      if version >= known { return true }
    }
    return version < KernelVersion(5, 10) ? false : nil
  }
}
