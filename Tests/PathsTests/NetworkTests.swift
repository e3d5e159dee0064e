import Forwarding
import Paths
import Routing
import TestSupport
import Testing

/// A router made by hand: `lo`, and eth1, eth2 and so on, with indices from 2.
private struct RouterPlan {
  var name: String
  /// Of each interface, in order; with a prefix length.
  var addresses: [[String]]
  /// Destination, gateway, interface index.
  var routes: [(String, String, UInt32)]
  var loopback: [String] = []
  var forwards = true
  /// Ports of bridges: the index of the bridge by that of the port.
  var masters: [UInt32: UInt32] = [:]
  var encapsulates = false

  func build() throws -> Network.Router {
    var links = [Link(index: 1, name: "lo", flags: 0x1_0049)]
    var own: [InterfaceAddress] = []
    var routes: [Route] = []
    for (position, texts) in ([loopback] + addresses).enumerated() {
      let index = UInt32(position + 1)
      if position > 0 {
        let kind = masters.values.contains(index) ? "bridge" : "veth"
        links.append(
          Link(
            index: index, name: "eth\(position)", flags: 0x1_1043, operationalState: 6, kind: kind,
            master: masters[index]))
      }
      for text in texts {
        let host = address(String(text.prefix { $0 != "/" }))
        let length = UInt8(text.drop { $0 != "/" }.dropFirst()) ?? 32
        let legs = RouteNexthops.legs(.single(RouteLeg(interface: index)))
        own.append(InterfaceAddress(interface: index, address: host, prefixLength: length))
        routes.append(Route(destination: Prefix(containing: host, length: length), scope: 253, nexthops: legs))
        routes.append(
          Route(destination: Prefix(host: host), table: RouteTable.local, type: .local, scope: 254, nexthops: legs))
      }
    }
    for (destination, gateway, interface) in self.routes {
      let tunnel = encapsulates ? Encapsulation(type: 1, attributes: []) : nil
      let leg = RouteLeg(gateway: address(gateway), interface: interface, encapsulation: tunnel)
      routes.append(Route(destination: try Prefix(parsing: destination), nexthops: .legs(.single(leg))))
    }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.12.0", machine: "x86_64"), links: links, addresses: own,
      rules: Rule.defaults(.ipv4), routes: routes)
    state.settings.hashSeed = 7
    state.settings.ipv4ForwardingAll = forwards
    for link in links {
      var settings = InterfaceSettings()
      settings.ipv4Forwarding = forwards
      settings.reversePathFilter = 0
      state.settings.interfaces[link.name] = settings
    }
    return Network.Router(name: name, state: state, table: ForwardingTable(state))
  }
}

/// Ways through routers that are made by hand.
@Suite("Ways through a network")
struct NetworkTests {
  /// Client net, transit to `right`.
  private let left = RouterPlan(
    name: "left", addresses: [["10.2.0.1/24"], ["10.1.0.1/24"]], routes: [("0.0.0.0/0", "10.1.0.2", 3)])
  /// Transit to `left`, servers.
  private let right = RouterPlan(
    name: "right", addresses: [["10.1.0.2/24"], ["10.3.0.1/24"]], routes: [("0.0.0.0/0", "10.1.0.1", 2)])

  private let flow = Flow(
    source: address("10.2.0.100"), destination: address("10.3.0.9"), ipProtocol: 17, sourcePort: 7, destinationPort: 53,
    inputInterface: 2, origin: .forwarded, layer4Hash: .absent)

  private func network(_ plans: [RouterPlan], cables: [(String, String)] = []) throws -> Network {
    func end(_ text: String) -> Topology.End {
      let words = text.split(separator: ":")
      return Topology.End(router: String(words[0]), interface: String(words[1]))
    }
    return try Network(
      plans.map { try $0.build() }, cables: cables.map { Topology.Cable(end($0.0), end($0.1)) }, file: "fabric")
  }

  @Test("a packet goes to the router that has the gateway's address, and on to the destination")
  func gateway() throws {
    let path = try network([left, right]).path(of: flow, from: 0)
    #expect(path.hops.map(\.router) == [0, 1])
    #expect(path.hops.map(\.flow.inputInterface) == [2, 2])
    #expect(path.end == .onLink && path.end.arrives && path.isExact)
  }

  @Test("the answer goes back to the source by the same routers")
  func answer() throws {
    let network = try network([left, right])
    let path = network.path(of: flow, from: 0)
    let back = try #require(network.answer(to: path))
    #expect(back.hops.map(\.router) == [1, 0])
    #expect(back.hops.first?.flow.source == flow.destination && back.hops.first?.flow.sourcePort == 53)
    #expect(back.hops.first?.flow.inputInterface == 3)
    #expect(back.end == .onLink && path.isMirrored(by: back))
  }

