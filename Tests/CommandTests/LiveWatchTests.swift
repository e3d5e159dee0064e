import JSON
import KernelRouting
import Routing
import TestSupport
import Testing

/// `ecmpctl watch` beside `ip monitor` and bucket tables read before and after.
@Suite("Live watch")
struct LiveWatchTests {
  /// Three members, and a resilient group of two of them in which buckets move once they are idle.
  private static let setup = """
    for n in 1 2 3; do
      ip link add o$n type veth peer name p$n; ip link set o$n up; ip link set p$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip nexthop add id $n via 10.1.$n.2 dev o$n
    done
    ip nexthop add id 10 group 1/2 type resilient buckets 32 idle_timer 1
    ip nexthop add id 11 group 1/2
    ip route add 198.51.100.0/24 nhid 10
    """

  /// What a watch told while a script ran, event by event.
  private struct Watched {
    var events: [JSONValue]
    var status: Int32
    /// What `ip monitor nexthop` told of buckets: the number and the member.
    var notified: [(bucket: Int, member: Int)]

    func named(_ name: String) -> [JSONValue] { events.filter { $0["event"]?.text == name } }
  }

  /// Shell: waits for what a file holds, however slow the machine, but not for ever.
  private static let awaitFunction = """
    await() { # PATTERN [FILE]
      for i in $(seq 3000); do grep -q "$1" "${2:-events}" 2>/dev/null && return; sleep 0.01; done
      echo "nothing told of $1" >&2; cat "${2:-events}" >&2; exit 1
    }
    """

  /// Runs a script while a watch runs, which is there before the script begins, and ended with SIGINT behind it.
  ///
  /// - Parameter script: may `await` what the watch tells.
  private func watch(_ arguments: String, during script: String) throws -> Watched {
    try withTemporaryDirectory { directory in
      // A shell's background jobs ignore SIGINT, unless they ask not to. Each waits for a while only.
      try run(
        """
        cd \(directory)
        \(Self.awaitFunction)
        ip monitor nexthop >monitor 2>&1 & monitor=$!
        for i in $(seq 3000); do grep -q " $monitor " /proc/self/net/netlink && break; sleep 0.01; done
        trap 'kill -KILL $monitor $(cat pid) 2>/dev/null || true' EXIT
        {
          sh -c 'echo $$ >pid; exec env --default-signal=INT "\(Program.path)" watch \(arguments) --json --for 60 \
            >events 2>error' || status=$?
          echo ${status:-0} >status
        } >/dev/null 2>&1 &
        await state
        \(script)
        # What must not be told has time to be told.
        sleep 0.4
        kill -INT $(cat pid)
        await . status
        """)
      let lines = try run("cat \(directory)/events").split(separator: "\n")
      let events = try lines.map { line in
        var reader = JSONReader(Array(line.utf8))
        return try reader.value()
      }
      #expect(try run("cat \(directory)/error") == "")
      let told = try run("cat \(directory)/monitor").split(separator: "\n").map { $0.split(separator: " ") }
      return Watched(
        events: events, status: Int32(try run("cat \(directory)/status").filter(\.isNumber)) ?? -1,
        notified: told.compactMap { words in
          guard words.count > 7, words[2] == "index" else { return nil }
          return (Int(words[3]) ?? -1, Int(words[7]) ?? -1)
        })
    }
  }

  private func buckets() throws -> [UInt32] {
    var kernel = try Kernel()
    return try kernel.buckets(of: 10).map(\.nexthop)
  }

