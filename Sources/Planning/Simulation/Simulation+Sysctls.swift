import Routing

/// Settings that steer selection, written through /proc/sys.
extension Simulation {
  mutating func apply(_ request: SysctlRequest) throws(ChangeRefusal) {
    let parts = request.path.split(separator: "/").map(String.init)
    if parts.count == 5, parts[0] == "net", parts[2] == "conf" {
      try setInterface(request, family: parts[1], interface: parts[3], key: parts[4])
      return
    }
    switch request.path {
    case "net/ipv4/fib_multipath_hash_policy":
      base.settings.ipv4Hash.policy = try policy(request, base.settings.ipv4Hash)
    case "net/ipv6/fib_multipath_hash_policy":
      base.settings.ipv6Hash.policy = try policy(request, base.settings.ipv6Hash)
    case "net/ipv4/fib_multipath_hash_fields":
      base.settings.ipv4Hash.fields = try fields(request, base.settings.ipv4Hash)
    case "net/ipv6/fib_multipath_hash_fields":
      base.settings.ipv6Hash.fields = try fields(request, base.settings.ipv6Hash)
    case "net/ipv4/fib_multipath_hash_seed":
      guard base.settings.hashSeed != nil else { throw ChangeRefusal(.sysctl(request.path, .noEntry)) }
      base.settings.hashSeed = try number(request, in: 0...UInt64(UInt32.max)).map(UInt32.init)
    case "net/ipv4/fib_multipath_use_neigh":
      guard base.settings.useNeighbours != nil else { throw ChangeRefusal(.sysctl(request.path, .noEntry)) }
      base.settings.useNeighbours = try flag(request, upTo: 1)
    case "net/ipv4/nexthop_compat_mode": base.settings.nexthopCompatMode = try flag(request, upTo: 1)
    case "net/ipv4/ip_forward": setForwarding4(try flag(request), interface: "all")
    case "net/ipv6/auto_flowlabels":
      base.settings.autoFlowLabels = try number(request, in: 0...3).map(UInt8.init)
    default:
      throw .notSimulated("what \(request.path.split(separator: "/").joined(separator: ".")) changes is not simulated")
    }
  }

  private func policy(_ request: SysctlRequest, _ settings: HashSettings) throws(ChangeRefusal) -> UInt8? {
    guard settings.policy != nil else { throw ChangeRefusal(.sysctl(request.path, .noEntry)) }
    // Kernels without the fields have no policy 3.
    return try number(request, in: 0...(settings.fields == nil ? 2 : 3)).map(UInt8.init)
  }

  private func fields(_ request: SysctlRequest, _ settings: HashSettings) throws(ChangeRefusal) -> UInt32? {
    guard settings.fields != nil else { throw ChangeRefusal(.sysctl(request.path, .noEntry)) }
    return try number(request, in: 1...0xfff).map(UInt32.init)
  }

  /// A number as `strtoul()` with base 0 reads it.
  private func number(_ request: SysctlRequest, in range: ClosedRange<UInt64>) throws(ChangeRefusal) -> UInt64? {
    let text = request.value.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    let number =
      text.hasPrefix("0x")
      ? UInt64(text.dropFirst(2), radix: 16)
      : text.hasPrefix("0") && text.count > 1 ? UInt64(text.dropFirst(), radix: 8) : UInt64(text)
    guard let number, range.contains(number) else { throw ChangeRefusal(.sysctl(request.path, .invalid)) }
    return number
  }

  private func flag(_ request: SysctlRequest, upTo largest: UInt64 = UInt64(Int32.max)) throws(ChangeRefusal) -> Bool {
    try number(request, in: 0...largest) != 0
  }

  // MARK: Interfaces

