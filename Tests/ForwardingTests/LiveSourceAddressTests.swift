import Forwarding
import KernelRouting
import Routing
import TestSupport
import Testing

@Suite("The source address of a socket without one")
struct LiveSourceAddressTests {
  @Test(
    "An address that is for this machine alone is passed over, and one of another interface taken, as the kernel does")
  func hostScope() throws {
    try withNetworkNamespace {
      try run(
        """
        for n in 0 1; do ip link add d$n type veth peer name p$n; ip link set d$n up; ip link set p$n up; done
        ip address add 10.9.0.1/32 dev d0 scope host
        ip address add 10.8.0.1/24 dev d1
        ip route add 10.5.0.0/16 via 10.7.7.7 dev d0 onlink
        ip route add 10.6.0.0/16 dev d0
        ip route add 10.4.0.0/16 via 10.8.0.2
        """)
      var kernel = try Kernel()
      let table = ForwardingTable(try kernel.readState())
      for destination in ["10.4.0.9", "10.5.0.9", "10.6.0.9"] {
        var flow = Flow(
          source: .unspecified(.ipv4), destination: address(destination), ipProtocol: 17, sourcePort: 1,
          destinationPort: 2)
        flow.origin = .local
        flow.socket = .connected
        let selected = table.decide(flow, for: .traffic).selectedSource
        let asked = try run("ip route get \(destination)")
        #expect(selected.map { asked.contains("src \($0) ") } ?? false, "\(asked)")
      }
    }
  }
}
