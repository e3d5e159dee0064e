import Forwarding
import Paths
import Routing
import TestSupport
import Testing

/// Traced ways against real packets that go through several routers.
@Suite("Live traces")
struct LiveTraceTests {
  @Test(
    "every packet comes to the server that is predicted, through two tiers", arguments: [AddressFamily.ipv4, .ipv6])
  func packets(family: AddressFamily) throws {
    try withNetworkNamespace {
      let lab = try TraceLab(family)
      let ports: Range<UInt16> = 30000..<30400
      let places = try lab.send(from: ports)
      #expect(places.count == ports.count)
      let network = try lab.network()
      let interface = try #require(network.routers[0].table.interfaceIndex("in0"))
      var count: [String: Int] = [:]
      for port in ports {
        let flow = Flow(
          source: address(lab.client), destination: address(lab.anycast), ipProtocol: 17, sourcePort: port,
          destinationPort: 53, inputInterface: interface, origin: .forwarded, layer4Hash: .absent)
        let path = network.path(of: flow, from: 0)
        #expect(path.end == .delivered && path.isExact && path.hops.count == 3)
        let server = path.hops.last.map { network.routers[$0.router].name }
        #expect(server == places[port], "port \(port)")
        count[server ?? "", default: 0] += 1
      }
      // Under seeds of their own the tiers do not polarize: every server gets some.
      #expect(count.count == 4)
    }
  }

