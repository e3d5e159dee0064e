internal import KernelRouting
internal import Routing
internal import Scratch

extension Shadow {
  /// Writes a sysctl of the shadow; what fails is remembered.
  private mutating func set(_ setting: SysctlSetting) {
    do throws(KernelError) {
      try inside.set([setting])
    } catch {
      refusals[ShadowDifference.Place(.setting, setting.path)] = error.description
    }
  }

  /// What has to stand before there are interfaces. A kernel without IPv6 has none of its settings.
  mutating func writeSettings() {
    let settings = wanted.settings
    let usesIPv6 =
      settings.ipv6ForwardingAll != nil || wanted.addresses.contains { $0.address.family == .ipv6 }
      || wanted.routes.contains { $0.family == .ipv6 }
    for scope in ["all", "default"] {
      try? far.set([SysctlSetting("ipv6/conf/\(scope)/disable_ipv6", true)])
      // Addresses are those of the state, and are used at once. No one but the state says what is there.
      for (name, value) in [
        ("disable_ipv6", usesIPv6 ? 0 : 1), ("accept_dad", 0), ("dad_transmits", 0), ("accept_ra", 0), ("autoconf", 0),
        ("use_tempaddr", 0), ("router_solicitations", 0), ("router_probe_interval", Self.day),
      ] {
        try? inside.set([SysctlSetting("ipv6/conf/\(scope)/\(name)", value)])
      }
    }
    // No link-local address comes by itself.
    try? inside.set([SysctlSetting("ipv6/conf/default/addr_gen_mode", Self.noAddress)])
    // Whatever the state hashes, buckets are reached one by one while they are put in order.
    try? inside.set([SysctlSetting("ipv4/fib_multipath_hash_policy", 1)])
    for setting in Self.early(settings) { set(setting) }
  }

  /// Values of addr_gen_mode: IN6_ADDR_GEN_MODE_NONE and IN6_ADDR_GEN_MODE_EUI64.
  private static let (noAddress, addressFromLink) = (1, 0)

  /// Seconds, for what is not to happen while the shadow lasts.
  private static let day = 86_400

  /// What has to stand when routes are made, or when an interface goes down.
  private static func early(_ settings: KernelSettings) -> [SysctlSetting] {
    var list: [SysctlSetting] = []
    func add(_ path: String, _ value: Bool?) {
      if let value { list.append(SysctlSetting(path, value)) }
    }
    add("ipv4/conf/all/forwarding", settings.ipv4ForwardingAll)
    add("ipv6/conf/all/forwarding", settings.ipv6ForwardingAll)
    add("ipv4/conf/all/ignore_routes_with_linkdown", settings.ipv4IgnoresLinkdownAll)
    add("ipv6/conf/all/ignore_routes_with_linkdown", settings.ipv6IgnoresLinkdownAll)
    add("ipv4/conf/all/accept_source_route", settings.ipv4AcceptsSourceRoutesAll)
    for entry in AdmissionSettings.Entry.all {
      add("ipv4/conf/all/\(entry.name)", settings.ipv4AdmissionAll[keyPath: entry.value])
    }
    add("ipv4/nexthop_compat_mode", settings.nexthopCompatMode)
    add("ipv6/route/skip_notify_on_dev_down", settings.skipNotifyOnDeviceDown)
    if let filter = settings.ipv4ReversePathFilterAll { list.append(SysctlSetting("ipv4/conf/all/rp_filter", filter)) }
    if let labels = settings.autoFlowLabels { list.append(SysctlSetting("ipv6/auto_flowlabels", labels)) }
    return list
  }

  /// The settings of the interfaces, when they are there.
  mutating func writeLinkSettings() {
    for link in built {
      guard let own = wanted.settings.interfaces[link.name] else { continue }
      for (family, name, value) in [
        ("ipv4", "forwarding", own.ipv4Forwarding), ("ipv6", "forwarding", own.ipv6Forwarding),
        ("ipv4", "ignore_routes_with_linkdown", own.ipv4IgnoresLinkdown),
        ("ipv6", "ignore_routes_with_linkdown", own.ipv6IgnoresLinkdown),
        ("ipv4", "accept_source_route", own.ipv4AcceptsSourceRoutes),
        ("ipv6", "force_forwarding", own.ipv6ForcesForwarding),
        ("ipv6", "keep_addr_on_down", own.ipv6KeepsAddresses),
      ] + AdmissionSettings.Entry.all.map({ ("ipv4", $0.name, own.ipv4Admission[keyPath: $0.value]) }) {
        if let value { set(SysctlSetting("\(family)/conf/\(link.name)/\(name)", value)) }
      }
      if let filter = own.reversePathFilter { set(SysctlSetting("ipv4/conf/\(link.name)/rp_filter", filter)) }
    }
    let used = interfacesOfIPv6()
    for link in built {
      // A neighbour stays as reachable as it is.
      for family in ["ipv4", "ipv6"] {
        try? inside.set([SysctlSetting("\(family)/neigh/\(link.name)/base_reachable_time_ms", Self.day * 1000)])
      }
      // A link-local address comes again by itself with the interface, as it does there.
      if linkLocal(link) != nil || !link.isUp {
        try? inside.set([SysctlSetting("ipv6/conf/\(link.name)/addr_gen_mode", Self.addressFromLink)])
      }
      // An interface that runs has a multicast route at least, unless IPv6 is off there.
      let lacksIPv6 = link.isUp && link.hasCarrier && !used.contains(link.index)
      if lacksIPv6 { try? inside.set([SysctlSetting("ipv6/conf/\(link.name)/disable_ipv6", true)]) }
    }
  }

  /// Turns IPv6 off where it is off: when nexthop objects are made, which it does not take away but does not let be made.
  mutating func disableIPv6() {
    for link in wanted.links where wanted.settings.interfaces[link.name]?.ipv6IsDisabled == true {
      set(SysctlSetting("ipv6/conf/\(link.name)/disable_ipv6", true))
    }
  }

  /// Interfaces that something of IPv6 uses.
  private func interfacesOfIPv6() -> Set<UInt32> {
    var used = Set(wanted.addresses.filter { $0.address.family == .ipv6 }.map(\.interface))
    for nexthop in wanted.nexthops ?? [] where nexthop.family == .ipv6 {
      if let interface = nexthop.interface { used.insert(interface) }
    }
    for route in wanted.routes where route.family == .ipv6 {
      for leg in route.legs.list { used.insert(leg.interface) }
    }
    return used
  }

  /// What and how is hashed.
  mutating func writeHashSettings() {
    let settings = wanted.settings
    for (family, hash) in [("ipv4", settings.ipv4Hash), ("ipv6", settings.ipv6Hash)] {
      set(SysctlSetting("\(family)/fib_multipath_hash_policy", hash.policy ?? 0))
      if let fields = hash.fields { set(SysctlSetting("\(family)/fib_multipath_hash_fields", fields)) }
    }
    if let seed = settings.hashSeed, seed != 0 { set(SysctlSetting("ipv4/fib_multipath_hash_seed", seed)) }
    if let useNeighbours = settings.useNeighbours {
      set(SysctlSetting("ipv4/fib_multipath_use_neigh", useNeighbours))
    }
  }
}
