internal import Routing

/// What is not JSON: `uname` and `sysctl`.
extension Importer {
  mutating func readRelease(_ source: SnapshotImport.Source?) {
    defer { state.behaviour = KernelBehaviour(version: state.kernel.version) }
    let words = source.map { String(decoding: $0.bytes, as: UTF8.self).split { $0 == " " || $0.isNewline } } ?? []
    // `uname -a` is Linux, the host, the release, …, the machine, GNU/Linux.
    if words.first == "Linux", words.count >= 4 {
      state.kernel.release = String(words[2])
      state.kernel.machine = String(words.last == "GNU/Linux" ? words[words.count - 2] : words[words.count - 1])
      return
    }
    if let release = words.first {
      state.kernel.release = String(release)
    } else {
      note("the kernel release is not known (no `uname -r`)", .release)
    }
    note("the machine is not known (no `uname -a`): taken to be little-endian")
    // The releases of distributions often end in the name of the machine.
    let littleEndian = ["amd64", "x86_64", "i686", "arm64", "aarch64", "riscv64", "ppc64le", "loong64"]
    if !littleEndian.contains(where: { state.kernel.release.hasSuffix($0) }) { state.unread.insert(.machine) }
  }

  mutating func readSysctls(_ source: SnapshotImport.Source?) {
    guard let source else {
      note(
        "the sysctls are not known (no `sysctl net`): hash policies count as 0, and the seed as unknown", .ipv4Settings,
        .ipv6Settings)
      return
    }
    var found = 0
    for line in source.lines {
      let halves = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, let value = parseNumber(trimmed(halves[1])) else { continue }
      let path = trimmed(halves[0]).split(separator: ".", omittingEmptySubsequences: false)
      guard path.count >= 3, path[0] == "net" else { continue }
      found += 1
      if path.count == 5, path[2] == "conf" {
        // An interface's dots are printed as slashes.
        let name = String(path[3].map { $0 == "/" ? "." : $0 })
        setInterface(name, isIPv6: path[1] == "ipv6", key: path[4], value)
      } else {
        set(path[1...].joined(separator: "."), value)
      }
    }
    if keepsAllAddresses {
      for name in state.settings.interfaces.keys { state.settings.interfaces[name]?.ipv6KeepsAddresses = true }
    }
    if found == 0 { note("there is no sysctl of net in \(source.file)") }
    let settings = state.settings
    if settings.ipv4Hash.policy == nil || settings.ipv4ForwardingAll == nil || settings.ipv4IgnoresLinkdownAll == nil
      || settings.ipv4ReversePathFilterAll == nil
    {
      note("the sysctls of IPv4 are not all known (`sysctl net` prints them)", .ipv4Settings)
    }
    // A kernel without IPv6 has none.
    let hasIPv6 = settings.ipv6Hash.policy != nil || settings.ipv6ForwardingAll != nil
    if settings.ipv6Hash.policy == nil || settings.ipv6ForwardingAll == nil || settings.ipv6IgnoresLinkdownAll == nil {
      state.unread.insert(.ipv6Settings)
      if hasIPv6 { note("the sysctls of IPv6 are not all known (`sysctl net` prints them)") }
    }
    let hasSeed = state.settings.hashSeed != nil
    if !hasSeed, let version = state.kernel.version, version >= KernelVersion(6, 11) {
      note("the hash seed is not among the sysctls; reading it takes root")
    }
  }

  mutating func readCounters(_ source: SnapshotImport.Source?) {
    let counts = source.map { RedirectCounts(parsing: $0.bytes) }
    // A kernel without IPv6 counts nothing for it.
    let hasIPv6 = state.settings.ipv6Hash.policy != nil || state.settings.ipv6ForwardingAll != nil
    if let ipv4 = counts?.ipv4, let ipv6 = counts?.ipv6 ?? (hasIPv6 ? nil : 0) {
      guard ipv4 > 0 || ipv6 > 0 else { return }
      note("ICMP redirects have come in, and what they have changed is not imported", .redirects)
    } else {
      // Routers that forward take none unless they are told to, so nearly every import would be in doubt for nothing.
      note("ICMP redirects are taken to have changed no gateway (no `cat /proc/net/snmp /proc/net/snmp6`)")
    }
  }

