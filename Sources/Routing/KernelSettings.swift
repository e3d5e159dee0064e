/// The hash settings of one family.
package struct HashSettings: Hashable, Sendable {
  /// `fib_multipath_hash_policy`, 0 to 3; nil where the kernel has no such sysctl (counts as 0).
  package var policy: UInt8?
  /// `fib_multipath_hash_fields`, used by policy 3; nil before Linux 5.14.
  package var fields: UInt32?

  package init(policy: UInt8? = nil, fields: UInt32? = nil) {
    self.policy = policy
    self.fields = fields
  }

  /// The sysctl's default: source, destination and protocol.
  package static let defaultFields: UInt32 = 0x0007
}

/// The settings of one interface that can change where a flow goes. Absent is a value: nil means unread or unknown here.
package struct InterfaceSettings: Hashable, Sendable {
  package var ipv4IgnoresLinkdown: Bool?
  package var ipv6IgnoresLinkdown: Bool?
  package var ipv4Forwarding: Bool?
  package var ipv6Forwarding: Bool?
  /// `net.ipv4.conf.*.rp_filter`: 0 off, 1 strict, 2 loose.
  package var reversePathFilter: UInt8?
  /// `net.ipv4.conf.*.accept_source_route`, which counts where that of `all` is on, too.
  package var ipv4AcceptsSourceRoutes: Bool?
  package var ipv4Admission = AdmissionSettings()
  /// `net.ipv6.conf.*.force_forwarding`: what comes in is forwarded though `all.forwarding` is off (Linux 6.17).
  package var ipv6ForcesForwarding: Bool?
  /// `net.ipv6.conf.*.disable_ipv6`: nothing comes in or leaves over IPv6. That of `all` does nothing but set each one.
  package var ipv6IsDisabled: Bool?
  /// Whether the interface keeps its permanent IPv6 addresses while it is down: `net.ipv6.conf.*.keep_addr_on_down` above 0
  /// for all, or for itself where that for all is 0.
  package var ipv6KeepsAddresses: Bool?
  /// Whether any receive queue steers packets by a software hash (a non-zero `rps_cpus` or `rps_flow_cnt`).
  package var receivePacketSteering: Bool?
  /// Whether the driver puts the NIC's hash on packets (the feature `rx-hashing`, NETIF_F_RXHASH).
  package var receiveHashing: Bool?
  /// The name of the driver, such as `virtio_net`; nil for virtual interfaces.
  package var driver: String?

  package init() {}
}

/// The sysctls of a namespace that steer selection. Absent is a value: nil means that this kernel has no such setting.
package struct KernelSettings: Hashable, Sendable {
  package var ipv4Hash = HashSettings()
  package var ipv6Hash = HashSettings()
  /// `net.ipv4.fib_multipath_hash_seed`, one for both families: 0 means the unreadable boot seed, nil a kernel before 6.11.
  package var hashSeed: UInt32?
  /// `net.ipv4.fib_multipath_use_neigh`.
  package var useNeighbours: Bool?
  /// `net.ipv4.nexthop_compat_mode`.
  package var nexthopCompatMode: Bool?
  package var ipv4ForwardingAll: Bool?
  package var ipv6ForwardingAll: Bool?
  package var ipv4IgnoresLinkdownAll: Bool?
  package var ipv6IgnoresLinkdownAll: Bool?
  package var ipv4ReversePathFilterAll: UInt8?
  package var ipv4AcceptsSourceRoutesAll: Bool?
  package var ipv4AdmissionAll = AdmissionSettings()
  /// `net.ipv6.auto_flowlabels`, 0 to 3.
  package var autoFlowLabels: UInt8?
  /// `net.ipv6.route.skip_notify_on_dev_down`.
  package var skipNotifyOnDeviceDown: Bool?
  /// The user id that what belongs to nobody has, such as packets that are forwarded: that of root in the user namespace
  /// of the network namespace (`sock_net_uid()`), as the reader's has it.
  package var rootUserID: UInt32 = 0
  /// By interface name.
  package var interfaces: [String: InterfaceSettings] = [:]

  package init() {}

  package func hash(_ family: AddressFamily) -> HashSettings {
    family == .ipv4 ? ipv4Hash : ipv6Hash
  }

  /// Whether nexthops on the interface are ignored while it has no carrier (`ip_ignore_linkdown()`,
  /// `ip6_ignore_linkdown()`).
  package func ignoresLinkdown(_ family: AddressFamily, interface: String, behaviour: KernelBehaviour) -> Bool {
    let own = interfaces[interface]
    switch family {
    case .ipv4:
      let common = behaviour.ipv4ObeysCommonLinkdown != false && ipv4IgnoresLinkdownAll == true
      return common || own?.ipv4IgnoresLinkdown == true
    // The setting of all interfaces sets each one when it is written; it tells only of those that are not known.
    case .ipv6: return own?.ipv6IgnoresLinkdown ?? ipv6IgnoresLinkdownAll ?? false
    }
  }
}
