import Routing
import TestSupport

/// Devices that not every kernel has. Each is made where that succeeds.
extension Lab {
  /// A tunnel device of the router: what is routed to it comes out of another device with a header around it.
  struct Tunnel {
    var name: String
    var kind: String
    /// The egress device below it, whose number is also that of the tunnel.
    var device: Int
    /// Bytes that it puts before a packet.
    var headerLength: Int
    var families: [AddressFamily]
    /// Words of `ip link add`, after the addresses.
    var options: String

    /// The id of its nexthop object of a family.
    func nexthopID(_ family: AddressFamily) -> UInt32 { UInt32(3000 + device * 2 + (family == .ipv4 ? 0 : 1)) }

    /// What ends the link-layer address of every tunnel's far end.
    static let endpointMark: UInt8 = 0x77

    var script: String {
      let ends =
        kind == "ip6tnl"
        ? ("fd00:\(device)::1", "fd00:\(device)::98") : ("10.1.\(device).1", "10.1.\(device).98")
      return """
        ip link add \(name) type \(kind) local \(ends.0) remote \(ends.1) \(options)
        ip link set \(name) addrgenmode none; ip link set \(name) up
        ip neigh add \(ends.1) dev o\(device) lladdr 02:00:00:00:0\(device):77 nud permanent
        """
    }
  }

  /// All tunnels that are tried.
  static let tunnels = [
    Tunnel(name: "t1", kind: "ipip", device: 1, headerLength: 20, families: [.ipv4], options: ""),
    Tunnel(name: "t2", kind: "sit", device: 2, headerLength: 20, families: [.ipv6], options: ""),
    Tunnel(name: "t3", kind: "gre", device: 3, headerLength: 24, families: [.ipv4, .ipv6], options: ""),
    Tunnel(
      name: "t4", kind: "ip6tnl", device: 4, headerLength: 40, families: [.ipv4, .ipv6],
      options: "mode any encaplimit none"),
  ]

  /// An egress device of an own kind, with gateways like the others.
  struct Device {
    var kind: String
    /// Its number among the egress devices.
    var number: Int
    var script: String
    /// Where its frames are seen.
    var far: String
    /// The egress device that they leave by.
    var below: Int
  }

  static let vlan = Device(
    kind: "vlan", number: 10, script: "ip link add link o5 name o10 type vlan id 7", far: "p5", below: 5)
  /// It swallows its frames, which are seen as they go in.
  static let dummy = Device(kind: "dummy", number: 9, script: "ip link add o9 type dummy", far: "o9", below: 9)

  static let vrfTable: UInt32 = 77

  /// Makes an ingress device in a VRF of the table `vrfTable`.
  static let vrfScript = """
    ip link add vrf1 type vrf table \(vrfTable)
    ip link set vrf1 up
    ip link add in3 address 02:00:00:00:ff:03 type veth peer name in3p
    ip link set in3 master vrf1
    ip link set in3p addrgenmode none; ip link set in3p up; ip link set in3 up
    ip addr add 10.2.3.1/24 dev in3; ip -6 addr add fd00:f:3::1/64 dev in3 nodad
    """

  /// Whether a script that makes devices succeeds.
  static func makes(_ script: String) -> Bool { (try? run(script)) != nil }

  /// Makes a device with its addresses and gateways.
  static func makes(_ device: Device) -> Bool {
    let number = device.number
    let neighbours = Gateway.all(on: [number]).flatMap { gateway in
      AddressFamily.allCases.map { neighbour(gateway, $0, state: "permanent") }
    }
    let subnet = String(number, radix: 16)
    return makes(
      """
      \(device.script)
      ip link set o\(number) up
      ip addr add 10.1.\(number).1/24 dev o\(number); ip -6 addr add fd00:\(subnet)::1/64 dev o\(number) nodad
      """ + batch(neighbours))
  }
}

extension Lab {
  /// The largest weight of a leg that every kind of measuring can do, too.
  var legWeight: UInt32 { min(256, abilities.maximalWeight) }

  /// The device whose far end shows what leaves by a device.
  static func carrier(of name: String) -> String { name == "o\(vlan.number)" ? "o\(vlan.below)" : name }

  /// Where a frame from the far end of a device was bound, and where its packet starts.
  func place(of frame: [UInt8], from interface: String) -> (Experiment.Place, start: Int) {
    if frame[5] == Tunnel.endpointMark,
      let tunnel = tunnels.first(where: { "o\($0.device)" == interface })
    {
      return (Experiment.Place(interface: tunnel.name, address: []), 14 + tunnel.headerLength)
    }
    return (Experiment.Place(interface: interface, address: Array(frame[..<6])), 14)
  }
}