  @Test(
    "buckets that move as they become idle are those that ip monitor tells, and lead to the table that is there then")
  func idleBuckets() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      try run("for i in $(seq 100); do ip route get 198.51.100.$i >/dev/null; done")
      let before = try buckets()
      // All buckets are busy: the third member has to wait for them, one second.
      let watched = try watch(
        "10 --interval 0.2",
        during: """
          ip nexthop replace id 10 group 1/2/3 type resilient
          await '"balanced":true'
          # The shares are told with the next look.
          sleep 0.5
          """)
      let after = try buckets()
      #expect(watched.status == 0)
      var table = before
      var moved: Set<[Int]> = []
      for event in watched.named("moved") {
        let (from, to) = (event["from"]?.wholeNumber ?? 0, event["to"]?.wholeNumber ?? 0)
        for bucket in event["buckets"]?.elements ?? [] {
          let number = Int(bucket.wholeNumber ?? -1)
          #expect(table[number] == UInt32(from))
          table[number] = UInt32(to)
          moved.insert([number, Int(to)])
        }
      }
      #expect(table == after)
      #expect(after != before)
      #expect(!watched.notified.isEmpty)
      for (bucket, member) in watched.notified { #expect(moved.contains([bucket, member]), "bucket \(bucket)") }
      #expect(watched.named("balance").map { $0["balanced"] } == [.bool(false), .bool(true)])
      #expect(watched.named("group-changed").count == 1)
      // The shares go from those of the first table to those of the last.
      let shares = watched.named("shares").flatMap { $0["members"]?.elements ?? [] }.filter {
        $0["id"]?.wholeNumber == 3
      }
      #expect(shares.first?["before"]?.number == 0)
      let last = Double(after.count { $0 == 3 }) / 32
      #expect(shares.last?["after"]?.number == last)
    }
  }

  @Test("watching makes no bucket busy: idle times grow on under it")
  func idleTimes() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      try run("ip nexthop replace id 10 group 1/2 type resilient buckets 32 idle_timer 600; sleep 0.2")
      var kernel = try Kernel()
      let before = try kernel.buckets(of: 10).map(\.idleTime)
      let watched = try watch("10 --interval 0.05", during: "sleep 1")
      let after = try kernel.buckets(of: 10).map(\.idleTime)
      // More than a second in hundredths, for every bucket.
      for (old, new) in zip(before, after) { #expect(new >= old + 100) }
      let packets = watched.events.flatMap { $0["members"]?.elements ?? [] }.compactMap { $0["packets"]?.wholeNumber }
      #expect(packets.allSatisfy { $0 == 0 } && !packets.isEmpty)
    }
  }

  @Test("members, neighbours, links and routes are told as they change, and nothing of other groups")
  func changes() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      let watched = try watch(
        "10",
        during: """
          ip route add 198.51.101.0/24 nhid 10; await '"user":true'
          ip route replace 198.51.101.0/24 nhid 11; await '"user":false'
          ip neigh replace 10.1.1.2 dev o1 lladdr 02:00:00:00:00:01 nud reachable; await '"neighbour"'
          ip neigh replace 10.1.3.2 dev o3 lladdr 02:00:00:00:00:03 nud reachable
          ip link set p2 down; await '"link"'; await '"group-changed"'
          ip nexthop del id 10; await '"group-gone"'
          ip nexthop add id 10 group 1/3; await '"group-new"'
          """)
      let routes = watched.named("route")
      #expect(routes.map { $0["user"] } == [.bool(true), .bool(false)])
      #expect(routes.allSatisfy { $0["dst"]?.text == "198.51.101.0/24" && $0["group"]?.wholeNumber == 10 })
      let neighbour = try #require(watched.named("neighbour").first)
      #expect(neighbour["gateway"]?.text == "10.1.1.2")
      #expect(neighbour["after"]?.text == "REACHABLE")
      let link = try #require(watched.named("link").first)
      #expect(link["dev"]?.text == "o2")
      #expect(link["after"]?.text == "no carrier")
      let changed = try #require(watched.named("group-changed").first?["after"]?["members"]?.elements)
      #expect(changed.map { $0["id"]?.wholeNumber } == [1])
      #expect(watched.named("group-gone").count == 1)
      #expect(watched.named("group-new").count == 1)
      let groups = watched.events.compactMap { $0["group"]?.wholeNumber }
      #expect(groups.allSatisfy { $0 == 10 })
      #expect(watched.named("neighbour").allSatisfy { $0["gateway"]?.text != "10.1.3.2" })
    }
  }

  @Test("events that were lost are made up for by reading everything again")
  func lostEvents() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      let watched = try watch(
        "10 --interval 60",
        during: """
          kill -STOP $(cat pid)
          for i in $(seq 8000); do
            echo nexthop add id $((100000 + i)) blackhole; echo nexthop del id $((100000 + i))
          done | ip -batch -
          ip nexthop replace id 10 group 1 type resilient; ip route add 198.51.109.0/24 nhid 10
          kill -CONT $(cat pid); await '"lost"'; await '"moved"'; await '"route"'
          """)
      #expect(watched.named("lost").count >= 1)
      #expect(watched.named("group-changed").count == 1)
      #expect(watched.named("route").map { $0["dst"]?.text } == ["198.51.109.0/24"])
      #expect(watched.named("moved").flatMap { $0["buckets"]?.elements ?? [] }.count == 16)
    }
  }

  @Test("it ends by itself after so many events, or after that time")
  func ends() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      let timed = try Program.run("watch --for 0.3")
      #expect(timed.status == 0 && timed.error == "")
      let lines = timed.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.first?.contains("group 10 resilient, ") == true)
      #expect(lines.last?.hasSuffix("group 11 mpath: id 1 50.0%, id 2 50.0%") == true)
      try withTemporaryDirectory { directory in
        try run(
          """
          cd \(directory)
          \(Self.awaitFunction)
          { await 'group 11' out; ip nexthop replace id 11 group 1/2,3; } &
          '\(Program.path)' watch 11 --count 1 --for 60 >out
          """)
        let counted = try run("cat \(directory)/out")
        #expect(counted.split(separator: "\n").last?.hasSuffix("group 11: members 1/2 -> 1/2,3") == true)
      }
    }
  }

  @Test("a group that there is not, and times that can not be, are refused in one line")
  func refusals() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      let unknown = try Program.run("watch 99 --for 1")
      #expect(unknown.status == 2)
      #expect(unknown.error == "ecmpctl: there is no nexthop group 99; there are 10, 11\n")
      for wrong in ["--interval 0", "--interval nan", "--for=-1", "--count 0", "--interval 1e300"] {
        let run = try Program.run("watch \(wrong)")
        #expect(run.status == 2, "\(wrong)")
        #expect(run.errorLines.count == 1, "\(wrong)")
      }
      // Nobody reads what it tells.
      #expect(try Program.run("watch --for 1 --interval 0.05 | true").error == "")
    }
  }

  @Test("a terminal is drawn over, and has its cursor back after Ctrl-C")
  func terminal() throws {
    try withNetworkNamespace {
      try run(Self.setup)
      try withTemporaryDirectory { directory in
        try run(
          """
          cd \(directory)
          \(Self.awaitFunction)
          cat >inner <<'END'
          stty rows 12 cols 50
          exec '\(Program.path)' watch --interval 0.2 --for 60
          END
          # What is typed reaches the program as it would from a keyboard: byte 3 is Ctrl-C. The shell that script
          # starts, which is the user's, would receive it as well, and some die of it.
          {
            await 'id 11' out; ip nexthop replace id 11 group 1/2,9; await 'members 1/2 -> 1/2,9' out
            # A few more frames.
            sleep 1; printf '\\003'; await COMMAND_EXIT_CODE out
          } | env -u NO_COLOR TERM=xterm script -qefc 'exec sh inner' out >/dev/null
          """)
        let text = try run("cat \(directory)/out")
        #expect(text.contains("\u{1b}[?25l"))
        #expect(text.contains("\u{1b}[?25h"))
        #expect(text.contains("COMMAND_EXIT_CODE=\"0\""), "\(text)")
        let hidden = try #require(text.firstRange(of: "\u{1b}[?25l"))
        let shown = try #require(text.ranges(of: "\u{1b}[?25h").last)
        #expect(hidden.upperBound < shown.lowerBound)
        #expect(text.contains("group 11: members 1/2 -> 1/2,9"))
        #expect(text.contains("\u{1b}[1m"))
        // Twelve rows, of which one is left free, and fifty columns.
        let frames = text.split(separator: "\u{1b}[J").dropLast()
        #expect(frames.count > 4)
        for frame in frames { #expect(frame.count { $0.isNewline } <= 11) }
      }
    }
  }
}