  private mutating func setInterface(
    _ request: SysctlRequest, family: String, interface: String, key: String
  ) throws(ChangeRefusal) {
    let names = try interfaces(interface, request)
    if family == "ipv4", interface == "default" { try checkDefault(request, key) }
    switch (family, key) {
    case ("ipv4", "forwarding"): for name in names { setForwarding4(try flag(request), interface: name) }
    case ("ipv6", "forwarding"): for name in names { setForwarding6(try flag(request), interface: name) }
    case ("ipv4", "ignore_routes_with_linkdown"), ("ipv6", "ignore_routes_with_linkdown"):
      for name in names { setIgnoresLinkdown(try flag(request), family == "ipv4" ? .ipv4 : .ipv6, interface: name) }
    case ("ipv4", "rp_filter"):
      let value = try number(request, in: 0...255).map(UInt8.init)
      for name in names {
        if name == "all" { base.settings.ipv4ReversePathFilterAll = value }
        if name != "all", name != "default" {
          base.settings.interfaces[name, default: .init()].reversePathFilter = value
        }
      }
    case ("ipv4", "accept_source_route"):
      let value = try flag(request)
      for name in names {
        if name == "all" { base.settings.ipv4AcceptsSourceRoutesAll = value }
        if name != "all", name != "default" {
          base.settings.interfaces[name, default: .init()].ipv4AcceptsSourceRoutes = value
        }
      }
    case ("ipv6", "force_forwarding"):
      let value = try flag(request, upTo: 1)
      for name in names { try setForcesForwarding(value, interface: name, request) }
    default:
      guard family == "ipv4", let entry = AdmissionSettings.Entry.all.first(where: { $0.name == key }) else {
        throw .notSimulated(
          "what \(request.path.split(separator: "/").joined(separator: ".")) changes is not simulated")
      }
      let value = try flag(request)
      for name in names where name != "default" {
        if name == "all" {
          base.settings.ipv4AdmissionAll[keyPath: entry.value] = value
        } else {
          base.settings.interfaces[name, default: .init()].ipv4Admission[keyPath: entry.value] = value
        }
      }
    }
  }

  /// `all`, `default`, or the interfaces that a name or pattern means.
  private func interfaces(_ pattern: String, _ request: SysctlRequest) throws(ChangeRefusal) -> [String] {
    if pattern == "all" || pattern == "default" { return [pattern] }
    if pattern == "*" { return ["all", "default"] + base.links.map(\.name) }
    guard !pattern.contains(where: { "*?[".contains($0) }) else {
      throw .notSimulated("patterns other than * are not simulated in \(request.path)")
    }
    guard base.links.contains(where: { $0.name == pattern }) else {
      throw ChangeRefusal(.sysctl(request.path, .noEntry))
    }
    return [pattern]
  }

  /// Written for all, it is for each interface (`inet_forward_change()`).
  private mutating func setForwarding4(_ isOn: Bool, interface: String) {
    if interface == "default" { return }
    guard interface == "all" else {
      base.settings.interfaces[interface, default: .init()].ipv4Forwarding = isOn
      return
    }
    // What is written for all again changes none of them (`devinet_sysctl_forward()`).
    guard base.settings.ipv4ForwardingAll != isOn else { return }
    base.settings.ipv4ForwardingAll = isOn
    for link in base.links { base.settings.interfaces[link.name, default: .init()].ipv4Forwarding = isOn }
  }

  private mutating func setForwarding6(_ isOn: Bool, interface: String) {
    if interface == "default" { return }
    if interface == "all" { base.settings.ipv6ForwardingAll = isOn }
    for link in base.links where interface == "all" || link.name == interface {
      base.settings.interfaces[link.name, default: .init()].ipv6Forwarding = isOn
      // Off for all, it is off even where it was on by itself.
      if interface == "all", !isOn, base.settings.interfaces[link.name]?.ipv6ForcesForwarding != nil {
        base.settings.interfaces[link.name]?.ipv6ForcesForwarding = false
      }
      changeAnycast(of: link, isOn)
    }
  }

