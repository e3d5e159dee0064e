import Forwarding
import Measurement
import MultipathHash
import Routing

/// What is predicted for one packet.
struct Prediction {
  /// What the router makes of the packet; nil for what is no packet to it.
  let subject: HashMeasurer.Subject?
  private(set) var decision: Decision?
  private var measured: [HashMeasurement] = []
  private let table: ForwardingTable

  /// - Parameter interface: the index of the interface that the packet comes in by.
  init(_ sample: Experiment.Sample, table: ForwardingTable, interface: UInt32) {
    self.table = table
    let etherType = sample.family == .ipv4 ? EtherType.ipv4 : EtherType.ipv6
    let packet = try? PacketDissector.dissect(
      sample.bytes.span, etherType: etherType, originalLength: sample.bytes.count)
    subject = packet.map { packet in
      var flow = packet.flow(inputInterface: interface)
      // Packet sockets put no hash on a packet.
      flow.layer4Hash = .absent
      return HashMeasurer.Subject(flow, packet: packet, bytes: sample.bytes)
    }
  }

  /// Makes the prediction.
  ///
  /// - Parameter measured: the hash, where the key is not known.
  mutating func decide(measured: [HashMeasurement]) {
    self.measured = measured
    decision = subject.map { table.decide($0.flow, packet: $0.packet, measured: measured) }
  }

  var caveats: Caveats { decision?.caveats ?? [] }

  var isExact: Bool { caveats.isEmpty }

  /// Where the packet has to come out; nil for nowhere.
  func place(_ places: PlaceTable) -> Experiment.Place? {
    guard let decision, case .sent = decision.outcome, let flow = subject?.flow, let nexthop = decision.nexthop else {
      return nil
    }
    return places.place(of: nexthop.gateway, orOf: flow.destination, interface: nexthop.interface)
  }

  /// Every step of the decision.
  func trace() -> DecisionTrace? {
    subject.map { table.explain($0.flow, packet: $0.packet, measured: measured).1 }
  }
}

/// Which frames of the router reach the far end of a cable, and how they are addressed.
struct PlaceTable {
  private struct Key: Hashable {
    var address: IPAddress
    var interface: UInt32
  }

  private var places: [Key: Experiment.Place] = [:]
  private var tunnels: [UInt32: Experiment.Place] = [:]

  init(_ state: RoutingState, lab: Lab) {
    for tunnel in lab.tunnels {
      tunnels[lab.interfaces[tunnel.name] ?? 0] = Experiment.Place(interface: tunnel.name, address: [])
    }
    // A device without carrier loses what it is given.
    let links = state.links.filter(\.hasCarrier)
    let names = Dictionary(links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
    // An entry that is not valid keeps the packets.
    for neighbour in state.neighbours where neighbour.state.isValid {
      guard let name = names[neighbour.interface] else { continue }
      places[Key(address: neighbour.address, interface: neighbour.interface)] = Experiment.Place(
        interface: Lab.carrier(of: name), address: neighbour.linkLayerAddress)
    }
  }

  /// Where a frame goes that is for a gateway, or for its destination itself where there is none.
  func place(of gateway: IPAddress?, orOf destination: IPAddress, interface: UInt32) -> Experiment.Place? {
    tunnels[interface] ?? places[Key(address: gateway ?? destination, interface: interface)]
  }
}
