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
}
