import Forwarding
import MultipathHash
import Routing

/// What the hash looks at, and what it does not.
enum HashCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    var found: [Finding] = []
    for family in context.families {
      let routes = context.multipathRoutes(family)
      // Without the setting nothing is known of it, or nothing can be set.
      guard !routes.isEmpty, let number = context.state.settings.hash(family).policy else { continue }
      let policy = HashPolicy(sysctl: number)
      var own =
        policy == .custom
        ? custom(context, family)
        : [fixedPolicy(context, family, policy), carriedHash(context, family, policy)]
          .compactMap(\.self)
      for index in own.indices {
        own[index].family = family
        own[index].routes = routes
      }
      found += own
    }
    return found + [mixed(context)].compactMap(\.self)
  }

  private static let remedy =
    "hash addresses, protocol and ports, always from the packet itself; flows move once: ecmpctl whatif --sysctl tells "
    + "which"

  /// The five fields under policy 3, or policy 1 where there is no policy 3.
  private static func fiveFields(_ context: CheckContext, _ family: AddressFamily) -> [Finding.Fix] {
    let net = FixText.net(family)
    guard context.state.settings.hash(family).fields != nil else {
      return [.command(FixText.sysctl(["\(net).fib_multipath_hash_policy=1"]))]
    }
    // The fields first: they count for nothing until the policy is there.
    return [
      .command(
        FixText.sysctl(["\(net).fib_multipath_hash_fields=0x37", "\(net).fib_multipath_hash_policy=3"]))
    ]
  }

  // MARK: Policies 0 to 2

  private static func fixedPolicy(
    _ context: CheckContext, _ family: AddressFamily, _ policy: HashPolicy?
  ) -> Finding? {
    let text: String
    var severity = Finding.Severity.note
    switch policy {
    case .layer3 where family == .ipv4:
      text = "policy 0 hashes addresses alone: all flows between two hosts take one way"
      severity = .warning
    case .layer3:
      text =
        "policy 0 hashes no ports: flows between two hosts part only where their senders label them"
    case .layer3Inner:
      text = "policy 2 hashes no ports: all flows between two hosts take one way, in a tunnel or without"
    default: return nil
    }
    return Finding(
      .portsNotHashed, severity, subject: FixText.name(family), text: text, remedy: remedy,
      fix: fiveFields(context, family))
  }

  /// Packets under policy 1 that may bring a hash.
  private static func carriedHash(
    _ context: CheckContext, _ family: AddressFamily, _ policy: HashPolicy?
  ) -> Finding? {
    guard policy == .layer4 else { return nil }
    var (devices, steering, handing): ([String], [String], [String]) = ([], [], [])
    for link in context.state.links
    where link.isUp && !link.isLoopback && context.table.forwards(family, from: link.index) {
      switch context.table.hashEvidence(link.index) {
      case .hashingDevice: devices.append(link.name)
      case .steering: steering.append(link.name)
      case .handedOn: handing.append(link.name)
      case .nothing, .unread: break
      }
    }
    let sources = [
      devices.isEmpty ? nil : "the NIC (\(FixText.list(devices)))",
      steering.isEmpty ? nil : "receive packet steering (\(FixText.list(steering)))",
      handing.isEmpty ? nil : "a sender on this machine (\(FixText.list(handing)))",
    ].compactMap(\.self)
    guard !sources.isEmpty else { return nil }
    let hasFields = context.state.settings.hash(family).fields != nil
    var finding = Finding(
      .layer4Hash, .warning, subject: FixText.name(family),
      text:
        "policy 1 takes a hash that a packet brings along in place of its ports, and the seed counts for nothing then: it "
        + "may come from \(sources.joined(separator: ", or from ")), and differ within one connection",
      remedy: hasFields ? remedy : "turn the hash of the NIC and packet steering off; policy 3 came with Linux 5.14",
      fix: hasFields
        ? fiveFields(context, family)
        : devices.map { .command("ethtool -K \(FixText.word($0)) rxhash off") })
    finding.interfaces = devices + steering + handing
    return finding
  }

  // MARK: Policy 3

  private static func custom(_ context: CheckContext, _ family: AddressFamily) -> [Finding] {
    let raw = context.state.settings.hash(family).fields ?? HashSettings.defaultFields
    let fields = HashFields(rawValue: raw)
    let outer = fields.intersection(family == .ipv4 ? HashFields.outerMask.subtracting(.flowLabel) : .outerMask)
    let (addresses, ports): (HashFields, HashFields) = ([.source, .destination], [.sourcePort, .destinationPort])
    // One value for all findings, so that none of the fixes undoes another.
    let wanted = fields.union(missing(from: outer)).rawValue
    func finding(_ code: Finding.Code, _ severity: Finding.Severity, _ text: String) -> Finding {
      Finding(
        code, severity, subject: FixText.name(family),
        text: "policy 3 hashes fields 0x\(String(raw, radix: 16)): \(text)",
        remedy: "add the fields that are missing; flows move once: ecmpctl whatif --sysctl tells which",
        fix: [
          .command(
            FixText.sysctl(["\(FixText.net(family)).fib_multipath_hash_fields=0x\(String(wanted, radix: 16))"]))
        ])
    }
    guard !outer.isEmpty else {
      return [
        finding(
          .constantHash, .refusal, "none that a packet without a tunnel has, so that all of those take one way")
      ]
    }
    var found: [Finding] = []
    if outer.isDisjoint(with: addresses) {
      found.append(
        finding(
          .addressesNotHashed, .warning, "no addresses, so that hosts that use the same ports take one way"))
    }
    if outer.isDisjoint(with: ports) {
      let hasLabel = outer.contains(.flowLabel)
      found.append(
        finding(
          .portsNotHashed, hasLabel ? .note : .warning,
          hasLabel
            ? "no ports, so that flows between two hosts part only where their senders label them"
            : "no ports, so that all flows between two hosts take one way"))
    }
    for (pair, word) in [(addresses, "address"), (ports, "port")]
    where !outer.isDisjoint(with: pair) && !outer.isSuperset(of: pair) {
      found.append(
        finding(
          .oneSidedHash, .note, "one \(word) of two, so that the directions of a connection hash differently"))
    }
    return found
  }

  /// What policy 3 has to hash besides: all five fields where there is none, else the addresses and the ports.
  ///
  /// - Parameter outer: the fields of a packet without a tunnel.
  private static func missing(from outer: HashFields) -> HashFields {
    let wanted: HashFields = [.source, .destination, .sourcePort, .destinationPort]
    return outer.isEmpty ? wanted.union(.ipProtocol) : wanted
  }

  // MARK: Both families

  private static func mixed(_ context: CheckContext) -> Finding? {
    guard context.family == nil else { return nil }
    let (four, six) = (context.multipaths(.ipv4), context.multipaths(.ipv6))
    let shared = interfaces(context, four).intersection(interfaces(context, six))
    guard !shared.isEmpty else { return nil }
    let (old, new) = (context.state.settings.ipv4Hash, context.state.settings.ipv6Hash)
    func words(_ hash: HashSettings) -> String {
      hash.policy == 3
        ? "policy 3 with fields 0x\(String(hash.fields ?? HashSettings.defaultFields, radix: 16))"
        : "policy \(hash.policy ?? 0)"
    }
    guard words(old) != words(new), old.policy != nil, new.policy != nil else { return nil }
    var fix: [Finding.Fix] = []
    // What has ports is left alone, and the other one follows.
    if isWhole(old) {
      fix = [.command(follow(.ipv6, old))]
    } else if isWhole(new) {
      fix = [.command(follow(.ipv4, new))]
    } else {
      fix = AddressFamily.allCases.flatMap { fiveFields(context, $0) }
    }
    var finding = Finding(
      .mixedPolicies, .note,
      text:
        "IPv4 goes by \(words(old)) and IPv6 by \(words(new)) over the same links: the flows of one pair of hosts spread "
        + "differently in the two families",
      remedy: "give both families one policy; flows move once", fix: fix)
    finding.interfaces = shared.map(context.name).sorted()
    return finding
  }

  private static func interfaces(_ context: CheckContext, _ uses: [RouteUse]) -> Set<UInt32> {
    Set(uses.flatMap { context.members(of: $0).map(\.interface) })
  }

  /// Whether the settings are policy 3 with all of addresses and ports.
  private static func isWhole(_ hash: HashSettings) -> Bool {
    hash.policy == 3
      && HashFields(rawValue: hash.fields ?? HashSettings.defaultFields)
        .isSuperset(of: [.source, .destination, .sourcePort, .destinationPort])
  }

  private static func follow(_ family: AddressFamily, _ hash: HashSettings) -> String {
    let net = FixText.net(family)
    let fields = String(hash.fields ?? HashSettings.defaultFields, radix: 16)
    return FixText.sysctl(["\(net).fib_multipath_hash_fields=0x\(fields)", "\(net).fib_multipath_hash_policy=3"])
  }
}
