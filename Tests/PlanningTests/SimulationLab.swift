import KernelRouting
import Planning
import Routing
import TestSupport

/// Four links of the calling thread's network namespace, each with two gateways of both families behind it.
enum SimulationLab {
  static let interfaces = ["o1", "o2", "o3", "o4"]

  /// Makes the links, which are known as `uplink` and their number, too. The other end of each is `p` and its number, which takes carrier away when it goes down.
  static func build() throws {
    try run(
      """
      sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
      sysctl -qw net.ipv6.conf.default.router_solicitations=0 net.ipv6.conf.default.accept_ra=0
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
      """)
    for number in 1...4 { try makeLink(number) }
  }

  static func makeLink(_ number: Int) throws {
    try run(
      """
      ip link add o\(number) type veth peer name p\(number)
      ip link property add dev o\(number) altname uplink\(number)
      ip link set p\(number) up
      ip link set o\(number) up
      ip addr add 10.0.\(number).1/24 dev o\(number)
      ip -6 addr add 2001:db8:\(number)::1/64 dev o\(number) nodad
      # The kernel makes the routes of the address itself a little later (addrconf_dad_work()).
      for i in $(seq 3000); do
        case "$(sysctl -n net.ipv6.conf.o\(number).forwarding) $(ip -6 route show table local dev o\(number))" in
        1*"anycast 2001:db8:\(number):: "*"local 2001:db8:\(number)::1 "* | 0*"local 2001:db8:\(number)::1 "*) break ;;
        esac
        sleep 0.01
      done
      """)
  }

  /// Waits until carrier has come through to where it belongs, for half a minute at most.
  static func settle(_ kernel: inout Kernel) throws -> RoutingState {
    var state = try kernel.readState()
    for _ in 0..<600 {
      if isSettled(state) { break }
      try run("sleep 0.05")
      state = try kernel.readState()
    }
    return state
  }

  private static func isSettled(_ state: RoutingState) -> Bool {
    state.links.allSatisfy { link in
      guard link.kind == "veth", link.isUp, let peer = state.links.first(where: { $0.index == link.lower }) else {
        return true
      }
      return link.hasCarrier == peer.isUp && (link.operationalState == 6) == peer.isUp
    }
  }
}

/// What of two states decides where packets go, as lines that can be compared.
enum ComparableState {
  static func lines(_ state: RoutingState) -> [String] {
    links(state) + addresses(state) + rules(state) + routes(state) + objects(state) + settings(state)
  }

  /// Lines that only one of the two has.
  static func differences(_ simulated: RoutingState, _ real: RoutingState) -> [String] {
    let (left, right) = (lines(simulated), lines(real))
    let (leftSet, rightSet) = (Set(left), Set(right))
    let result =
      left.filter { !rightSet.contains($0) }.map { "simulated: \($0)" }
      + right.filter { !leftSet.contains($0) }.map { "kernel:    \($0)" }
    if result.isEmpty, left != right { return ["another order: \(left) \(right)"] }
    return result
  }

  private static func links(_ state: RoutingState) -> [String] {
    state.links.sorted { $0.index < $1.index }.map {
      "link \($0.index) \($0.name) up \($0.isUp) carrier \($0.hasCarrier) mtu \($0.mtu) group \($0.group)"
    }
  }

  /// Without the link-local addresses that the kernel makes by itself.
  private static func addresses(_ state: RoutingState) -> [String] {
    let own = state.addresses.filter { !$0.address.isLinkLocal || $0.address.family == .ipv4 }
      .map {
        "address \($0.interface) \($0.address)/\($0.prefixLength) peer \($0.peer.map { "\($0)" } ?? "-") scope \($0.scope)"
          + " secondary \($0.address.family == .ipv4 && $0.flags & 1 != 0)"
      }
    let neighbours = state.neighbours.filter { !$0.address.isMulticast }
      .filter { $0.state != .noARP || !$0.address.isLinkLocal }
      .map { "neighbour \($0.interface) \($0.address) valid \($0.state.isValid) failed \($0.state == .failed)" }
    return own.sorted() + neighbours.sorted()
  }

  private static func rules(_ state: RoutingState) -> [String] {
    state.rules.enumerated().sorted {
      ($0.element.family == .ipv4 ? 0 : 1, $0.offset) < ($1.element.family == .ipv4 ? 0 : 1, $1.offset)
    }
    .map { _, rule in
      var rule = rule
      // Whether it is detached from its interfaces; the rest is said elsewhere, or not simulated.
      rule.flags &= 0x18
      return "rule \(rule)"
    }
  }