  @Test("the command says the way, the answer's way, and each step")
  func command() throws {
    try withNetworkNamespace {
      let lab = try TraceLab(.ipv4)
      try withTemporaryDirectory { directory in
        let file = "\(directory)/fabric"
        _ = try run("cat >\(file) <<'END'\n\(lab.topology)END")
        let flow = "172.16.255.66 from 10.2.0.100 iif in0 ipproto udp dport 53 l4hash none"
        let places = try lab.send(from: 30000..<30006)
        for port in UInt16(30000)..<30006 {
          let trace = try Program.run("trace --topology \(file) \(flow) sport \(port) --return")
          let server = try #require(places[port])
          #expect(trace.status == 0 && trace.error == "")
          #expect(trace.output.contains("\ndelivered to \(server); 3 routers, exact\n"))
          #expect(trace.output.contains("  3  \(server)  in eth0  local"))
          #expect(trace.output.contains("\nhanded to 10.2.0.100 on in0 of spine, which is no router of the topology;"))
          #expect(trace.output.hasSuffix("\nthere and back by the same routers\n"))
        }
        let explained = try Program.run("trace --topology \(file) \(flow) sport 7 --explain")
        #expect(explained.output.contains("siphash-2-4"))
        #expect(explained.output.components(of: "key: seed 11 ") == 1)

        let json = try Program.run("trace --topology \(file) \(flow) sport 30000 --return -j").output
        let keys = try run(
          "cat <<'END' | python3 -c 'import json, sys; r = json.load(sys.stdin); \(Self.check)'\n\(json)END")
        #expect(
          keys
            == "['spine', '\(places[30000]?.replacing("server", with: "leaf").dropLast() ?? "")', '\(places[30000] ?? "")'] delivered on-link True exact\n"
        )
      }
    }
  }

  private static let check = """
    print([h["router"] for h in r["hops"]], r["end"]["result"], r["return"]["end"]["result"], r["symmetric"], r["certainty"])
    """

  @Test("a leaf that has no way on, and a loop, are told, and the status says no")
  func dead() throws {
    try withNetworkNamespace {
      let lab = try TraceLab(.ipv4)
      try withTemporaryDirectory { directory in
        let file = "\(directory)/fabric"
        _ = try run("cat >\(file) <<'END'\n\(lab.topology)END")
        let command =
          "trace --topology \(file) 172.16.255.66 from 10.2.0.100 iif in0 ipproto udp sport 7 dport 53 l4hash none"
        for leaf in ["leaf1", "leaf2"] {
          try lab.machines[leaf]?.side.enter { _ = try run("ip route replace unreachable 172.16.255.66") }
        }
        let refused = try Program.run(command)
        #expect(refused.status == 1)
        #expect(refused.output.contains(": a route of type unreachable; 2 routers, exact\n"))
        for (leaf, cable) in [("leaf1", 1), ("leaf2", 2)] {
          try lab.machines[leaf]?.side.enter {
            _ = try run("ip route del 172.16.255.66; ip route add 172.16.255.66 via \(lab.address(cable, 2))")
          }
        }
        let loop = try Program.run(command)
        #expect(loop.status == 1)
        #expect(loop.output.contains("\ngoes in a loop: it comes to hop "))
      }
    }
  }

  @Test("the shared options say which router is the live one, and which family the flow is of")
  func sharedOptions() throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try run(
          """
          ip link set lo up; ip link add o1 type veth peer name p1; ip link set p1 up; ip link set o1 up
          ip addr add 10.1.1.1/24 dev o1; ip route add 198.51.100.0/24 via 10.1.1.2
          printf 'router a live\\n' >\(directory)/fabric
          """)
        #expect(try Program.run("snapshot save \(directory)/s.json").status == 0)
        let trace = "trace --topology \(directory)/fabric 198.51.100.7"
        let live = try Program.run(trace)
        #expect(live.status == 0 && live.output.contains("out o1 via 10.1.1.2"), "\(live.output)\(live.error)")
        #expect(try Program.run("\(trace) -4").output == live.output)
        #expect(try Program.run("\(trace) --netns $$").output == live.output)
        // Outside of the namespace nothing leads there.
        let elsewhere = try Program.run("\(trace) --snapshot \(directory)/s.json", prefix: "unshare -n")
        #expect(elsewhere.status == 0 && elsewhere.output == live.output, "\(elsewhere.output)\(elsewhere.error)")
        let other = try Program.run("\(trace) -6")
        #expect(other.status == 2 && other.error == "ecmpctl: 198.51.100.7 is not of the family that -6 asks for\n")
        let nowhere = try Program.run("\(trace) iif o7")
        #expect(nowhere.error == "ecmpctl: there is no interface \"o7\" (the flow begins at a)\n")
        try run("printf 'router a live\\nrouter b netns 1\\n' >\(directory)/fabric")
        let asked = try Program.run("\(trace) --snapshot \(directory)/s.json")
        #expect(
          asked.status == 2 && asked.error.contains("/fabric:2: router b: --snapshot asks no kernel"), "\(asked.error)")
      }
    }
  }

  @Test(
    "what is wrong with a topology is said in one line",
    arguments: [
      ("router a live\nrouter a live\n", ":2: router a is there twice"),
      (
        "router a netns nowhere-to-be-found\n",
        "/fabric:1: router a: there is no network namespace \"nowhere-to-be-found\""
      ),
      ("router a live\ncable a:lo b:lo\n", ":2: there is no router b"),
      ("router a live\nrouter b live\n", ": only one router can be live: a, b"),
      ("router a live\ncable a:lo a:swp77\n", ":2: a has no interface swp77"),
      ("# one\nrouter a snapshot missing.json\n", "/fabric:2: router a: can not read "),
      ("router a live\nrouter b snapshot fabric\n", "/fabric:2: router b: "),
      ("switch a\n", ":1: \"switch\" is neither router nor cable"),
      ("# nothing\n", ": there is no router in it"),
    ])
  func mistakes(text: String, message: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        _ = try run("cat >\(directory)/fabric <<'END'\n\(text)END")
        let trace = try Program.run("trace --topology \(directory)/fabric 10.0.0.1")
        #expect(trace.status >= 2)
        #expect(trace.output == "")
        #expect(trace.errorLines.count == 1 && trace.error.contains(message), "\(trace.error)")
      }
    }
  }
}

extension String {
  /// How often a text is in it.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
