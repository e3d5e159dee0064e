import Forwarding
import KernelRouting
import Routing
import TestSupport
import Testing
import Verification

/// Legs over point-to-point interfaces, which have one neighbour whatever the gateway.
@Suite("Neighbours of point-to-point interfaces")
struct LivePointToPointTests {
  private static let router = """
    sysctl -qw net.ipv4.fib_multipath_use_neigh=1 net.ipv4.fib_multipath_hash_seed=77
    for n in 1 2 3; do
      ip tuntap add dev t$n mode tun; ip link set t$n arp on; ip link set t$n up; ip addr add 10.1.$n.1/24 dev t$n
    done
    ip route add 198.18.0.0/24 nexthop via 10.1.1.2 nexthop via 10.1.2.2 nexthop via 10.1.3.2

    """

  @Test(
    "one that has failed takes no flow",
    arguments: [
      "", "ip neigh replace 10.1.1.2 dev t1 nud failed", "ip neigh replace 10.1.2.9 dev t2 nud failed",
      "ip neigh replace 10.1.1.2 dev t1 nud permanent lladdr 00:00:00:00:00:01; ip neigh replace 10.1.3.2 dev t3 nud failed",
    ])
  func failed(neighbours: String) throws {
    try withNetworkNamespace {
      try run(Self.router + neighbours)
      var kernel = try Kernel()
      var state = try kernel.readState()
      // The interfaces have no carrier, and the setting about that was never written.
      state.rebalanced = [.ipv4: Set(state.links.map(\.index))]
      #expect(neighbours.isEmpty != state.neighbours.contains { $0.address == .unspecified(.ipv4) })
      var verification = Verification(ForwardingTable(state))
      for host in 1...60 {
        let flow = Flow(source: .unspecified(.ipv4), destination: address("198.18.0.\(host)"), ipProtocol: 17)
        try verification.add(flow, kernel: &kernel)
      }
      try verification.flush(kernel: &kernel)
      #expect(verification.mismatchCount == 0, "\(neighbours): \(verification.mismatches)")
      #expect(verification.uncertain == 0 && verification.hashed == 60)
    }
  }
}
