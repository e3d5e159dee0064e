import Planning
import Routing

/// What of a request for a new object the state lacks, as phrases.
func differences(of change: RoutingChange, in state: RoutingState) -> [String] {
  switch change {
  case .route(let request): routeDifferences(request, state)
  case .nexthop(let request): nexthopDifferences(request, state)
  case .rule(let request): ruleDifferences(request, state)
  case .address(let request): addressDifferences(request, state)
  case .neighbour(let request): neighbourDifferences(request, state)
  case .link(let request): linkDifferences(request, state)
  case .sysctl(let requests): requests.flatMap { sysctlDifferences($0, state) }
  default: ["no object of this kind is compared"]
  }
}

private func compare<Value: Equatable>(_ what: String, _ asked: Value, _ found: Value) -> [String] {
  asked == found ? [] : ["\(what): asked for \(asked), found \(found)"]
}

private func index(of name: String?, _ state: RoutingState) -> UInt32 {
  state.links.first { $0.name == name }?.index ?? 0
}

private func routeDifferences(_ request: RouteRequest, _ state: RoutingState) -> [String] {
  guard case .number(let table) = request.table else { return ["a table of a VRF"] }
  let isIPv6 = request.family == .ipv6
  let metric = request.metric ?? 0
  let key = isIPv6 && metric == 0 ? 1024 : metric
  let found = state.routes.first {
    $0.destination == request.destination.prefix && $0.table == table && ($0.metric ?? 0) == key
      && $0.tos == request.tos
  }
  guard let found else { return ["there is no such route"] }
  var differences = compare("protocol", request.protocol, found.protocol)
  // The kernel's own idea of a type where there is no nexthop is what `ip` asks for too.
  differences += compare("type", request.type, found.type)
  if !isIPv6 { differences += compare("scope", request.scope, found.scope) }
  differences += compare("source", request.preferredSource, found.preferredSource)
  // An IPv6 route that goes nowhere has no preference.
  if isIPv6, request.type == .unicast {
    differences += compare("preference", request.preference ?? 0, found.preference ?? 0)
  }
  differences += compare("nexthop", request.nexthopID, found.nexthopID)
  let sent = Dictionary(request.metrics.map { ($0.kind, $0) }, uniquingKeysWith: { $1 })
  let kept = Dictionary((found.extras?.metrics ?? []).map { ($0.kind, $0) }, uniquingKeysWith: { $1 })
  differences += compare("metrics", sent, kept)
  guard request.nexthopID == nil, ![.blackhole, .unreachable, .prohibit, .throw].contains(request.type) else {
    return differences
  }
  return differences + legDifferences(request, found, state)
}

private func legDifferences(_ request: RouteRequest, _ found: Route, _ state: RoutingState) -> [String] {
  var wanted = request.legs.isEmpty ? [request.leg] : request.legs
  // The kernel keeps no weight for a leg alone.
  if wanted.count == 1 { wanted[0].weight = 1 }
  let asked = wanted.map { legText($0, state) }
  let legs: [RouteLeg] =
    switch found.legs {
    case .none: []
    case .single(let leg): [leg]
    case .multipath(let legs): legs
    }
  let kept = legs.map { legText($0) }
  // IPv6 does not promise the order, and joins what is the same.
  return request.family == .ipv6
    ? compare("legs", Set(asked), Set(kept)) : compare("legs", asked, kept)
}

private func legText(_ leg: LegRequest, _ state: RoutingState) -> String {
  let gateway = (leg.gateway ?? leg.otherFamilyGateway).map { "\($0)" } ?? "none"
  let encapsulation = leg.encapsulation?.resolved { index(of: $0, state) }
  return "\(gateway) \(index(of: leg.interface, state)) \(leg.weight) \(leg.isOnlink) \(text(encapsulation))"
}

private func legText(_ leg: RouteLeg) -> String {
  let gateway = leg.gateway.map { "\($0)" } ?? "none"
  return "\(gateway) \(leg.interface) \(leg.weight) \(leg.flags.contains(.onlink)) \(text(leg.encapsulation))"
}

/// The labels of MPLS read back as they were written; of the others the kernel tells more than it was told.
private func text(_ encapsulation: Encapsulation?) -> String {
  guard let encapsulation else { return "" }
  return encapsulation.type == 1 ? "mpls \(encapsulation.attributes)" : "encap \(encapsulation.type)"
}

