import KernelRouting
import Routing
import TestSupport
import Testing

/// Neighbours that the kernel is asked to look for.
@Suite("Looking for neighbours")
struct LiveNeighbourTests {
  @Test("the kernel looks for one that is not known, or has failed; one that was entered meanwhile stays as it is")
  func seek() throws {
    try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name p1; ip link set o1 up; ip link set p1 up; ip addr add 10.1.0.1/24 dev o1
        ip neigh add 10.1.0.3 dev o1 nud failed
        ip neigh add 10.1.0.4 dev o1 lladdr 02:00:00:00:00:04 nud permanent
        ip neigh add 10.1.0.5 dev o1 lladdr 02:00:00:00:00:05 nud noarp
        """)
      var kernel = try Kernel()
      let index = try #require(try kernel.links().first { $0.name == "o1" }?.index)
      for host in 2...5 { try kernel.seek(address("10.1.0.\(host)"), on: index, isKnown: host == 3) }
      let states = Dictionary(uniqueKeysWithValues: try kernel.neighbours(family: .ipv4).map { ($0.address, $0.state) })
      #expect(states[address("10.1.0.2")] == .incomplete)
      #expect(states[address("10.1.0.3")] == .incomplete)
      #expect(states[address("10.1.0.4")] == .permanent)
      #expect(states[address("10.1.0.5")] == .noARP)
    }
  }
}
