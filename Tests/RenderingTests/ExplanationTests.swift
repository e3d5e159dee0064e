import Forwarding
import Rendering
import Routing
import Testing

@Suite("The steps of a decision")
struct ExplanationTests {
  @Test("are told where the original IPv6 rules are deleted, and the kernel may go by them all the same")
  func deletedRules() {
    let destination = Prefix(containing: IPAddress(ipv6High: 0x2001_0db8 << 32, low: 0), length: 32)
    let state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [Link(index: 2, name: "o1", flags: 0x1_1043)], rules: Rule.defaults(.ipv4),
      routes: [Route(destination: destination, nexthops: .legs(.single(RouteLeg(interface: 2))))])
    let flow = Flow(
      source: IPAddress(ipv6High: 0x2001_0db8 << 32, low: 7), destination: destination.address, ipProtocol: 17)
    let (decision, trace) = ForwardingTable(state).explain(flow)
    #expect(decision.caveats.contains(.ruleHistory) && decision.rule == nil)
    let text = PredictionFormatter(state: state, names: NameTables()).explanation(decision, trace)
    #expect(text.contains("rule 32766: matches\n"), "\(text)")
  }
}
