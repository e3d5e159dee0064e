import Forwarding
import FuzzSupport
import Paths
import Routing

/// Any bytes are a topology file; its cables join two routers, and a packet is followed along them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTopologies(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  do throws(TopologyError) {
    let topology = try Topology(parsing: bytes, file: "fabric")
    precondition(!topology.routers.isEmpty)
    let network = try Network(routers, cables: topology.cables, file: "fabric")
    for destination in [IPAddress(ipv4: 0x0a01_0002), IPAddress(ipv4: 0x0a03_0009)] {
      let flow = Flow(
        source: IPAddress(ipv4: 0x0a02_0064), destination: destination, ipProtocol: 17, inputInterface: 2,
        origin: .forwarded)
      let path = network.path(of: flow, from: 0)
      precondition(!path.hops.isEmpty && path.hops.count <= 8)
      if let answer = network.answer(to: path) { _ = path.isMirrored(by: answer) }
    }
  } catch {
    precondition(!error.description.contains("\n"))
  }
  return 0
}

/// Two routers, a and b, each with the interfaces x and y, and a default route that leaves by y.
private let routers: [Network.Router] = ["a", "b"].enumerated().map { number, name in
  let links =
    [Link(index: 1, name: "lo", flags: 0x1_0049)]
    + [(2, "x"), (3, "y")].map { Link(index: $0, name: $1, flags: 0x1_1043, operationalState: 6) }
  let gateway = IPAddress(ipv4: 0x0a01_0000 + UInt32(2 - number))
  var state = RoutingState(
    kernel: KernelIdentity(release: "6.12.0", machine: "x86_64"), links: links,
    addresses: [
      InterfaceAddress(interface: 3, address: IPAddress(ipv4: 0x0a01_0001 + UInt32(number)), prefixLength: 24)
    ],
    rules: Rule.defaults(.ipv4),
    routes: [Route(destination: .everything(.ipv4), nexthops: .legs(.single(RouteLeg(gateway: gateway, interface: 3))))]
  )
  state.settings.ipv4ForwardingAll = true
  return Network.Router(name: name, state: state, table: ForwardingTable(state))
}