  @Test("marks, users and a NIC's hash stay with the first router")
  func carried() throws {
    var marked = flow
    (marked.mark, marked.layer4Hash) = (5, .value(77))
    let path = try network([left, right]).path(of: marked, from: 0)
    #expect(path.hops.map(\.flow.mark) == [5, 0])
    #expect(path.hops.map(\.flow.layer4Hash) == [.value(77), .unknown])
  }

  @Test("a gateway that nobody has is the end of what the topology tells")
  func outside() throws {
    let path = try network([left]).path(of: flow, from: 0)
    #expect(path.end == .left && path.hops.count == 1)
  }

  @Test("an address of two routers is ambiguous until a cable tells")
  func ambiguous() throws {
    var twin = right
    twin.name = "twin"
    #expect(try network([left, right, twin]).path(of: flow, from: 0).end == .ambiguous([1, 2]))
    let wired = try network([left, right, twin], cables: [("left:eth2", "twin:eth1")]).path(of: flow, from: 0)
    #expect(wired.hops.map(\.router) == [0, 2] && wired.end == .onLink)
    // Of two machines at one wire it is that with the address.
    var other = right
    (other.name, other.addresses) = ("other", [["10.1.0.3/24"], ["10.3.0.1/24"]])
    let hub = try network([left, right, other], cables: [("left:eth2", "right:eth1"), ("left:eth2", "other:eth1")])
    #expect(hub.path(of: flow, from: 0).hops.map(\.router) == [0, 1])
  }

  @Test("an address on a loopback interface does not tell by which interface the packet comes in")
  func loopback() throws {
    var hidden = right
    (hidden.addresses, hidden.loopback) = ([[], ["10.3.0.1/24"]], ["10.1.0.2/32"])
    #expect(try network([left, hidden]).path(of: flow, from: 0).end == .ambiguous([1]))
    let wired = try network([left, hidden], cables: [("right:eth1", "left:eth2")]).path(of: flow, from: 0)
    #expect(wired.end == .onLink)
  }

  @Test("a cable to the port of a bridge comes in by the bridge")
  func bridge() throws {
    var bridged = right
    (bridged.addresses, bridged.masters) = ([["10.1.0.2/24"], ["10.3.0.1/24"], []], [4: 2])
    let path = try network([left, bridged], cables: [("left:eth2", "right:eth3")]).path(of: flow, from: 0)
    #expect(path.hops.map(\.flow.inputInterface) == [2, 2])
  }

  @Test("two routers that send to each other are a loop")
  func loop() throws {
    var back = right
    back.addresses = [["10.1.0.2/24"]]
    let path = try network([left, back]).path(of: flow, from: 0)
    // The second time it comes to `left` by the transit, which it then does again.
    #expect(path.hops.map(\.router) == [0, 1, 0])
    #expect(path.end == .loop(1) && !path.end.arrives)
  }

  @Test("a tunnel, a router that does not forward, and a missing route end the way")
  func ends() throws {
    var tunnel = left
    tunnel.encapsulates = true
    #expect(try network([tunnel, right]).path(of: flow, from: 0).end == .tunnel)
    var host = right
    host.forwards = false
    let stopped = try network([left, host]).path(of: flow, from: 0)
    #expect(stopped.end == .refused && stopped.hops.last?.decision.outcome == .dropped(.forwardingDisabled))
    var lost = right
    (lost.addresses, lost.routes) = ([["10.1.0.2/24"]], [])
    #expect(try network([left, lost]).path(of: flow, from: 0).end == .refused)
  }

  @Test("a local packet without a source is followed no further than to its router")
  func unknownSource() throws {
    let local = Flow(
      source: .unspecified(.ipv4), destination: address("10.3.0.9"), ipProtocol: 17, destinationPort: 53,
      socket: .unconnected)
    #expect(try network([left, right]).path(of: local, from: 0).end == .sourceUnknown)
  }

  @Test("an own address is delivered, and answered by nobody else")
  func delivered() throws {
    let network = try network([left, right])
    var own = flow
    own.destination = address("10.3.0.1")
    let path = network.path(of: own, from: 0)
    #expect(path.end == .delivered)
    let back = try #require(network.answer(to: path))
    #expect(back.hops.first?.flow.origin == .local && back.hops.map(\.router) == [1, 0])
  }

  @Test("a cable at an interface that is not there is refused with its line")
  func cables() throws {
    let error = #expect(throws: TopologyError.self) {
      try network([left, right], cables: [("left:eth9", "right:eth1")])
    }
    #expect(error?.message == "left has no interface eth9")
  }
}
