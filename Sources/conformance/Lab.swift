import KernelRouting
import PacketSockets
import Routing
import TestSupport

/// A router in the calling thread's network namespace, with the far ends of its cables.
///
///                            .--- o1 10.1.1.1/24 fd00:1::1/64 --- p1   gateways .2 to .5, ::2 to ::5
///     in1p --- in1 ----------+--- ...
///     in2p --- in2           +--- o5                              p5
///                            +--- o7, which may go down           p7
///                            '--- o8, without carrier             p8, down
///
/// The gateways are neighbour entries: what is sent to them comes out of the far end of the device with their
/// link-layer address.
final class Lab {
  /// A device that frames come in by, with the end of its cable that they are put into.
  final class Ingress {
    /// Interface index.
    let interface: UInt32
    var socket: PacketSocket
    private let addresses: [UInt8]

    init(number: Int, interface: UInt32) throws(PacketSocketError) {
      self.interface = interface
      socket = try PacketSocket(interface: "in\(number)p", for: .sending)
      addresses = [2, 0, 0, 0, 0xff, UInt8(number), 2, 0, 0, 0, 0xfe, 1]
    }

    /// Sends packets with their Ethernet protocols, and whatever follows them in the frame.
    func send(_ packets: [(etherType: UInt16, bytes: [UInt8])]) throws(PacketSocketError) {
      try socket.send(packets.map { addresses + [UInt8($0.etherType >> 8), UInt8($0.etherType & 0xff)] + $0.bytes })
    }
  }

  /// What arrives at the far end of one egress device.
  final class Observer {
    let interface: String
    var socket: PacketSocket

    init(egress: String, far: String, use: PacketSocket.Use = .both) throws(PacketSocketError) {
      interface = egress
      socket = try PacketSocket(interface: far, for: use)
    }
  }

  let ingresses: [Ingress]
  let observers: [Observer]
  var kernel: Kernel
  let abilities: KernelAbilities
  /// The devices that always forward: those of every kernel, and a dummy and a VLAN where there are such.
  let soundDevices: [Int]
  let tunnels: [Tunnel]
  /// Whether the last ingress is in a VRF.
  let hasVRF: Bool
  /// Interface index by name.
  let interfaces: [String: UInt32]

  private static let script = """
    sysctl() { echo "$2" >"/proc/sys/net/$1"; }
    sysctl ipv4/ip_forward 1; sysctl ipv6/conf/all/forwarding 1
    for d in all default; do
      sysctl ipv4/conf/$d/rp_filter 0; sysctl ipv6/conf/$d/accept_dad 0; sysctl ipv6/conf/$d/keep_addr_on_down 1
    done
    ip link set lo up
    for n in 1 2; do
      ip link add in$n address 02:00:00:00:ff:0$n type veth peer name in${n}p
      ip link set in${n}p addrgenmode none; ip link set in${n}p up; ip link set in$n up
      ip addr add 10.2.$n.1/24 dev in$n; ip -6 addr add fd00:f:$n::1/64 dev in$n nodad
    done
    for n in \(Gateway.devices.map(String.init).joined(separator: " ")); do
      ip link add o$n type veth peer name p$n
      ip link set p$n addrgenmode none; ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
    done
    ip link set p\(Gateway.carrierlessDevice) down
    ip neigh add 10.1.1.99 dev o1 lladdr 02:00:00:00:01:99 nud permanent
    ip route add 10.254.0.0/16 via 10.1.1.99
    """

