import Forwarding
import FuzzSupport
import MultipathHash
import Rendering
import Routing

/// Any bytes are a packet: it is taken apart, hashed under every policy, predicted and explained.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPackets(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  for linkType in LinkType.allCases {
    _ = try? PacketDissector.dissect(
      frame: bytes.span, linkType: linkType, originalLength: bytes.count + Int(count % 100))
  }
  guard let packet = try? PacketDissector.dissect(bytes.span) else { return 0 }
  let flow = packet.flow(inputInterface: 1)
  for router in routers {
    let (decision, trace) = router.table.explain(flow, packet: packet)
    precondition(decision.hash.map { $0 <= 0x7fff_ffff } ?? true)
    _ = router.formatter.explanation(decision, trace, packet: packet)
    precondition(router.table.decide(flow, packet: packet) == decision)
  }
  return 0
}

/// A router for each policy, with multipath default routes of both families.
private let routers = (UInt8(0)...3).map { policy in
  let state = state(policy: policy)
  return (
    table: ForwardingTable(state),
    formatter: PredictionFormatter(state: state, names: NameTables())
  )
}

private func state(policy: UInt8) -> RoutingState {
  var state = RoutingState(kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"))
  state.settings.hashSeed = 1
  state.settings.ipv4Hash = HashSettings(policy: policy, fields: 0xfff)
  state.settings.ipv6Hash = HashSettings(policy: policy, fields: 0xfff)
  state.links = (UInt32(1)...3).map { Link(index: $0, name: "eth\($0)", flags: 0x1_0043) }
  for family in [AddressFamily.ipv4, .ipv6] {
    let legs = (UInt32(2)...3).map { index in
      let gateway: IPAddress =
        family == .ipv4 ? IPAddress(ipv4: 0x0a00_0000 | index) : IPAddress(ipv6High: 0xfd << 56, low: UInt64(index))
      return RouteLeg(gateway: gateway, interface: index, weight: UInt16(index))
    }
    state.rules.append(Rule(family: family, priority: 0, action: .lookup(table: RouteTable.main)))
    state.routes.append(Route(destination: .everything(family), nexthops: .legs(.multipath(legs))))
  }
  return state
}