  private static func routes(_ state: RoutingState) -> [String] {
    var result: [String] = []
    let shown = state.routes.filter { route in
      let destination = route.destination
      return !(destination.isHost && destination.address.isLinkLocal && destination.family == .ipv6)
        && route.flags & RouteFlags.cloned == 0
    }
    // What lies at one place keeps its order.
    let places = Dictionary(grouping: shown) { "\($0.destination) \($0.table) \($0.source.map { "\($0)" } ?? "-")" }
    for (place, all) in places.sorted(by: { $0.key < $1.key }) {
      let routes = withoutHidden(all)
      let isUnordered = routes[0].destination.address.isMulticast || routes[0].destination.address.isLinkLocal
      let lines = routes.map { "route \(place) \(line($0))" }
      result += isUnordered ? lines.sorted() : lines.enumerated().map { "\($0.element) at \($0.offset)" }
    }
    return result
  }

  /// A dump passes over what stands between the first and the last of IPv6 siblings.
  private static func withoutHidden(_ routes: [Route]) -> [Route] {
    routes.filter { route in
      guard route.family == .ipv6, route.legs.gateway == nil || route.nexthopID != nil else { return true }
      return !routes.contains { other in
        guard case .legs(.multipath) = other.nexthops else { return false }
        return other.metric == route.metric
      }
    }
  }

  private static func line(_ route: Route) -> String {
    let legs = route.nexthopID.map { "nhid \($0)" } ?? legsText(route.legs)
    // An IPv4 route over an object may share the metrics of another one; each IPv6 leg has its own, and one is shown.
    var isShared = route.nexthopID != nil
    if route.family == .ipv6, case .multipath = route.legs { isShared = true }
    let metrics =
      isShared ? [] : (route.extras?.metrics ?? []).sorted { $0.kind < $1.kind }.map { "\($0.kind)=\($0.value)" }
    // Each IPv6 leg has its own source, too.
    let source = isShared && route.family == .ipv6 ? nil : route.preferredSource
    return "metric \(route.metric ?? 0) tos \(route.tos) type \(route.type.rawValue) proto \(route.protocol)"
      + " scope \(route.scope) src \(source.map { "\($0)" } ?? "-")"
      + " pref \(route.preference ?? 0) \(metrics) \(legs)"
  }

  private static func legsText(_ legs: RouteLegs) -> String {
    let list: [RouteLeg]
    switch legs {
    case .none: return "nowhere"
    // The weight of a leg alone is not shown.
    case .single(var leg):
      leg.weight = 1
      list = [leg]
    case .multipath(let legs): list = legs
    }
    return list.map {
      "via \($0.gateway.map { "\($0)" } ?? "-") dev \($0.interface) weight \($0.weight) flags \($0.flags.rawValue)"
    }.joined(separator: ", ")
  }

  private static func objects(_ state: RoutingState) -> [String] {
    (state.nexthops ?? []).sorted { $0.id < $1.id }.map {
      "nexthop \($0.id) \($0.family) \($0.target) proto \($0.protocol) flags \($0.flags & 4) scope \($0.scope)"
    }
      + state.groups.sorted { $0.id < $1.id }.map {
        "group \($0.id) kind \($0.kind.rawValue) members \($0.members.map { "\($0.id),\($0.weight)" }) proto \($0.protocol)"
          + " buckets \($0.resilient?.buckets ?? 0) idle \($0.resilient?.idleTimer ?? 0)"
          + " unbalanced \($0.resilient?.unbalancedTimer ?? 0)"
      }
      + state.bucketTables.sorted { $0.group < $1.group }.map { "buckets \($0.group) \($0.buckets.map(\.nexthop))" }
  }

  private static func settings(_ state: RoutingState) -> [String] {
    var settings = state.settings
    let interfaces = settings.interfaces.sorted { $0.key < $1.key }.map { "settings of \($0.key) \($0.value)" }
    settings.interfaces = [:]
    return ["settings \(settings)"] + interfaces
  }
}

extension RouteLegs {
  fileprivate var gateway: IPAddress? {
    switch self {
    case .none: nil
    case .single(let leg): leg.gateway
    case .multipath(let legs): legs.first?.gateway
    }
  }
}
