package import Planning
package import Routing

/// The `ip` command that makes a planned change, as a line for `ip -batch` of iproute2 6.1, and with `ip` in front
/// for a shell.
///
/// Names stand for interfaces, numbers for all that a configuration file could name otherwise.
package struct IPCommandText: Sendable {
  private let interfaces: [UInt32: String]
  private let isLittleEndian: Bool

  /// - Parameter isLittleEndian: the byte order of the machine, for attributes that are kept as bytes.
  package init(interfaces: [UInt32: String], isLittleEndian: Bool = true) {
    self.interfaces = interfaces
    self.isLittleEndian = isLittleEndian
  }

  /// For the interfaces and the machine of a state.
  package init(_ state: RoutingState) {
    self.init(
      interfaces: Dictionary(state.links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first }),
      isLittleEndian: state.kernel.isLittleEndian)
  }

  /// The command, without `ip` in front; nil where `ip` can not be told.
  package func line(_ change: PlannedChange) -> String? {
    let words: [String]?
    switch change {
    case .addNexthop(let nexthop): words = self.words(nexthop)
    case .addGroup(let group): words = self.words("add", group)
    case .replaceGroup(_, let group): words = self.words("replace", group)
    case .removeNexthop(let nexthop): words = ["nexthop", "del", "id", "\(nexthop.id)"]
    case .removeGroup(let group): words = ["nexthop", "del", "id", "\(group.id)"]
    case .replaceRoute(_, let route): words = self.words("replace", route)
    case .addRoute(let route): words = self.words("add", route)
    case .removeRoute(let route): words = self.words("del", route)
    case .addRule(let rule): words = self.words("add", rule)
    case .removeRule(let rule): words = self.words("del", rule)
    }
    return words?.joined(separator: " ")
  }

  /// The name, or `if7` where a line of a batch or of a shell can not hold it.
  private func name(_ interface: UInt32) -> String {
    guard let name = interfaces[interface], name.utf8.allSatisfy({ $0 > 0x20 && !Self.meaningful.contains($0) }) else {
      return "if\(interface)"
    }
    return name
  }

  /// What starts a comment, quotes, or means something to a shell.
  private static let meaningful = Set("#'\"\\$&;|<>()*?[]{}~!^`".utf8).union([0x7f])

  // MARK: Nexthops

  private func words(_ nexthop: Nexthop) -> [String]? {
    var words = ["nexthop", "add", "id", "\(nexthop.id)"]
    switch nexthop.target {
    case .fdb: return nil
    case .blackhole:
      // Without -6, which no line of a batch can have, it would be one of IPv4.
      guard nexthop.family == .ipv4 else { return nil }
      words.append("blackhole")
    case .device(let interface, let gateway, let encapsulation):
      guard gateway != nil || nexthop.family == .ipv4 else { return nil }
      if let encapsulation {
        guard let text = self.words(encapsulation) else { return nil }
        words += text
      }
      if let gateway { words += ["via", "\(gateway)"] }
      words += ["dev", name(interface)]
      if nexthop.flags & UInt32(NexthopFlags.onlink.rawValue) != 0 { words.append("onlink") }
    }
    return words + protocolWords(nexthop.protocol)
  }

  private func words(_ encapsulation: Encapsulation) -> [String]? {
    EncapsulationText.words(encapsulation, isLittleEndian: isLittleEndian, interface: name)
  }

  private func protocolWords(_ number: UInt8) -> [String] { number == 0 ? [] : ["proto", "\(number)"] }

  private func words(_ verb: String, _ group: NexthopGroup) -> [String]? {
    guard group.members.allSatisfy({ $0.weight <= 256 }), group.members.count <= 120 else { return nil }
    let members = group.members.map { $0.weight == 1 ? "\($0.id)" : "\($0.id),\($0.weight)" }
    var words = ["nexthop", verb, "id", "\(group.id)", "group", members.joined(separator: "/")]
    if group.isFDB { words.append("fdb") }
    words += protocolWords(group.protocol)
    switch group.kind {
    case .hashThreshold: return words
    case .resilient:
      guard let parameters = group.resilient, parameters.idleTimer % 100 == 0, parameters.unbalancedTimer % 100 == 0
      else { return nil }
      return words + [
        "type", "resilient", "buckets", "\(parameters.buckets)", "idle_timer", "\(parameters.idleTimer / 100)",
        "unbalanced_timer", "\(parameters.unbalancedTimer / 100)",
      ]
    default: return nil
    }
  }

  // MARK: Rules

  private func words(_ verb: String, _ rule: Rule) -> [String]? {
    // Without -6, which no line of a batch can have, it would be one of IPv4.
    guard rule.family == .ipv4, case .lookup(let table) = rule.action else { return nil }
    var words = ["rule", verb]
    if let source = rule.source { words += ["from", "\(source.address)/\(source.length)"] }
    if let destination = rule.destination { words += ["to", "\(destination.address)/\(destination.length)"] }
    words +=
      ["table", "\(table)", "priority", "\(rule.priority)"]
      + (rule.protocol == 0 ? [] : ["protocol", "\(rule.protocol)"])
    if let length = rule.suppressPrefixLength { words += ["suppress_prefixlength", "\(length)"] }
    return words
  }

  // MARK: Routes

  private func words(_ verb: String, _ route: Route) -> [String]? {
    var words = ["route", verb]
    if route.type != .unicast { words.append(route.type.name) }
    // Not `default`, which would be that of IPv4.
    words.append("\(route.destination.address)/\(route.destination.length)")
    if let source = route.source { words += ["from", "\(source.address)/\(source.length)"] }
    if route.tos != 0 { words += ["tos", "0x" + String(route.tos, radix: 16)] }
    words += ["table", "\(route.table)"]
    if let metric = route.metric, metric != 0 { words += ["metric", "\(metric)"] }
    words += ["proto", "\(route.protocol)"]
    if route.family == .ipv4 { words += ["scope", "\(route.scope)"] }
    if let source = route.preferredSource { words += ["src", "\(source)"] }
    if let preference = route.preference, preference != 0 {
      words += ["pref", preference == 1 ? "high" : preference == 3 ? "low" : "\(preference)"]
    }
    if let extras = route.extras {
      guard let text = self.words(extras) else { return nil }
      words += text
    }
    switch route.nexthops {
    case .object(let id, _): return words + ["nhid", "\(id)"]
    case .legs(.none): return words
    case .legs(.single(let leg)):
      guard let text = self.words(leg, of: route) else { return nil }
      if let realms = route.extras?.realms { words += ["realms", Self.realms(realms)] }
      return words + text
    case .legs(.multipath(let legs)):
      for leg in legs {
        guard let text = self.words(leg, of: route) else { return nil }
        words += ["nexthop"] + text + (leg.realms.map { ["realms", Self.realms($0)] } ?? [])
        words += ["weight", "\(leg.weight)"]
      }
      return words
    }
  }

  private static func realms(_ realms: UInt32) -> String { "\(realms >> 16)/\(realms & 0xffff)" }

  private func words(_ leg: RouteLeg, of route: Route) -> [String]? {
    var words: [String] = []
    if let encapsulation = leg.encapsulation {
      guard let text = self.words(encapsulation) else { return nil }
      words += text
    }
    if let gateway = leg.gateway {
      words += ["via"] + (gateway.family == route.family ? [] : [gateway.family.rawValue]) + ["\(gateway)"]
    }
    if leg.interface != 0 { words += ["dev", name(leg.interface)] }
    if leg.flags.contains(.onlink) { words.append("onlink") }
    return words
  }

  private func words(_ extras: RouteExtras) -> [String]? {
    var words: [String] = []
    let locks = extras.metrics.first { $0.kind == MetricKind.lock }?.value ?? 0
    for metric in extras.metrics where metric.kind != MetricKind.lock {
      guard MetricKind.names.indices.contains(Int(metric.kind)) else { return nil }
      words.append(MetricKind.names[Int(metric.kind)])
      let isLocked = locks >> UInt32(metric.kind) & 1 != 0
      switch metric.kind {
      case MetricKind.features:
        guard metric.value == 1, !isLocked else { return nil }
        words.append("ecn")
      case MetricKind.rtoMin:
        // `ip` locks it always.
        guard isLocked else { return nil }
        words.append("\(metric.value)")
      case MetricKind.congestionControl:
        guard let name = metric.name else { return nil }
        words += (isLocked ? ["lock"] : []) + [name]
      default: words += (isLocked ? ["lock"] : []) + ["\(metric.value)"]
      }
    }
    if let expires = extras.expires, expires > 0 { words += ["expires", "\(expires / 100)"] }
    if let propagate = extras.ttlPropagate { words += ["ttl-propagate", propagate == 0 ? "disabled" : "enabled"] }
    return words
  }
}
