import JSON
import KernelRouting
import Planning
import Routing
import Snapshots
import TestSupport
import Testing

/// A router with routes to be converted, in the calling thread's namespace, and a journal directory of its own.
struct TransactionLab {
  let directory: String
  var journalName = "journal"

  /// Four interfaces; two groups and legacy routes of both families, with attributes of many kinds.
  static let router = """
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    for n in 1 2 3 4; do
      ip link add o$n type veth peer name p$n; ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
      ip nexthop add id $n via 10.1.$n.2 dev o$n; ip nexthop add id 1$n via fd00:$n::2 dev o$n
    done
    ip nexthop add id 10 group 1/2/3; ip nexthop add id 20 group 12,3/13,4
    ip route add 198.51.100.0/25 nhid 10 proto 42 mtu 1400
    ip route add 198.51.100.0/24 nhid 10 table 77 metric 9
    ip route add 203.0.113.0/24 metric 20 mtu lock 1400 src 10.1.1.1 nexthop via 10.1.1.2 dev o1 \
      nexthop via 10.1.2.2 dev o2 weight 3
    ip route add 203.0.114.0/24 tos 0x10 nexthop via inet6 fd00:1::2 dev o1 nexthop via 10.1.4.7 dev o4 onlink
    ip -6 route add 2001:db8:1::/64 nhid 20
    ip -6 route add 2001:db8:2::/64 metric 7 mtu 1400 nexthop via fd00:1::2 dev o1 weight 2 nexthop via fd00:2::2 dev o2
    """

