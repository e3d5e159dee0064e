import FlowSources
import Routing
import TestSupport
import Testing

/// The flows that `verify` asks the kernel about.
@Suite("Flows that suit a state")
struct StateFlowsTests {
  @Test(
    "go to addresses of the prefix that was asked for, all over it",
    arguments: ["10.64.0.0/11", "198.51.100.7/32", "2001:db8:100::/64", "2001:db8::/41", "fd00::8/125"])
  func prefixes(text: String) throws {
    let prefix = try Prefix(parsing: text)
    let state = RoutingState(
      kernel: KernelIdentity(release: "6.12.0", machine: "x86_64"), rules: Rule.defaults(prefix.family),
      routes: [Route(destination: prefix, nexthops: .legs(.single(RouteLeg(interface: 2))))])
    let flows = StateFlows(state: state, prefix: prefix)
    var generator = SeededGenerator(seed: 7)
    var seen: Set<IPAddress> = []
    for _ in 0..<200 {
      let destination = try #require(flows.next(using: &generator)).destination
      #expect(prefix.contains(destination), "\(destination)")
      seen.insert(destination)
    }
    let hosts = prefix.family.addressLength - prefix.length
    #expect(seen.count > (hosts == 0 ? 0 : hosts < 8 ? 4 : 150))
  }

  @Test("come in where that is said, all of them")
  func ingress() throws {
    let prefix = try Prefix(parsing: "198.51.100.0/24")
    let state = RoutingState(
      kernel: KernelIdentity(release: "6.12.0", machine: "x86_64"),
      links: [2, 3].map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) }, rules: Rule.defaults(.ipv4),
      routes: [Route(destination: prefix, nexthops: .legs(.single(RouteLeg(interface: 2))))])
    var generator = SeededGenerator(seed: 7)
    func arrivals(_ flows: StateFlows) -> Set<UInt32> {
      Set(
        (0..<100).compactMap { _ in flows.next(using: &generator) }.map {
          $0.origin == .forwarded ? $0.inputInterface : 0
        })
    }
    #expect(arrivals(StateFlows(state: state)) == [0, 2, 3])
    #expect(arrivals(StateFlows(state: state, ingress: 3)) == [3])
  }
}