private func nexthopDifferences(_ request: NexthopRequest, _ state: RoutingState) -> [String] {
  if let members = request.group {
    guard let found = state.groups.first(where: { $0.id == request.id }) else { return ["there is no such group"] }
    return [
      compare("members", members, found.members),
      compare("kind", request.groupType ?? .hashThreshold, found.kind),
      compare("buckets", request.resilient?.buckets, found.resilient?.buckets),
      compare("idle timer", request.resilient?.idleTimer, found.resilient?.idleTimer),
      compare("unbalanced timer", request.resilient?.unbalancedTimer, found.resilient?.unbalancedTimer),
      compare("FDB", request.isFDB, found.isFDB),
      compare("protocol", request.protocol, found.protocol),
    ].flatMap { $0 }
  }
  guard let found = (state.nexthops ?? []).first(where: { $0.id == request.id }) else {
    return ["there is no such nexthop"]
  }
  let differences: [String] = [
    compare("family", request.family, found.family),
    compare("protocol", request.protocol, found.protocol),
    compare("gateway", request.gateway, found.gateway),
    compare("onlink", request.isOnlink, found.flags & 4 != 0),
  ].flatMap { $0 }
  switch found.target {
  case .blackhole: return differences + compare("blackhole", request.isBlackhole, true)
  case .fdb: return differences + compare("FDB", request.isFDB, true)
  case .device(let interface, _, _):
    return differences + compare("interface", index(of: request.interface, state), interface)
  }
}

private func ruleDifferences(_ request: RuleRequest, _ state: RoutingState) -> [String] {
  let found = state.rules.first { $0.family == request.family && $0.priority == request.priority }
  guard let found else { return ["there is no such rule"] }
  let action: Rule.Action =
    switch request.action {
    case 1: .lookup(table: request.table)
    case 2: .goto(priority: request.target ?? 0)
    case 3: .nop
    case 6: .blackhole
    default: .other(request.action)
    }
  return [
    compare("action", action, found.action),
    compare("not", request.isInverted, found.isInverted),
    compare("source", request.source?.prefix, found.source),
    compare("destination", request.destination?.prefix, found.destination),
    compare("mark", request.mark ?? 0, found.mark),
    compare("mask", request.markMask ?? (request.mark == nil ? 0 : .max), found.markMask),
    compare("input", request.inputInterface, found.inputInterface),
    compare("output", request.outputInterface, found.outputInterface),
    compare("tos", request.tos, found.tos),
    compare("IP protocol", request.ipProtocol, found.ipProtocol),
    compare("users", request.userIDs, found.userIDs),
    compare("source ports", request.sourcePorts, found.sourcePorts),
    compare("destination ports", request.destinationPorts, found.destinationPorts),
    compare("suppressed length", request.suppressPrefixLength, found.suppressPrefixLength),
    compare("protocol", request.protocol ?? 0, found.protocol),
  ].flatMap { $0 }
}

private func addressDifferences(_ request: AddressRequest, _ state: RoutingState) -> [String] {
  let interface = index(of: request.interface, state)
  let found = state.addresses.first { $0.interface == interface && $0.address == request.local }
  guard let found else { return ["there is no such address"] }
  let peer = request.address == request.local ? nil : request.address
  return [
    compare("length", request.prefixLength, found.prefixLength),
    compare("peer", peer, found.peer),
    compare("scope", request.scope, found.scope),
    compare("nodad", request.flags.contains(.nodad), found.flags & 2 != 0),
  ].flatMap { $0 }
}

private func neighbourDifferences(_ request: NeighbourRequest, _ state: RoutingState) -> [String] {
  let interface = index(of: request.interface, state)
  let found = state.neighbours.first { $0.interface == interface && $0.address == request.address }
  guard let found else { return ["there is no such neighbour"] }
  return [
    compare("state", request.state, found.state),
    compare("address", request.linkLayerAddress ?? [], found.linkLayerAddress),
  ].flatMap { $0 }
}

private func linkDifferences(_ request: LinkRequest, _ state: RoutingState) -> [String] {
  guard case .interface(let name) = request.target, let found = state.links.first(where: { $0.name == name }) else {
    return ["there is no such interface"]
  }
  return (request.mtu.map { compare("MTU", UInt32(bitPattern: $0), found.mtu) } ?? [])
    + (request.group.map { compare("group", $0, found.group) } ?? [])
    + (request.isUp.map { compare("up", $0, found.isUp) } ?? [])
}

private func sysctlDifferences(_ request: SysctlRequest, _ state: RoutingState) -> [String] {
  let found =
    switch request.path {
    case "net/ipv4/fib_multipath_hash_policy": state.settings.ipv4Hash.policy
    case "net/ipv6/fib_multipath_hash_policy": state.settings.ipv6Hash.policy
    default: UInt8?.none
    }
  return compare(request.path, UInt8(request.value), found)
}
