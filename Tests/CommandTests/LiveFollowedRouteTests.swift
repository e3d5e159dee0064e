import TestSupport
import Testing

/// Following, where `ip` plays the daemon: what FRR does not do on its own.
@Suite("Live followed routes", .serialized)
struct LiveFollowedRouteTests {
  /// Four interfaces, and a guard if there is to be one.
  struct Lab {
    let tool: TransactionLab

    static func with(guarded: Bool = true, _ body: (Lab) throws -> Void) throws {
      try withNetworkNamespace {
        try withTemporaryDirectory { directory in
          try TestSupport.run(
            """
            sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
            for n in 1 2 3 4; do
              ip link add o$n type veth peer name p$n; ip link set p$n up; ip link set o$n up
              ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
            done
            """)
          let lab = Lab(tool: TransactionLab(directory: directory))
          guard guarded else { return try body(lab) }
          let process = try TestSupport.run(
            """
            cd \(directory)
            '\(Program.path)' resilient guard --journal journal >log 2>&1 &
            p=$!
            for i in $(seq 6000); do grep -qs 'no group' log && break; sleep 0.01; done
            echo $p
            """
          ).filter(\.isNumber)
          defer { _ = try? TestSupport.run("kill -KILL \(process) 2>/dev/null || true") }
          try body(lab)
        }
      }
    }

    /// The gateways of a route by their networks, as `ip` tells them; nil where there is no such route.
    func gateways(_ selector: String) throws -> [String]? {
      let text = try TestSupport.run("ip \(selector) 2>/dev/null || true")
      guard !text.isEmpty else { return nil }
      let words = text.split(whereSeparator: { " \n\t".contains($0) })
      return zip(words, words.dropFirst()).filter { $0.0 == "dev" }.map { String($0.1) }.sorted()
    }

    /// Waits until a route goes over these interfaces.
    func wait(_ selector: String, for interfaces: [String]?) throws {
      for _ in 0..<6000 {
        if try gateways(selector) == interfaces { return }
        try TestSupport.run("sleep 0.01")
      }
      throw CommandFailure(
        command: selector, status: 1, output: try TestSupport.run("cat \(tool.directory)/log; ip rule; ip \(selector)"))
    }

    func resilient(_ arguments: String) throws {
      let run = try tool.resilient(arguments)
      #expect(run.status == 0, "\(run.error)\(run.output)")
    }
  }

  private static let picture = """
    ip -o -4 route show table all | grep -v 'table local' | sort
    ip -o -6 route show table all | grep -v 'table local\\|fe80\\|ff00' | sort; ip rule; ip nexthop
    """

  private static func legs(_ numbers: [Int]) -> String {
    numbers.map { "nexthop via 10.1.\($0).2 dev o\($0)" }.joined(separator: " ")
  }

  @Test("without a better metric, rules lead to a table of its own, and more specific routes go first")
  func rules() throws {
    try Lab.with { lab in
      let prefix = "198.51.100.0/24"
      try TestSupport.run(
        "ip route add \(prefix) proto bird \(Self.legs([1, 2, 3])); ip route add 198.51.100.128/25 via 10.1.4.2")
      let before = try TestSupport.run(Self.picture)
      try lab.resilient("apply \(prefix) --follow --yes")
      let own = "route show table 7700"
      try lab.wait(own, for: ["o1", "o2", "o3"])
      #expect(try TestSupport.run("ip route get 198.51.100.1").contains("table 7700"))
      #expect(try TestSupport.run("ip route get 198.51.100.200").contains("dev o4"))
      // The group follows the legs of the daemon's route.
      try TestSupport.run("ip route replace \(prefix) proto bird \(Self.legs([2, 3, 4]))")
      try lab.wait(own, for: ["o2", "o3", "o4"])
      // It goes and comes with that route.
      try TestSupport.run("ip route del \(prefix)")
      try lab.wait(own, for: nil)
      #expect(!(try TestSupport.run("ip rule").contains("198.51.100.0")))
      try TestSupport.run("ip route add \(prefix) proto bird \(Self.legs([1, 2, 3]))")
      try lab.wait(own, for: ["o1", "o2", "o3"])
      #expect(try TestSupport.run("ip route get 198.51.100.200").contains("dev o4"))
      try lab.resilient("revert \(prefix) --yes")
      #expect(try TestSupport.run(Self.picture) == before)
    }
  }

  @Test("an IPv6 route that is removed and added at once, as zebra replaces it, does not take ours along")
  func ipv6() throws {
    try Lab.with { lab in
      func route(_ id: Int) -> String { "route add 2001:db8:a::/48 proto bgp metric 20 nhid \(id)" }
      try TestSupport.run(
        """
        for n in 1 2 3; do ip nexthop add id 4$n via fd00:$n::2 dev o$n proto zebra; done
        ip nexthop add id 50 group 41/42/43 proto zebra; ip nexthop add id 51 group 41/43 proto zebra
        ip -6 \(route(50))
        """)
      let before = try TestSupport.run(Self.picture)
      try lab.resilient("apply 2001:db8:a::/48 --follow --yes")
      let own = "-6 route show 2001:db8:a::/48 metric 10"
      try lab.wait(own, for: ["o1", "o2", "o3"])
      try lab.wait("-6 route show 2001:db8:a::/48 metric 20", for: ["o1", "o2", "o3"])
      try TestSupport.run("until grep -q 'keeps group' \(lab.tool.directory)/log; do sleep 0.01; done")
      for round in 0..<40 {
        try TestSupport.run(
          """
          ip -6 -batch - <<END
          route del 2001:db8:a::/48 metric 20
          \(route(round % 2 == 0 ? 51 : 50))
          END
          """)
        if round % 4 == 0 { try lab.wait(own, for: ["o1", "o3"]) }
        if round % 4 == 1 { try lab.wait(own, for: ["o1", "o2", "o3"]) }
      }
      try lab.wait(own, for: ["o1", "o2", "o3"])
      let log = try TestSupport.run("cat \(lab.tool.directory)/log")
      #expect(!log.contains("took our route"), "\(log)")
      try lab.resilient("revert 2001:db8:a::/48 --yes")
      #expect(try TestSupport.run(Self.picture) == before)
    }
  }

  @Test("a kill at any place of a step with a route or a rule can be undone and finished")
  func kills() throws {
    try Lab.with(guarded: false) { lab in
      let prefix = "198.51.100.0/24"
      try TestSupport.run("ip route add \(prefix) proto bird \(Self.legs([1, 2]))")
      let before = try TestSupport.run(Self.picture)
      let apply = "apply \(prefix) --follow --yes --no-verify"
      for step in 4...6 {
        for place in ["written", "sent", "noted"] {
          for finishes in [true, false] {
            let note = Comment(rawValue: "\(place):\(step), finished: \(finishes)")
            try lab.tool.killed(at: "\(place):\(step)", apply)
            if finishes {
              try lab.resilient("apply --resume --no-verify")
              let lines = try TestSupport.run("ip rule; ip route show table 7700")
              #expect(lines.components(of: "198.51.100.0/24") == 3, note)
              try lab.resilient("revert \(prefix) --yes --no-verify")
            } else {
              try lab.resilient("rollback")
            }
            #expect(try TestSupport.run(Self.picture) == before, note)
          }
        }
      }
    }
  }
}

extension String {
  /// How often `text` is there.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