  /// An IPv4 default is for each interface that was never given a value of its own (`devinet_copy_dflt_conf()`), of which
  /// the kernel does not tell.
  private func checkDefault(_ request: SysctlRequest, _ key: String) throws(ChangeRefusal) {
    let value: (InterfaceSettings) -> Bool?
    switch key {
    case "ignore_routes_with_linkdown": value = \.ipv4IgnoresLinkdown
    case "accept_source_route": value = \.ipv4AcceptsSourceRoutes
    case "rp_filter":
      let filter = try number(request, in: 0...255).map(UInt8.init)
      value = { $0.reversePathFilter.map { $0 == filter } }
    default:
      guard let entry = AdmissionSettings.Entry.all.first(where: { $0.name == key }) else { return }
      value = { $0.ipv4Admission[keyPath: entry.value] }
    }
    let isOn = key == "rp_filter" ? true : try flag(request)
    guard base.links.allSatisfy({ base.settings.interfaces[$0.name].flatMap(value) == isOn }) else {
      throw .notSimulated(
        "which interfaces take the default of \(key) is not known: those that were never given a value of their own")
    }
  }

  /// Written for all, it is for each interface (`addrconf_sysctl_force_forwarding()`); nothing asks that of all.
  private mutating func setForcesForwarding(
    _ isOn: Bool, interface: String, _ request: SysctlRequest
  ) throws(ChangeRefusal) {
    let isThere = base.settings.interfaces.values.contains { $0.ipv6ForcesForwarding != nil }
    guard isThere else { throw ChangeRefusal(.sysctl(request.path, .noEntry)) }
    for link in base.links where interface == "all" || link.name == interface {
      base.settings.interfaces[link.name, default: .init()].ipv6ForcesForwarding = isOn
    }
  }

  /// A router answers for the subnet-router anycast addresses of its interfaces (RFC 4291, 2.6.1).
  private mutating func changeAnycast(of link: Link, _ isOn: Bool) {
    for address in base.addresses where address.interface == link.index && address.address.family == .ipv6 {
      if isOn { addAnycastRoute(of: address) } else { removeAnycastRoute(of: address) }
    }
  }

  /// A dump shows legs over links without carrier as dead where they are ignored; bounds follow at the next event only.
  private mutating func setIgnoresLinkdown(_ isOn: Bool, _ family: AddressFamily, interface: String) {
    if interface == "default" { return }
    base.rebalanced[family] = nil
    switch (family, interface) {
    case (.ipv4, "all"): base.settings.ipv4IgnoresLinkdownAll = isOn
    case (.ipv6, "all"):
      base.settings.ipv6IgnoresLinkdownAll = isOn
      for link in base.links { base.settings.interfaces[link.name, default: .init()].ipv6IgnoresLinkdown = isOn }
    case (.ipv4, _): base.settings.interfaces[interface, default: .init()].ipv4IgnoresLinkdown = isOn
    case (.ipv6, _): base.settings.interfaces[interface, default: .init()].ipv6IgnoresLinkdown = isOn
    }
    let simulation = self
    let isConcerned = { (leg: RouteLeg) -> Bool in
      guard leg.flags.contains(.linkdown), let link = simulation.link(leg.interface), link.isUp else { return false }
      let ignores = simulation.base.settings.ignoresLinkdown(
        family, interface: link.name, behaviour: simulation.base.behaviour)
      return ignores != leg.flags.contains(.dead)
    }
    var isStale = false
    routes.rewrite({ $0.family == family && $0.legs.list.contains(where: isConcerned) }) { route in
      var route = route
      if case .legs(.multipath) = route.nexthops { isStale = true }
      route.changeLegs { leg in
        guard isConcerned(leg) else { return }
        if leg.flags.contains(.dead) { leg.flags.remove(.dead) } else { leg.flags.insert(.dead) }
      }
      return route
    }
    if isStale { doubts.insert(.staleBounds) }
  }
}