  private func trimmed(_ text: Substring) -> Substring {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  private mutating func set(_ key: String, _ value: UInt64) {
    switch key {
    case "ipv4.fib_multipath_hash_policy": state.settings.ipv4Hash.policy = UInt8(exactly: value)
    case "ipv6.fib_multipath_hash_policy": state.settings.ipv6Hash.policy = UInt8(exactly: value)
    case "ipv4.fib_multipath_hash_fields": state.settings.ipv4Hash.fields = UInt32(exactly: value)
    case "ipv6.fib_multipath_hash_fields": state.settings.ipv6Hash.fields = UInt32(exactly: value)
    case "ipv4.fib_multipath_hash_seed": state.settings.hashSeed = UInt32(exactly: value)
    case "ipv4.fib_multipath_use_neigh": state.settings.useNeighbours = value != 0
    case "ipv4.nexthop_compat_mode": state.settings.nexthopCompatMode = value != 0
    case "ipv6.auto_flowlabels": state.settings.autoFlowLabels = UInt8(exactly: value)
    case "ipv6.route.skip_notify_on_dev_down": state.settings.skipNotifyOnDeviceDown = value != 0
    default: break
    }
  }

  private mutating func setInterface(_ name: String, isIPv6: Bool, key: Substring, _ value: UInt64) {
    guard name != "default" else { return }
    if name == "all" { return setAllInterfaces(isIPv6: isIPv6, key: key, value) }
    var own = state.settings.interfaces[name] ?? InterfaceSettings()
    switch (key, isIPv6) {
    case ("forwarding", false): own.ipv4Forwarding = value != 0
    case ("forwarding", true): own.ipv6Forwarding = value != 0
    case ("ignore_routes_with_linkdown", false): own.ipv4IgnoresLinkdown = value != 0
    case ("ignore_routes_with_linkdown", true): own.ipv6IgnoresLinkdown = value != 0
    case ("rp_filter", false): own.reversePathFilter = UInt8(exactly: value)
    case ("accept_source_route", false): own.ipv4AcceptsSourceRoutes = value != 0
    case ("force_forwarding", true): own.ipv6ForcesForwarding = value != 0
    case ("disable_ipv6", true): own.ipv6IsDisabled = value != 0
    case ("keep_addr_on_down", true): own.ipv6KeepsAddresses = value != 0
    case ("mtu", true): ipv6MTUs[name] = UInt32(exactly: value)
    default:
      guard !isIPv6, let entry = AdmissionSettings.Entry.all.first(where: { $0.name == key }) else { return }
      own.ipv4Admission[keyPath: entry.value] = value != 0
    }
    state.settings.interfaces[name] = own
  }

  private mutating func setAllInterfaces(isIPv6: Bool, key: Substring, _ value: UInt64) {
    switch (key, isIPv6) {
    case ("forwarding", false): state.settings.ipv4ForwardingAll = value != 0
    case ("forwarding", true): state.settings.ipv6ForwardingAll = value != 0
    case ("ignore_routes_with_linkdown", false): state.settings.ipv4IgnoresLinkdownAll = value != 0
    case ("ignore_routes_with_linkdown", true): state.settings.ipv6IgnoresLinkdownAll = value != 0
    case ("rp_filter", false): state.settings.ipv4ReversePathFilterAll = UInt8(exactly: value)
    case ("accept_source_route", false): state.settings.ipv4AcceptsSourceRoutesAll = value != 0
    case ("keep_addr_on_down", true): keepsAllAddresses = value != 0
    default:
      guard !isIPv6, let entry = AdmissionSettings.Entry.all.first(where: { $0.name == key }) else { return }
      state.settings.ipv4AdmissionAll[keyPath: entry.value] = value != 0
    }
  }
}
