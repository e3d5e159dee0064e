import Forwarding
import MultipathHash
import Routing

/// What is predicted for one packet.
struct Prediction {
  /// nil for what is no packet to the router.
  var decision: Decision?
  var flow: Flow?
  var packet: DissectedPacket?
  var measured: MeasuredHash?
  let table: ForwardingTable

  init(_ sample: Experiment.Sample, table: ForwardingTable, interface: UInt32, measured: MeasuredHash?) {
    self.table = table
    self.measured = measured
    let etherType = sample.family == .ipv4 ? EtherType.ipv4 : EtherType.ipv6
    guard
      let packet = try? PacketDissector.dissect(
        sample.bytes.span, etherType: etherType, originalLength: sample.bytes.count)
    else { return }
    let flow = packet.flow(inputInterface: interface)
    self.packet = packet
    self.flow = flow
    decision = table.decide(flow, packet: packet, measured: measured)
  }

  /// Packet sockets put no hash on a packet.
  var caveats: Caveats { decision?.caveats.subtracting(.layer4Hash) ?? [] }

  var isExact: Bool { caveats.isEmpty }

  /// Where the packet has to come out; nil for nowhere.
  func place(_ places: PlaceTable) -> Experiment.Place? {
    guard let decision, case .sent = decision.outcome, let flow, let nexthop = decision.nexthop else { return nil }
    return places.place(of: nexthop.gateway ?? flow.destination, interface: nexthop.interface)
  }

  /// Every step of the decision.
  func trace() -> DecisionTrace? {
    guard let flow else { return nil }
    return table.explain(flow, packet: packet, measured: measured).1
  }
}

/// Which frames of the router reach the far end of a cable, and how they are addressed.
struct PlaceTable {
  private struct Key: Hashable {
    var address: IPAddress
    var interface: UInt32
  }

  private var places: [Key: Experiment.Place] = [:]

  init(_ state: RoutingState) {
    // A device without carrier loses what it is given.
    let links = state.links.filter(\.hasCarrier)
    let names = Dictionary(links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
    // An entry that is not valid keeps the packets.
    for neighbour in state.neighbours where neighbour.state.isValid {
      guard let name = names[neighbour.interface] else { continue }
      places[Key(address: neighbour.address, interface: neighbour.interface)] = Experiment.Place(
        interface: name, address: neighbour.linkLayerAddress)
    }
  }

  func place(of address: IPAddress, interface: UInt32) -> Experiment.Place? {
    places[Key(address: address, interface: interface)]
  }
}
