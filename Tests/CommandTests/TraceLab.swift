import Forwarding
import KernelRouting
import PacketSockets
import Paths
import Routing
import TestSupport

/// Two tiers of multipath: a spine in the calling thread's namespace, two leaves, and two servers behind each, all of which
/// have the anycast address.
///
///                          .--- swp1 ---- up0 leaf1 down1 ---- eth0 server11
///     in0p --- in0 --- spine                        down2 ---- eth0 server12
///                          '--- swp2 ---- up0 leaf2 down1 ---- eth0 server21
///                                                   down2 ---- eth0 server22
final class TraceLab {
  /// What a namespace and its observer are kept in: they can not be copied.
  final class Machine {
    let side: SideNamespace
    /// What comes to a server.
    var observer: PacketSocket?

    init(_ side: consuming SideNamespace) { self.side = side }
  }

  static let spineAddress = "02:00:00:00:fe:01"
  static let servers = ["server11", "server12", "server21", "server22"]

  let family: AddressFamily
  /// By name; the spine has none.
  private(set) var machines: [String: Machine] = [:]
  private var sender: PacketSocket

  var anycast: String { family == .ipv4 ? "172.16.255.66" : "fd16::66" }
  var client: String { family == .ipv4 ? "10.2.0.100" : "fd02::100" }
  private var hostLength: Int { family == .ipv4 ? 32 : 128 }
  private var clientNet: String { family == .ipv4 ? "10.2.0.0/24" : "fd02::/64" }

  /// The address of one end of the cable number `cable`.
  func address(_ cable: Int, _ end: Int) -> String {
    family == .ipv4 ? "10.1.\(cable).\(end)" : "fd01:\(cable)::\(end)"
  }

  private var length: Int { family == .ipv4 ? 24 : 64 }
  private var ip: String { family == .ipv4 ? "ip -4" : "ip -6" }
  private var noDetection: String { family == .ipv4 ? "" : "nodad" }

  private func settings(seed: Int) -> String {
    """
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1
    sysctl -qw net.ipv4.fib_multipath_hash_seed=\(seed)
    """
  }

  init(_ family: AddressFamily) throws {
    self.family = family
    try run(
      """
      ip link add in0 address \(Self.spineAddress) type veth peer name in0p
      ip link set in0p up; ip link set in0 up
      """)
    sender = try PacketSocket(interface: "in0p", for: .sending)
    try run(
      "\(settings(seed: 11))\n\(ip) addr add \(family == .ipv4 ? "10.2.0.1/24" : "fd02::1/64") dev in0 \(noDetection)")
    for leaf in 1...2 { try addLeaf(leaf) }
    try run(
      "\(ip) route add \(anycast) nexthop via \(address(1, 1)) dev swp1 nexthop via \(address(2, 1)) dev swp2")
    for name in Self.servers {
      let machine = machines[name]
      try machine?.side.enter { machine?.observer = try PacketSocket(interface: "eth0") }
    }
  }

  private func addLeaf(_ leaf: Int) throws {
    let side = try SideNamespace.make()
    try run(
      """
      ip link add swp\(leaf) type veth peer name up0 netns \(side.process)
      \(ip) addr add \(address(leaf, 2))/\(length) dev swp\(leaf) \(noDetection); ip link set swp\(leaf) up
      """)
    try side.enter {
      _ = try run(
        """
        \(settings(seed: 20 + leaf))
        \(ip) addr add \(address(leaf, 1))/\(length) dev up0 \(noDetection); ip link set up0 up
        \(ip) route add \(clientNet) via \(address(leaf, 2))
        """)
      for server in 1...2 { try addServer(leaf, server) }
      _ = try run(
        """
        \(ip) route add \(anycast) nexthop via \(address(10 * leaf + 1, 1)) dev down1 weight 2 \
          nexthop via \(address(10 * leaf + 2, 1)) dev down2
        """)
    }
    machines["leaf\(leaf)"] = Machine(side)
  }

  private func addServer(_ leaf: Int, _ server: Int) throws {
    let cable = 10 * leaf + server
    let side = try SideNamespace.make()
    try run(
      """
      ip link add down\(server) type veth peer name eth0 netns \(side.process)
      \(ip) addr add \(address(cable, 2))/\(length) dev down\(server) \(noDetection); ip link set down\(server) up
      """)
    try side.enter {
      _ = try run(
        """
        \(settings(seed: 99))
        \(ip) addr add \(address(cable, 1))/\(length) dev eth0 \(noDetection); ip link set eth0 up
        \(ip) addr add \(anycast)/\(hostLength) dev lo \(noDetection)
        \(ip) route add default via \(address(cable, 2))
        """)
    }
    machines["server\(cable)"] = Machine(side)
  }

  /// The topology as a file; no cables, as addresses tell them.
  var topology: String {
    let others = (["leaf1", "leaf2"] + Self.servers).map { "router \($0) netns \(machines[$0]?.side.process ?? "?")\n" }
    return "# two tiers\nrouter spine live\n" + others.joined()
  }

  /// The routers, read one after the other.
  func network() throws -> Network {
    func router(_ name: String) throws -> Network.Router {
      var kernel = try Kernel(visiting: ())
      let state = try kernel.readState()
      return Network.Router(name: name, state: state, table: ForwardingTable(state))
    }
    let others = try (["leaf1", "leaf2"] + Self.servers).map { name in
      try machines[name]?.side.enter { try router(name) }
    }
    return try Network([router("spine")] + others.compactMap { $0 }, cables: [], file: "lab")
  }

  /// Sends a UDP packet from each source port, and says which server it came to.
  func send(from ports: Range<UInt16>) throws -> [UInt16: String] {
    let version: UInt16 = family == .ipv4 ? 0x0800 : 0x86dd
    let frames = ports.map { port in
      [2, 0, 0, 0, 0xfe, 1, 2, 0, 0, 0, 0xfe, 2] + Packets.bytes16(version)
        + Packets.ip(TestSupport.address(client), TestSupport.address(anycast), 17, Packets.transport(17, port, 53))
    }
    var places: [UInt16: String] = [:]
    let start = family == .ipv4 ? 34 : 54
    for part in stride(from: 0, to: frames.count, by: 50) {
      try sender.send(Array(frames[part..<min(part + 50, frames.count)]))
      let deadline = ContinuousClock.now + .seconds(5)
      while places.count < min(part + 50, frames.count), ContinuousClock.now < deadline {
        for name in Self.servers {
          try machines[name]?.observer?.receive(timeoutMilliseconds: 1) { frame in
            guard frame.count >= start + 4, frame[start + 2] == 0, frame[start + 3] == 53 else { return }
            places[UInt16(frame[start]) << 8 | UInt16(frame[start + 1])] = name
          }
        }
      }
    }
    return places
  }
}