  /// Builds the router. The thread's namespace has to be a fresh one.
  init() throws {
    try run(Self.script + Self.neighbours + "sleep 1")
    let devices = [Self.dummy, Self.vlan].filter { Self.makes($0) }
    soundDevices = Gateway.soundDevices + devices.map(\.number)
    tunnels = Self.tunnels.filter { Self.makes($0.script) }
    hasVRF = Self.makes(Self.vrfScript)
    kernel = try Kernel(visiting: ())
    let indices = Dictionary(uniqueKeysWithValues: try kernel.links().map { ($0.name, $0.index) })
    for tunnel in tunnels {
      for family in tunnel.families {
        let target = Nexthop.Target.device(
          interface: indices[tunnel.name] ?? 0, gateway: nil, encapsulation: nil)
        try kernel.add(.nexthop(Nexthop(id: tunnel.nexthopID(family), family: family, target: target)))
      }
    }
    for gateway in Gateway.all(on: soundDevices) {
      for family in AddressFamily.allCases {
        let target = Nexthop.Target.device(
          interface: indices[gateway.interface] ?? 0, gateway: gateway.address(family), encapsulation: nil)
        try kernel.add(.nexthop(Nexthop(id: gateway.nexthopID(family), family: family, target: target)))
      }
    }
    abilities = KernelAbilities(trying: &kernel, nexthop: Gateway(device: 1, number: 1).nexthopID(.ipv4))
    ingresses = try (hasVRF ? [1, 2, 3] : [1, 2]).map { number throws(PacketSocketError) in
      try Ingress(number: number, interface: indices["in\(number)"] ?? 0)
    }
    var observers = try Gateway.devices.filter { $0 != Gateway.carrierlessDevice }.map {
      device throws(PacketSocketError) in
      try Observer(egress: "o\(device)", far: "p\(device)")
    }
    if soundDevices.contains(Self.dummy.number) {
      observers.append(try Observer(egress: "o9", far: Self.dummy.far, use: .watching))
    }
    self.observers = observers
    interfaces = indices
  }

  private static var neighbours: String {
    let commands = Gateway.all(on: Gateway.devices).flatMap { gateway in
      AddressFamily.allCases.map { Self.neighbour(gateway, $0, state: "permanent") }
    }
    return batch(commands)
  }

  /// A command of `ip -batch` that sets the entry of a gateway anew.
  static func neighbour(_ gateway: Gateway, _ family: AddressFamily, state: String) -> String {
    """
    neigh replace \(gateway.address(family)) dev \(gateway.interface) lladdr \(gateway.linkLayerAddress) nud \(state)
    """
  }

  /// A shell script that runs commands of `ip` in one process, up to the first one that fails.
  static func batch(_ commands: [String], options: String = "") -> String {
    "\nip \(options) -batch - <<'END'\n" + commands.joined(separator: "\n") + "\nEND\n"
  }

  /// Whether every gateway has an entry in the state, and is still as valid as there.
  func hasNeighbours(of state: RoutingState) throws -> Bool {
    func validity(_ neighbours: [Neighbour]) -> Set<String> {
      Set(neighbours.map { "\($0.address) \($0.interface) \($0.state.isValid)" })
    }
    let before = validity(state.neighbours)
    let gateways = Gateway.all(on: soundDevices + [Gateway.carrierlessDevice])
    let isComplete = gateways.allSatisfy { gateway in
      AddressFamily.allCases.allSatisfy { family in
        let key = "\(gateway.address(family)) \(interfaces[gateway.interface] ?? 0)"
        return before.contains("\(key) true") || before.contains("\(key) false")
      }
    }
    let after = validity(try kernel.neighbours())
    return isComplete && before.isSubset(of: after)
  }

  /// Passes everything that has arrived at the far ends to `body`: the egress interface and the frame.
  func receive(
    timeoutMilliseconds: Int32, _ body: (_ egress: String, _ frame: [UInt8]) -> Void
  ) throws(PacketSocketError) -> Int {
    var count = 0
    for (position, observer) in observers.enumerated() {
      // The first device is the one on which the last frame of a batch is awaited.
      var timeout = position == 0 ? timeoutMilliseconds : 0
      while true {
        let arrived = try observer.socket.receive(timeoutMilliseconds: timeout) { frame in
          body(observer.interface, frame.indices.map { frame[$0] })
        }
        if arrived == 0 { break }
        count += arrived
        timeout = 0
      }
    }
    return count
  }
}