  static func with(_ body: (TransactionLab) throws -> Void) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try TestSupport.run(router)
        let lab = TransactionLab(directory: directory)
        try lab.writePlan()
        try body(lab)
      }
    }
  }

  var journal: String { directory + "/" + journalName }
  var plan: String { directory + "/plan.json" }

  func writePlan() throws {
    let steps = try SmallConversion.changes(Self.state()).map { ConversionStep($0, phrase: $0.phrase) }
    try ConversionPlan(kind: .convert, steps: steps, protocol: 200).save(to: plan)
  }

  static func state() throws -> RoutingState {
    var kernel = try Kernel()
    return try kernel.readState()
  }

  /// Everything about nexthops and the routes to be converted that is not a counter, as `ip` tells it.
  static func picture() throws -> String {
    try TestSupport.run(
      """
      ip -d nexthop show | sed 's/unbalanced_time [0-9.]*//' | sort
      for t in main 77; do ip -d route show table $t; ip -d -6 route show table $t; done | grep -v 'proto kernel\\|^fe80' || true
      """)
  }

  /// The destinations that packets find a route for, whatever it is made of.
  static func destinations() throws -> Set<String> {
    let words = try TestSupport.run(
      "for t in main 77; do ip -4 route show table $t; ip -6 route show table $t; done | awk '/^[0-9u]/ { print $1 }'")
    return Set(words.split(separator: "\n").map(String.init).filter { $0 != "unicast" })
  }

  /// Runs `ecmpctl resilient …`.
  func resilient(_ arguments: String, prefix: String = "") throws -> ProgramRun {
    try Program.run("resilient \(arguments) --journal \(journal)", prefix: prefix)
  }

  /// Runs `ecmpctl resilient …` into a pipe.
  ///
  /// - Parameter reader: the rest of the shell's line.
  /// - Returns: the exit status.
  func piped(_ arguments: String, into reader: String) throws -> Int32 {
    let status = try TestSupport.run(
      """
      { (trap - PIPE; status=0; '\(Program.path)' resilient \(arguments) --journal \(journal) || status=$?
         echo $status >\(directory)/piped) \(reader); } >/dev/null 2>&1
      cat \(directory)/piped
      """)
    return Int32(status.filter(\.isNumber)) ?? -1
  }

  func apply(_ arguments: String = "", prefix: String = "") throws -> ProgramRun {
    try resilient("apply --plan \(plan) --yes --no-verify \(arguments)", prefix: prefix)
  }

  /// Expects that no transaction is open, and what `status`, `confirm` and `rollback` say of the last one.
  func expectLast(_ phase: String, _ words: String, id: JSONValue? = nil, reason: String? = nil) throws {
    let status = try resilient("status")
    #expect(status.status == 0)
    let lines = status.output.split(separator: "\n")
    #expect(lines.first == "no transaction is open")
    #expect(lines.dropFirst().first?.hasPrefix("  the last one, 20") == true, "\(status.output)")
    let why = reason.map { "Z: " + $0 } ?? "Z"
    #expect(lines.dropFirst().first.map { $0.contains(words) && $0.hasSuffix(why) } == true, "\(status.output)")
    for word in ["confirm", "rollback"] {
      let run = try resilient(word)
      #expect(run.status == 1)
      #expect(run.error == "ecmpctl: no transaction is open;\(lines.dropFirst().first?.dropFirst() ?? "")\n")
    }
    let last = try #require(try resilient("status --json").json()["last"])
    #expect(last["phase"] == .string(phase), "\(last)")
    if let id { #expect(last["id"] == id) }
    if let reason { #expect(last["reason"] == .string(reason)) }
    #expect(last["ended"] != nil && last["begun"] != nil, "\(last)")
  }

  /// Kills the process that waits for a confirmation.
  ///
  /// - Returns: its process id.
  func killWatcher() throws -> String {
    let status = try resilient("status --json").output
    let watcher = status.split(separator: "\"watcher\":\"pid ").last?.prefix { $0.isNumber } ?? ""
    try TestSupport.run("kill -KILL \(watcher); flock \(journal)/watch.lock true")
    return String(watcher)
  }

  /// Starts a command that stops itself at `place`, and runs `body` with its process id while it is stopped.
  ///
  /// - Parameter command: nil for an apply of the plan.
  func stopped(at place: String, _ command: String? = nil, _ body: (String) throws -> Void) throws {
    let command = command ?? "apply --plan \(plan) --yes --no-verify"
    let process = try TestSupport.run(
      """
      cd \(directory); rm -f pid status
      {
        sh -c 'echo $$ >pid; exec env ECMPCTL_PAUSE=\(place) "\(Program.path)" resilient \(command) --journal \(journal)' \
          >out 2>&1 || status=$?
        echo ${status:-0} >status.new; mv status.new status
      } >/dev/null 2>&1 &
      for i in $(seq 6000); do
        [ -s pid ] && grep -q ') T ' /proc/$(cat pid)/stat && break
        [ -e status ] && break
        sleep 0.01
      done
      [ ! -e status ] || { cat out; exit 9; }
      cat pid
      """
    ).filter(\.isNumber)
    defer { _ = try? TestSupport.run("kill -KILL \(process) 2>/dev/null || true") }
    try body(process)
  }

  /// As `stopped`, and kills the process there.
  func killed(at place: String, _ command: String? = nil, meanwhile: () throws -> Void = {}) throws {
    try stopped(at: place, command) { process in
      try meanwhile()
      _ = try ended("kill -KILL \(process)")
    }
  }

  /// As `stopped`, and lets the process go on after `body`.
  ///
  /// - Returns: how it ended.
  func continued(
    at place: String, _ command: String? = nil, _ body: (String) throws -> Void
  ) throws -> (status: Int32, output: String) {
    var end = (status: Int32(-1), output: "")
    try stopped(at: place, command) { process in
      try body(process)
      end = try ended("kill -CONT \(process)")
    }
    return end
  }

  private func ended(_ command: String) throws -> (status: Int32, output: String) {
    let status = try TestSupport.run(
      "cd \(directory); \(command); until [ -e status ]; do sleep 0.01; done; cat status")
    return (Int32(status.filter(\.isNumber)) ?? -1, try TestSupport.run("cat \(directory)/out"))
  }
}
