import Routing

/// Whether the key of the hash is known, and outlasts the next start.
enum SeedCheck {
  static func findings(_ context: CheckContext) -> [Finding] {
    let routes = context.families.reduce(into: RouteSample()) { $0.add(context.multipathRoutes($1)) }
    guard context.state.settings.hashSeed == 0, !routes.isEmpty else { return [] }
    let text = "the kernel makes the key of the hash up when it starts: all flows are placed anew at the next start"
    var finding: Finding
    if let seed = context.surroundings.bootSeed {
      finding = Finding(
        .bootSeed, .note, subject: "net.ipv4.fib_multipath_hash_seed", text: text,
        remedy: "set the seed that it has made up, which moves nothing, here and in sysctl.d",
        fix: [.command(FixText.sysctl(["net.ipv4.fib_multipath_hash_seed=\(seed)"]))])
    } else {
      finding = Finding(
        .seedUnknown, .note, subject: "net.ipv4.fib_multipath_hash_seed",
        text: text + ", and none can be predicted until then",
        remedy: "find the seed that it has made up; the next check then tells how to set it, which moves nothing",
        fix: [.command("ecmpctl seed recover")])
    }
    finding.routes = routes
    return [finding]
  }
}
