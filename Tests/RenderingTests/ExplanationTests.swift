import Forwarding
import JSON
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
    #expect(text.contains("rule 32766, from all lookup main: matches\n"), "\(text)")
  }

  @Test("name what each rule selects by, and where it leads")
  func rules() throws {
    var marked = Rule(family: .ipv4, priority: 100, action: .lookup(table: 100))
    marked.source = try Prefix(parsing: "10.9.0.0/16")
    (marked.mark, marked.markMask, marked.isInverted) = (0x10, 0xff, true)
    var ports = Rule(family: .ipv4, priority: 200, action: .goto(priority: 300))
    ports.inputInterface = "o1"
    ports.ipProtocol = 6
    ports.destinationPorts = Rule.Range(first: 80, last: 90)
    ports.sourcePorts = Rule.Range(first: 7, last: 7)
    var suppressed = Rule(family: .ipv4, priority: 300, action: .lookup(table: 254))
    suppressed.destination = try Prefix(parsing: "192.0.2.1/32")
    (suppressed.dscp, suppressed.suppressPrefixLength) = (10, 0)
    let state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"), rules: [marked, ports, suppressed])
    let formatter = PredictionFormatter(state: state, names: NameTables())
    var flow = Flow(
      source: try #require(IPAddress("10.9.0.1")), destination: try #require(IPAddress("192.0.2.1")), ipProtocol: 17)
    flow.origin = .forwarded
    let (decision, trace) = ForwardingTable(state).explain(flow)
    let lines = formatter.explanation(decision, trace).split(separator: "\n").filter { $0.hasPrefix("  rule") }
    #expect(
      lines == [
        "  rule 100, not from 10.9.0.0/16 fwmark 0x10/0xff lookup 100: matches",
        "  rule 200, from all iif o1 ipproto 6 sport 7 dport 80-90 goto 300: does not match",
        "  rule 300, from all to 192.0.2.1 dscp 10 lookup main suppress_prefixlength 0: does not match",
      ])
  }

  @Test("The policy is in the JSON of a hashed route whose hash is not known")
  func policyWithoutHash() throws {
    let legs = [UInt32(2), 3].map { RouteLeg(gateway: IPAddress(ipv4: 0x0a00_0002 | $0 << 8), interface: $0) }
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [2, 3].map { Link(index: $0, name: "o\($0)", flags: 0x1_1043) }, rules: Rule.defaults(.ipv4),
      routes: [Route(destination: .everything(.ipv4), nexthops: .legs(.multipath(legs)))])
    state.settings.ipv4Hash.policy = 1
    state.settings.hashSeed = 0
    var flow = Flow(
      source: IPAddress(ipv4: 0x0a09_0001), destination: IPAddress(ipv4: 0xc000_0201), ipProtocol: 17)
    (flow.origin, flow.inputInterface, flow.sourcePort, flow.destinationPort) = (.forwarded, 2, 1, 2)
    let decision = ForwardingTable(state).decide(flow)
    #expect(decision.outcome == .undetermined)
    var writer = JSONWriter()
    PredictionFormatter(state: state, names: NameTables()).write(flow, decision, to: &writer)
    #expect(writer.text.contains("\"policy\":1,"), "\(writer.text)")
  }
}
