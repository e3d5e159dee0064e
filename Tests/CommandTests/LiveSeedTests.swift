import JSON
import TestSupport
import Testing

/// `seed`, and what the other commands make of a recovered seed.
@Suite("Live seed commands")
struct LiveSeedTests {
  /// Shell words in front of the program that give it a /run of its own, with a file of the recovered seed.
  private static func run(with file: String, permissions: String = "600") -> String {
    let script = """
      mount -t tmpfs tmpfs /run && mkdir -m 700 /run/ecmpctl && printf "%s" "$0" >/run/ecmpctl/boot-seed &&
      chmod \(permissions) /run/ecmpctl/boot-seed && exec "$@"
      """
    return "unshare --mount sh -c '\(script)' '\(file)'"
  }

  private static let emptyRun = #"unshare --mount sh -c 'mount -t tmpfs tmpfs /run && exec "$@"' sh"#

  private static func file(seed: UInt32, bootID: String? = nil) throws -> String {
    let bootID = try bootID ?? TestSupport.run("cat /proc/sys/kernel/random/boot_id").filter { $0 != "\n" }
    return #"{"boot_id":"\#(bootID)","seed":\#(seed)}"#
  }

  /// A route of two legs in the namespace of the thread.
  private static let routes = """
    ip link add o1 type veth peer name p1; ip link set o1 up; ip link set p1 up; ip addr add 10.1.1.1/24 dev o1
    ip route add 198.51.100.0/24 nexthop via 10.1.1.2 nexthop via 10.1.1.3
    """

  private static func setSeed(_ seed: UInt32) throws {
    try TestSupport.run("echo \(seed) >/proc/sys/net/ipv4/fib_multipath_hash_seed")
  }

  private static func member(_ name: String, _ run: ProgramRun) throws -> JSONValue? {
    var reader = JSONReader(Array(run.output.utf8))
    return try reader.value()[name]
  }

  @Test("seed show says whether the key is known, and from where")
  func show() throws {
    try withNetworkNamespace {
      let unknown = try Program.run("seed show --json", prefix: Self.emptyRun)
      #expect(unknown.status == 0)
      #expect(try Self.member("key_known", unknown) == .bool(false))
      #expect(try Self.member("origin", unknown) == .string("boot"))
      #expect(try Self.member("sysctl", unknown) == .integer(0))

      let recovered = try Program.run("seed show -j", prefix: Self.run(with: Self.file(seed: 4711)))
      #expect(try Self.member("key_known", recovered) == .bool(true))
      #expect(try Self.member("origin", recovered) == .string("recovered"))
      #expect(try Self.member("seed", recovered) == .integer(4711))
      let text = try Program.run("seed show", prefix: Self.run(with: Self.file(seed: 4711))).output
      #expect(text.hasPrefix("the key is known: boot seed 4711 (0x1267), recovered\n"))

      try Self.setSeed(7)
      let set = try Program.run("seed show --json", prefix: Self.run(with: Self.file(seed: 4711)))
      #expect(try Self.member("seed", set) == .integer(7))
      #expect(try Self.member("origin", set) == .string("sysctl"))
    }
  }

  @Test("predict, verify and show policy take the recovered seed where the setting is 0")
  func use() throws {
    try withNetworkNamespace {
      try TestSupport.run(Self.routes)
      let prefix = try Self.run(with: Self.file(seed: 4711))
      let flow = "198.51.100.7 from 10.1.1.1 ipproto udp sport 1000 dport 53"
      let predicted = try Program.run("predict \(flow) --explain", prefix: prefix)
      #expect(predicted.output.contains("\n  key: boot seed 4711, recovered\n"), "\(predicted.output)")
      #expect(predicted.error == "")
      #expect(
        try predicted.output.split(separator: "\n").first
          == Program.run("predict \(flow) --seed 4711").output
          .split(separator: "\n").first)
      #expect(try Program.run("show policy -4", prefix: prefix).output.contains("the recovered boot seed 4711"))
      // It is not the true one, which the kernel's answers show.
      #expect(try Program.run("verify 198.51.100.0/24 --count 200", prefix: prefix).status == 1)

      // A seed on the command line, or in the setting, goes before it.
      #expect(
        try Program.run("predict \(flow) --explain --seed 1", prefix: prefix).output.contains("given on the command"))
      try Self.setSeed(4712)
      #expect(try Program.run("predict \(flow) --explain", prefix: prefix).output.contains("key: seed 4712 from net."))
      #expect(try Program.run("verify 198.51.100.0/24 --count 200", prefix: prefix).status == 0)
    }
  }

  @Test(
    "A file that can not be trusted is passed over, with one line",
    arguments: [
      ("of another boot", #"{"boot_id":"x","seed":1}"#, "600", "is of another boot"),
      ("damaged", "seed 1", "600", "is damaged"), ("open to others", "", "644", "is open to other users"),
    ])
  func ignored(description: String, contents: String, permissions: String, reason: String) throws {
    try withNetworkNamespace {
      try TestSupport.run(Self.routes)
      let prefix = Self.run(with: contents, permissions: permissions)
      let predicted = try Program.run("predict --flows - --output csv", prefix: "echo src,dst,proto | \(prefix)")
      #expect(predicted.status == 0)
      #expect(predicted.errorLines.count == 1)
      #expect(predicted.error.contains("no recovered seed is used: /run/ecmpctl/boot-seed \(reason)"))
      let shown = try Program.run("seed show", prefix: prefix).output
      #expect(shown.contains("the key is not known"))
      #expect(shown.contains("ignored: /run/ecmpctl/boot-seed \(reason)"))
    }
  }

  @Test("seed recover has nothing to do where the seed is set, and needs the privilege for a namespace")
  func refusals() throws {
    try withNetworkNamespace {
      let bare = "setpriv --bounding-set=-all --inh-caps=-all"
      let refused = try Program.run("seed recover --no-cache", prefix: bare)
      #expect(refused.status == 4, "\(refused.error)")
      #expect(refused.errorLines.count == 1)
      try Self.setSeed(7)
      let known = try Program.run("seed recover")
      #expect(known.status == 1)
      #expect(known.output == "")
      #expect(known.errorLines.count == 1)
      #expect(known.error.contains("fib_multipath_hash_seed is set to 7"))
    }
    #expect(try Program.run("seed recover --threads 0").status == 2)
  }
}
