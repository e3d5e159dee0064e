import JSON
import TestSupport
import Testing

/// `whatif` on a saved state, as a user meets it.
@Suite("What a change moves")
struct WhatIfTests {
  private static let flows = """
    src,dst,proto,sport,dport,iif,l4hash,weight
    10.2.0.100,172.16.255.66,17,32700,53,swp51,none,10
    10.2.0.100,172.16.255.66,17,31884,53,swp51,none,20
    10.2.0.101,172.16.255.66,17,31884,53,swp51,none,30
    10.2.0.102,172.16.255.66,17,1111,53,swp51,none,40
    """

  /// - Parameter batch: the lines of `--batch BATCH`.
  private func whatIf(_ arguments: String, batch: String = "", flows: String = flows) throws -> ProgramRun {
    try withTemporaryDirectory { directory in
      let text = PredictTests.snapshot.split(separator: "SEED").joined(separator: "305419896")
      try TestSupport.run("cat >\(directory)/s.json <<'E'\n\(text)\nE")
      try TestSupport.run("cat >\(directory)/batch <<'E'\n\(batch)\nE")
      try TestSupport.run("cat >\(directory)/flows.csv <<'E'\n\(flows)\nE")
      let arguments = arguments.split(separator: "BATCH", omittingEmptySubsequences: false)
        .joined(separator: "\(directory)/batch").split(separator: "HTML", omittingEmptySubsequences: false)
        .joined(separator: "\(directory)/page.html")
      let run = try Program.run(
        "whatif \(arguments) --snapshot \(directory)/s.json --flows \(directory)/flows.csv")
      if arguments.contains("page.html"), run.status == 0 {
        #expect(try TestSupport.run("head -c 15 \(directory)/page.html") == "<!DOCTYPE html>")
      }
      return run
    }
  }

  private func numbers(_ run: ProgramRun) throws -> [String: UInt64] {
    let value = try JSONValue(parsing: Array(run.output.utf8))
    var numbers: [String: UInt64] = [:]
    for key in ["flows", "moved", "unavoidable", "collateral", "unroutable"] {
      if case .integer(let number)? = value[key] { numbers[key] = UInt64(exactly: number) }
    }
    return numbers
  }

  @Test("A link that goes down moves its own flows and some of others, and JSON says which had to")
  func linkDown() throws {
    let run = try whatIf("--link-down swp3 -j")
    #expect(run.status == 0, "\(run.error)")
    let counts = try numbers(run)
    #expect(counts["flows"] == 4)
    #expect((counts["unavoidable"] ?? 0) + (counts["collateral"] ?? 0) == counts["moved"])
    #expect(counts["unroutable"] == 0)
    for key in ["\"before\":[", "\"after\":[", "\"comparison\":{", "\"certainty\":\"exact\"", "\"caveats\":[]"] {
      #expect(run.output.contains(key), "\(key)")
    }
  }

  @Test("A seed that is set is that of the flows after the change, whatever the command line says of the one before")
  func seed() throws {
    let flows =
      "src,dst,proto,sport,dport,iif,l4hash\n"
      + (1000..<1100).map { "10.2.0.100,172.16.255.66,17,\($0),53,swp51,none\n" }.joined()
    let change = "--sysctl net.ipv4.fib_multipath_hash_seed"
    let moved = try numbers(whatIf("\(change)=9 -j", flows: flows))["moved"] ?? 0
    #expect(moved > 20)
    #expect(try numbers(whatIf("\(change)=9 --seed 305419896 -j", flows: flows))["moved"] == moved)
    #expect(try numbers(whatIf("\(change)=9 --seed 9 -j", flows: flows))["moved"] == 0)
  }

  @Test("The first line of the report is the answer, and no line is longer than 80 columns")
  func text() throws {
    let run = try whatIf("--change 'ip route del 172.16.255.66/32' --html HTML")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.hasPrefix("none of 4 flows moves, 4 unroutable\n"), "\(run.output)")
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("--list moved has a line for each flow that goes another way, by its place in the input")
  func list() throws {
    let run = try whatIf("--change 'route replace unreachable 172.16.255.66/32 metric 20' --list moved")
    #expect(run.status == 0, "\(run.error)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "index,src,dst,proto,sport,dport,from,to,reason")
    #expect(lines.count == 5)
    #expect(
      lines[1] == "0,10.2.0.100,172.16.255.66,17,32700,53,via 10.1.3.2 dev swp3,unreachable,route-changed", "\(lines)")
  }

  @Test("Changes happen in the order of the command line")
  func order() throws {
    let gone = try whatIf("--change 'nexthop del id 2' --batch BATCH -j", batch: "nexthop del id 1")
    #expect(gone.status == 0, "\(gone.error)")
    // The group is gone with its last member, and can not lose another.
    let refused = try whatIf("--batch BATCH --change 'nexthop del id 50'", batch: "nexthop del id 1\nnexthop del id 2")
    #expect(refused.status == 1)
    #expect(refused.error.contains("--change: \"ip nexthop del id 50\" would be refused"), "\(refused.error)")
  }

  @Test(
    "What can not be done is one line with its place, and nothing is computed",
    arguments: [
      ("--change 'nexthop del id 9'", "", 1, "RTNETLINK answers: No such file or directory"),
      (
        "--change 'nexthop replace id 50 group 1/2'", "", 1,
        "Can not replace a nexthop group with one of a different type."
      ),
      ("--batch BATCH", "nexthop del id 1\n\nroute add 10.0.0.0/8 nexthpo via 10.1.1.2", 2, ":3:22: \"nexthpo\""),
      ("--batch BATCH", "nexthop del id 1\nnexthop del id 77", 1, ":2: \"ip nexthop del id 77\" would be refused"),
      ("--change 'link set swp9 down'", "", 1, "Cannot find device \"swp9\""),
      ("--change 'route show'", "", 2, "changes nothing"),
      ("--change ''", "", 2, "there is no command"),
      ("--sysctl policy", "", 2, "KEY=VALUE"),
      ("--sysctl net.ipv4.tcp_syncookies=1", "", 2, "not simulated"),
      ("--sysctl net.ipv4.fib_multipath_hash_policy=9", "", 1, "Invalid argument"),
      ("--neigh-fail 10.1.1", "", 2, "no address"),
      ("--neigh-fail 192.0.2.99", "", 2, "neither in the neighbour table"),
      ("--after -1 --link-down swp3", "", 2, "--after"),
      ("--list moved -j --link-down swp3", "", 2, "CSV"),
      ("-j", "", 2, "nothing changes"),
      ("--batch /nonexistent", "", 2, "/nonexistent"),
      ("--link-down swp3 --html /nonexistent/page.html", "", 2, "/nonexistent/page.html"),
    ] as [(String, String, Int32, String)])
  func refused(arguments: String, batch: String, status: Int32, says: String) throws {
    let run = try whatIf(arguments, batch: batch)
    #expect(run.status == status, "\(run.error)")
    #expect(run.output == "", "\(run.output)")
    #expect(run.errorLines.count == 1, "\(run.error)")
    #expect(run.error.contains(says), "\(run.error)")
  }

  @Test("Flows are needed, and no flow is an answer")
  func noFlows() throws {
    let run = try Program.run("whatif --link-down o1 --snapshot /nonexistent")
    #expect(run.status == 2)
    #expect(run.error.contains("no flows given"))
    let empty = try whatIf("--link-down swp3", flows: "src,dst")
    #expect(empty.status == 0, "\(empty.error)")
    #expect(empty.output.hasPrefix("no flows\n"))
  }
}
