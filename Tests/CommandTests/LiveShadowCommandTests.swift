import JSON
import TestSupport
import Testing

/// `verify --shadow`.
@Suite("Live shadow commands")
struct LiveShadowCommandTests {
  private static let router = [
    LookupLab.interfaces, LookupLab.legacyRoutes, LookupLab.objects, LookupLab.singleRoutes,
    "sysctl -qw net.ipv4.fib_multipath_hash_seed=4711 net.ipv4.fib_multipath_hash_policy=1",
  ].joined(separator: "\n")

  private static func member(_ name: String, _ run: ProgramRun) throws -> JSONValue? {
    var reader = JSONReader(Array(run.output.utf8))
    return try reader.value()[name]
  }

  /// What lookups leave behind: which buckets name whom, and how many packets the groups have had.
  private static func traces() throws -> [Substring] {
    let lines = try Program.run("snapshot save -").output.split(separator: "\n")
    return lines.filter { $0.contains("group_stats") } + [
      Substring(try run("ip nexthop bucket show | cut -d' ' -f1-4,7-8"))
    ]
  }

  @Test("verify asks in the shadow, and leaves the buckets and counters of the machine alone")
  func verify() throws {
    try withNetworkNamespace {
      try run(Self.router)
      try run("sleep 1.2")
      let before = try Self.traces()
      let asked = try Program.run("verify --shadow --count 3000")
      #expect(asked.status == 0, "\(asked.output)\(asked.error)")
      #expect(asked.error == "")
      #expect(asked.output.contains("3000 flows compared with RTM_GETROUTE in a shadow on Linux "))
      #expect(asked.output.hasSuffix(": 0 mismatches\n"))
      #expect(try Self.traces() == before)
      // Every bucket has been idle for as long as it exists.
      let idle = try run("ip nexthop bucket show | sed 's/.*idle_time \\([0-9]*\\).*/\\1/' | sort -n | head -1")
      #expect(Int(idle.filter(\.isNumber)) ?? 0 >= 1)
      let json = try Program.run("verify --shadow --count 100 --json")
      #expect(try Self.member("shadow_differences", json) == .array([]))
      #expect(try Program.run("verify --count 3000").status == 0)
      #expect(try Self.traces() != before, "this test sees what lookups leave behind")
    }
  }

  @Test("a snapshot is verified in a shadow, and the seed of the command line is that of the shadow")
  func snapshot() throws {
    try withTemporaryDirectory { directory in
      let file = directory + "/router.json"
      try withNetworkNamespace {
        try run(Self.router)
        #expect(try Program.run("snapshot save \(file)").status == 0)
      }
      try withNetworkNamespace {
        let asked = try Program.run("verify --shadow --snapshot \(file) --count 500")
        #expect(asked.status == 0, "\(asked.output)\(asked.error)")
        #expect(asked.output.contains("500 flows compared"))
        #expect(try run("ip -br link").split(separator: "\n").count == 1)
        // As if it were of another machine that had its boot seed.
        try run("sed -i 's/\"boot_id\": *\"[^\"]*\"/\"boot_id\":\"x\"/; s/4711/0/' \(file)")
        let unknown = try Program.run("verify --shadow --snapshot \(file) --count 500")
        #expect(unknown.status == 1)
        #expect(unknown.errorLines.count == 1)
        #expect(unknown.error.contains("in the shadow, kernel ") && unknown.error.contains("another boot seed"))
        let known = try Program.run("verify --shadow --snapshot \(file) --count 500 --seed 99")
        #expect(known.status == 0, "\(known.output)\(known.error)")
        #expect(known.output.contains("0 mismatches") && !known.output.contains("uncertain"))
      }
    }
  }

  @Test("what the shadow has otherwise is named, and makes the answer a no")
  func differences() throws {
    try withTemporaryDirectory { directory in
      let file = directory + "/router.json"
      try withNetworkNamespace {
        try run(Self.router)
        #expect(try Program.run("snapshot save \(file)").status == 0)
        // More than a veth can do.
        try run("sed -i '/\"ifname\":\"o8\"/s/1500/70000/' \(file)")
        let asked = try Program.run("verify --shadow --snapshot \(file) --count 200")
        #expect(asked.status == 1)
        #expect(asked.errorLines.count == 1 && asked.error.contains("in the shadow, link o8 index "), "\(asked.error)")
        #expect(asked.error.contains("differs in its MTU: can not change interface"))
        #expect(
          asked.output.contains(": 0 mismatches\nthe shadow differs in 1 thing, about which this proves nothing"),
          "\(asked.output)")
      }
    }
  }

  @Test("without the privilege for namespaces it ends with 4 and one line")
  func privilege() throws {
    try withNetworkNamespace {
      let refused = try Program.run("verify --shadow", prefix: "setpriv --bounding-set=-all --inh-caps=-all")
      #expect(refused.status == 4, "\(refused.error)")
      #expect(refused.errorLines.count == 1)
      #expect(refused.output == "")
    }
  }
}
