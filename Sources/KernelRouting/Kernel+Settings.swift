internal import Netlink
package import Routing

extension Kernel {
  /// The sysctls that steer selection, and those of the interfaces in `links`.
  package borrowing func settings(links: [Link]) -> KernelSettings {
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
    let queuesAreVisible = isInOwnNamespace && Self.deviceTreeShows(links)
    for link in links {
      settings.interfaces[link.name] = Self.interfaceSettings(link.name, withQueues: queuesAreVisible)
    }
    return settings
  }

  private static func hashSettings(_ family: String) -> HashSettings {
    HashSettings(
      policy: Sysctl.number("\(family)/fib_multipath_hash_policy"),
      fields: Sysctl.number("\(family)/fib_multipath_hash_fields"))
  }

  private static func interfaceSettings(_ name: String, withQueues: Bool) -> InterfaceSettings {
    var settings = InterfaceSettings()
    settings.ipv4IgnoresLinkdown = Sysctl.flag("ipv4/conf/\(name)/ignore_routes_with_linkdown")
    settings.ipv6IgnoresLinkdown = Sysctl.flag("ipv6/conf/\(name)/ignore_routes_with_linkdown")
    settings.ipv4Forwarding = Sysctl.flag("ipv4/conf/\(name)/forwarding")
    settings.ipv6Forwarding = Sysctl.flag("ipv6/conf/\(name)/forwarding")
    settings.reversePathFilter = Sysctl.number("ipv4/conf/\(name)/rp_filter")
    settings.ipv4AcceptsSourceRoutes = Sysctl.flag("ipv4/conf/\(name)/accept_source_route")
    if withQueues { settings.receivePacketSteering = receivePacketSteering(name) }
    return settings
  }

  /// Whether /sys/class/net shows the interfaces of this namespace: it shows those of the namespace in which it was
  /// mounted, whichever thread looks.
  private static func deviceTreeShows(_ links: [Link]) -> Bool {
    System.isSameFile("/proc/thread-self/ns/net", "/proc/self/ns/net")
      && links.allSatisfy { Sysctl.text("/sys/class/net/\($0.name)/ifindex") == String($0.index) }
  }

  /// Whether a receive queue spreads its packets over CPUs by hash; nil when the interface shows no queues.
  private static func receivePacketSteering(_ name: String) -> Bool? {
    var isSteering: Bool?
    var queue = 0
    while let mask = Sysctl.text("/sys/class/net/\(name)/queues/rx-\(queue)/rps_cpus") {
      isSteering = isSteering == true || mask.contains { $0 != "0" && $0 != "," }
      queue += 1
    }
    return isSteering
  }
}
