extension KernelBehaviour {
  /// Whether packets that come in together for one destination take the nexthop of the first of them, whatever the hash of
  /// the others, unless there are rules of one's own (`ip_extract_route_hint()`, `ip6_extract_route_hint()`). nil where
  /// the release does not tell.
  ///
  /// It came with Linux 5.5, and its repair with 6.6 and the series that were kept up in September 2023. The source of
  /// 5.10.262 repairs IPv4 alone.
  package static func reusesRoutesOfBatches(_ version: KernelVersion, _ family: AddressFamily) -> Bool? {
    let series = KernelVersion(version.major, version.minor)
    guard series >= KernelVersion(5, 5), series < KernelVersion(6, 6) else { return false }
    // Releases of 2024 and 2026.
    let repaired = [KernelVersion(5, 10, 223), KernelVersion(6, 1, 176)]
    if let known = repaired.first(where: { $0.major == version.major && $0.minor == version.minor }) {
      guard version >= known else { return nil }
      return family == .ipv6 && series == KernelVersion(5, 10)
    }
    // Whether 6.4 got it before it ended is not known.
    let keptUp = [KernelVersion(5, 15), KernelVersion(6, 4), KernelVersion(6, 5)]
    return keptUp.contains(series) ? nil : true
  }
}
