import Forwarding
import JSON
import Rendering
import Routing
import Testing

@Suite("CSV of one prediction")
struct PredictionCSVTests {
  private static func state(dev name: String) -> RoutingState {
    RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [Link(index: 2, name: name, flags: 0x1_1043)], rules: Rule.defaults(.ipv4),
      routes: [
        Route(
          destination: prefix("198.51.100.0/24"), table: RouteTable.main,
          nexthops: .legs(.single(leg("10.0.0.1", dev: 2))))
      ])
  }

  private static func line(_ flow: Flow?, dev name: String = "eth0") -> String {
    let state = state(dev: name)
    let decision = flow.map { ForwardingTable(state).decide($0) } ?? Decision(outcome: .dropped(.timeExceeded))
    var bytes: [UInt8] = []
    PredictionFormatter(state: state, names: NameTables()).appendCSV(flow, decision, index: 7, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func flow(
    _ source: String = "10.2.0.1", proto: UInt8 = 17, _ sport: UInt16 = 0, _ dport: UInt16 = 0
  ) -> Flow {
    Flow(
      source: address(source), destination: address("198.51.100.7"), ipProtocol: proto, sourcePort: sport,
      destinationPort: dport, inputInterface: 2, origin: .forwarded, layer4Hash: .absent)
  }

  @Test(
    "An interface's name stands in quotes where a reader would take it apart",
    arguments: [
      ("eth0", "eth0"), ("a,b", "\"a,b\""), ("we\"ird", "\"we\"\"ird\""), ("two\nlines", "\"two\nlines\""),
      (" blank", "\" blank\""), ("in side", "in side"), ("tail\t", "\"tail\t\""), ("", ""),
    ])
  func quotes(name: String, field: String) {
    let line = Self.line(Self.flow(proto: 17, 1000, 53), dev: name)
    #expect(line == "7,10.2.0.1,198.51.100.7,17,1000,53,10.0.0.1,\(field),,,,,exact\n")
  }

  @Test(
    "A field that does not apply is empty",
    arguments: [
      ("UDP", flow(proto: 17, 1000, 53), "10.2.0.1,198.51.100.7,17,1000,53"),
      ("a port of 0 beside one that is none", flow(proto: 6, 0, 53), "10.2.0.1,198.51.100.7,6,0,53"),
      ("a fragment", flow(proto: 17), "10.2.0.1,198.51.100.7,17,,"),
      ("ICMP", flow(proto: 1), "10.2.0.1,198.51.100.7,1,,"),
      ("GRE", flow(proto: 47), "10.2.0.1,198.51.100.7,47,,"),
      ("no protocol", flow(proto: 0), "10.2.0.1,198.51.100.7,,,"),
      ("no source", flow("0.0.0.0", proto: 0), ",198.51.100.7,,,"),
    ])
  func empty(name: String, flow: Flow, fields: String) {
    #expect(Self.line(flow).hasPrefix("7,\(fields),"), "\(name)")
  }

  @Test("A frame without a packet has no flow")
  func noFlow() {
    #expect(Self.line(nil).hasPrefix("7,,,,,,,"))
  }

  @Test("A dropped flow has no nexthop and no group, whatever its route has")
  func dropped() {
    var state = Self.state(dev: "eth0")
    state.groups = [NexthopGroup(id: 50, members: [.init(id: 1), .init(id: 2)])]
    state.routes[0].nexthops = .object(id: 50, expansion: .none)
    var decision = Decision(outcome: .dropped(.forwardingDisabled))
    decision.route = 0
    let formatter = PredictionFormatter(state: state, names: NameTables())
    var bytes: [UInt8] = []
    formatter.appendCSV(Self.flow(proto: 17, 1000, 53), decision, index: 7, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "7,10.2.0.1,198.51.100.7,17,1000,53,,,,,,,exact\n")
    var json = JSONWriter()
    formatter.write(Self.flow(proto: 17, 1000, 53), decision, to: &json)
    #expect(json.text.contains(#""route":{"type":"dropped","dst":"198.51.100.0/24""#))
    #expect(!json.text.contains("\"group\""))
  }

  @Test("JSON leaves out what does not apply, and nothing of a flow with ports")
  func json() throws {
    func keys(_ flow: Flow) throws -> [String] {
      let state = Self.state(dev: "eth0")
      var json = JSONWriter()
      PredictionFormatter(state: state, names: NameTables()).write(flow, ForwardingTable(state).decide(flow), to: &json)
      let value = try JSONValue(parsing: String(decoding: json.bytes, as: UTF8.self))
      return ["src", "dst", "proto", "sport", "dport"].filter { value["flow"]?[$0] != nil }
    }
    #expect(try keys(Self.flow("0.0.0.0", proto: 0, 0, 53)) == ["src", "dst", "proto", "sport", "dport"])
    #expect(try keys(Self.flow(proto: 1)) == ["src", "dst", "proto"])
    #expect(try keys(Self.flow("0.0.0.0", proto: 0)) == ["dst"])
  }
}
