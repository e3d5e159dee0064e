internal import Netlink
package import Routing

extension Kernel {
  /// The sysctls that steer selection, and those of the interfaces in `links`.
  ///
  /// - Parameter devices: Also what tells of packets that come in: whether they have a hash on them, and which are let in.
  package borrowing func settings(links: [Link], devices: Bool = true) -> KernelSettings {
    var settings = KernelSettings()
    settings.ipv4Hash = Self.hashSettings("ipv4")
    settings.ipv6Hash = Self.hashSettings("ipv6")
    settings.hashSeed = Sysctl.number("ipv4/fib_multipath_hash_seed")
    settings.useNeighbours = Sysctl.flag("ipv4/fib_multipath_use_neigh")
    settings.nexthopCompatMode = Sysctl.flag("ipv4/nexthop_compat_mode")
    settings.ipv4ForwardingAll = Sysctl.flag("ipv4/conf/all/forwarding")
    settings.ipv6ForwardingAll = Sysctl.flag("ipv6/conf/all/forwarding")
    settings.ipv4IgnoresLinkdownAll = Sysctl.flag("ipv4/conf/all/ignore_routes_with_linkdown")
    settings.ipv6IgnoresLinkdownAll = Sysctl.flag("ipv6/conf/all/ignore_routes_with_linkdown")
    settings.ipv4ReversePathFilterAll = Sysctl.number("ipv4/conf/all/rp_filter")
    settings.ipv4AcceptsSourceRoutesAll = Sysctl.flag("ipv4/conf/all/accept_source_route")
    settings.autoFlowLabels = Sysctl.number("ipv6/auto_flowlabels")
    settings.skipNotifyOnDeviceDown = Sysctl.flag("ipv6/route/skip_notify_on_dev_down")
    // The kernel gives the sysctls of a network namespace to that user (net_ctl_set_ownership()).
    settings.rootUserID = System.owner(of: "/proc/sys/net/ipv4/ip_forward") ?? 0
    for link in links { settings.interfaces[link.name] = Self.interfaceSettings(link.name) }
    if devices {
      readDevices(links, into: &settings)
      Self.readAdmission(links, into: &settings)
    }
    return settings
  }

  private static func hashSettings(_ family: String) -> HashSettings {
    HashSettings(
      policy: Sysctl.number("\(family)/fib_multipath_hash_policy"),
      fields: Sysctl.number("\(family)/fib_multipath_hash_fields"))
  }

  private static func interfaceSettings(_ name: String) -> InterfaceSettings {
    var settings = InterfaceSettings()
    settings.ipv4IgnoresLinkdown = Sysctl.flag("ipv4/conf/\(name)/ignore_routes_with_linkdown")
    settings.ipv6IgnoresLinkdown = Sysctl.flag("ipv6/conf/\(name)/ignore_routes_with_linkdown")
    settings.ipv4Forwarding = Sysctl.flag("ipv4/conf/\(name)/forwarding")
    settings.ipv6Forwarding = Sysctl.flag("ipv6/conf/\(name)/forwarding")
    settings.reversePathFilter = Sysctl.number("ipv4/conf/\(name)/rp_filter")
    settings.ipv4AcceptsSourceRoutes = Sysctl.flag("ipv4/conf/\(name)/accept_source_route")
    return settings
  }

  private static func readAdmission(_ links: [Link], into settings: inout KernelSettings) {
    settings.ipv4AdmissionAll = admission("all")
    let keepsAll: Int64? = Sysctl.number("ipv6/conf/all/keep_addr_on_down")
    for link in links {
      settings.interfaces[link.name]?.ipv4Admission = admission(link.name)
      settings.interfaces[link.name]?.ipv6ForcesForwarding = Sysctl.flag("ipv6/conf/\(link.name)/force_forwarding")
      settings.interfaces[link.name]?.ipv6IsDisabled = Sysctl.flag("ipv6/conf/\(link.name)/disable_ipv6")
      // That for all goes before those of the interfaces, and below 0 it is off for each (`addrconf_ifdown()`).
      let keeps: Int64? = Sysctl.number("ipv6/conf/\(link.name)/keep_addr_on_down")
      settings.interfaces[link.name]?.ipv6KeepsAddresses = keeps.map {
        (keepsAll ?? 0) == 0 ? $0 > 0 : keepsAll ?? 0 > 0
      }
    }
  }

  /// - Parameter scope: `all`, or the name of an interface.
  private static func admission(_ scope: String) -> AdmissionSettings {
    var settings = AdmissionSettings()
    for entry in AdmissionSettings.Entry.all {
      settings[keyPath: entry.value] = Sysctl.flag("ipv4/conf/\(scope)/\(entry.name)")
    }
    return settings
  }
}
