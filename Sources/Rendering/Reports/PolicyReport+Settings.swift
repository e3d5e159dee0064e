import MultipathHash
import Routing

extension PolicyReport {
  /// The settings of the namespace.
  static func common(
    _ family: AddressFamily, _ settings: KernelSettings, behaviour: KernelBehaviour, policy: HashPolicy?, key: Key
  ) -> [Setting] {
    let onlyOwn = "nexthops without carrier are left out only where the interface says so"
    let net = family == .ipv4 ? "net.ipv4" : "net.ipv6"
    let hash = settings.hash(family)
    var list = [
      Setting(
        name: "\(net).fib_multipath_hash_policy", value: hash.policy.map(UInt32.init), effect: effect(of: policy)),
      Setting(
        name: "\(net).fib_multipath_hash_fields", value: hash.fields,
        effect: policy == .custom ? "selects the fields that policy 3 hashes" : "not used: only policy 3 reads it"),
      Setting(
        name: "net.ipv4.fib_multipath_hash_seed", value: settings.hashSeed, effect: effect(of: key)),
    ]
    if family == .ipv4 {
      list.append(
        flag(
          "net.ipv4.fib_multipath_use_neigh", settings.useNeighbours,
          on: "routes without nexthop objects skip nexthops whose neighbour is not valid",
          off: "routes without nexthop objects ignore the states of their neighbours"))
      list.append(
        flag(
          "net.ipv4.conf.all.ignore_routes_with_linkdown", settings.ipv4IgnoresLinkdownAll,
          on: behaviour.ipv4ObeysCommonLinkdown == false
            ? onlyOwn : "nexthops without carrier are left out on every interface",
          off: onlyOwn))
      list.append(
        flag(
          "net.ipv4.conf.all.forwarding", settings.ipv4ForwardingAll, on: "packets for others are forwarded",
          off: "packets for others are dropped unless the ingress interface forwards"))
      list.append(
        Setting(
          name: "net.ipv4.conf.all.rp_filter", value: settings.ipv4ReversePathFilterAll.map(UInt32.init),
          effect: filterEffect(settings.ipv4ReversePathFilterAll)))
      list += admission("net.ipv4.conf.all", settings.ipv4AdmissionAll)
    } else {
      list.append(
        flag(
          "net.ipv6.conf.all.ignore_routes_with_linkdown", settings.ipv6IgnoresLinkdownAll,
          on: onlyOwn, off: onlyOwn))
      list.append(
        flag(
          "net.ipv6.conf.all.forwarding", settings.ipv6ForwardingAll,
          on: "a router: routes without nexthop objects ignore their neighbours",
          off: "a host: legs whose neighbour has failed are passed over"))
      list.append(
        Setting(
          name: "net.ipv6.auto_flowlabels", value: settings.autoFlowLabels.map(UInt32.init),
          effect: "which sockets label their packets; routers on the way hash the label"))
    }
    return list
  }

  /// The settings of interfaces that differ from the default.
  static func perInterface(_ family: AddressFamily, _ settings: KernelSettings) -> [Setting] {
    settings.interfaces.sorted { $0.key < $1.key }.flatMap { name, interface -> [Setting] in
      let conf = (family == .ipv4 ? "net.ipv4.conf." : "net.ipv6.conf.") + name
      var list: [Setting] = []
      if (family == .ipv4 ? interface.ipv4IgnoresLinkdown : interface.ipv6IgnoresLinkdown) == true {
        list.append(
          Setting(
            name: conf + ".ignore_routes_with_linkdown", value: 1,
            effect: "nexthops on \(name) are left out while it has no carrier"))
      }
      if family == .ipv4, let own = interface.ipv4Forwarding, own != settings.ipv4ForwardingAll {
        list.append(
          flag(
            conf + ".forwarding", own, on: "packets that arrive on \(name) are forwarded",
            off: "packets that arrive on \(name) for others are dropped"))
      }
      if family == .ipv4, let filter = interface.reversePathFilter, filter != 0 {
        list.append(Setting(name: conf + ".rp_filter", value: UInt32(filter), effect: filterEffect(filter)))
      }
      if family == .ipv4 { list += admission(conf, interface.ipv4Admission) }
      if family == .ipv6, interface.ipv6ForcesForwarding == true {
        list.append(
          Setting(
            name: conf + ".force_forwarding", value: 1,
            effect: "packets that arrive on \(name) are forwarded, whatever all.forwarding says"))
      }
      if family == .ipv6, interface.ipv6IsDisabled == true {
        list.append(
          Setting(name: conf + ".disable_ipv6", value: 1, effect: "no IPv6 packets come in or leave by \(name)"))
      }
      if interface.receivePacketSteering == true {
        list.append(
          Setting(
            name: "\(name).rps", value: 1,
            effect: "packets from \(name) bring a hash that policy 1 uses instead"))
      }
      if interface.receiveHashing == true {
        let driver = interface.driver.map { " (driver \($0))" } ?? ""
        list.append(
          Setting(
            name: "\(name).rx-hashing", value: 1,
            effect: "the NIC may put a hash on packets from \(name)\(driver) that policy 1 uses instead"))
      }
      return list
    }
  }

  /// Those that are on.
  private static func admission(_ conf: String, _ settings: AdmissionSettings) -> [Setting] {
    AdmissionSettings.Entry.all.filter { settings[keyPath: $0.value] == true }.map {
      Setting(name: "\(conf).\($0.name)", value: 1, effect: $0.effect)
    }
  }

  private static func flag(_ name: String, _ value: Bool?, on: String, off: String) -> Setting {
    Setting(name: name, value: value.map { $0 ? 1 : 0 }, effect: value == true ? on : off)
  }

  private static func effect(of policy: HashPolicy?) -> String {
    switch policy {
    case .layer3: "flows between one pair of addresses take one way"
    case .layer4: "flows spread by ports, or by a hash that the packet brings along"
    case .layer3Inner: "tunnelled flows spread by their inner addresses"
    case .custom: "flows spread by the fields of fib_multipath_hash_fields"
    case nil: "this program does not know the policy"
    }
  }

  private static func effect(of key: Key) -> String {
    switch key {
    case .noSysctl: "the key is that of the kernel's start, unreadable (a setting since 6.11)"
    case .boot: "the key is that of the kernel's start: set one, or run ecmpctl seed recover"
    case .recovered: "the key is that of the kernel's start, recovered; the next start changes it"
    case .seed: "the key is known, and the same on every router with this seed"
    }
  }

  private static func filterEffect(_ value: UInt8?) -> String {
    switch value {
    case 1?: "packets must arrive where the route back to their source leads"
    case 2?: "packets are dropped when no route leads to their source"
    default: "sources are not checked, unless an interface says so"
    }
  }
}
