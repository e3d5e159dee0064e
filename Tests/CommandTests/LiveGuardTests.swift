import JSON
import KernelRouting
import Planning
import Routing
import Snapshots
import TestSupport
import Testing

/// `resilient guard` on a live router, whose neighbours are in another namespace and answer there.
@Suite("Live guard", .serialized)
struct LiveGuardTests {
  /// A converted group of three members (ids 1 to 3, interfaces o1 to o3) behind 198.51.100.0/24, and a running guard.
  struct Lab: ~Copyable {
    let directory: String
    let side: SideNamespace
    /// Of the converted group.
    let group: UInt32

    private init(_ directory: String, _ side: consuming SideNamespace, _ group: UInt32) {
      self.directory = directory
      self.side = side
      self.group = group
    }

    private static func make(_ directory: String) throws -> Lab {
      let side = try SideNamespace.make()
      try TestSupport.run(
        """
        sysctl -qw net.ipv4.ip_forward=1
        for n in 1 2 3; do
          ip link add o$n type veth peer name p$n netns \(side.process)
          nsenter -n -t \(side.process) sh -c "ip link set p$n up; ip addr add 10.1.$n.2/24 dev p$n"
          ip link set o$n up; ip addr add 10.1.$n.1/24 dev o$n
        done
        for n in 1 2 3; do ip nexthop add id $n via 10.1.$n.2 dev o$n; done
        ip nexthop add id 10 group 1/2/3
        ip route add 198.51.100.0/24 nhid 10
        """)
      let steps = try SmallConversion.changes(TransactionLab.state()).map { ConversionStep($0, phrase: $0.phrase) }
      try ConversionPlan(kind: .convert, steps: steps, protocol: 200).save(to: directory + "/plan.json")
      let lab = TransactionLab(directory: directory)
      let run = try lab.apply()
      #expect(run.status == 0, "\(run.error)")
      let group = try #require(try TransactionLab.state().groups.first?.id)
      return Lab(directory, side, group)
    }

    static func with(_ body: (borrowing Lab) throws -> Void) throws {
      try withNetworkNamespace {
        try withTemporaryDirectory { directory in
          let lab = try Lab.make(directory)
          let process = try lab.start()
          defer { _ = try? TestSupport.run("kill -KILL \(process) 2>/dev/null || true") }
          try body(lab)
        }
      }
    }

    /// Starts a guard and waits until it is ready.
    func start() throws -> String {
      try TestSupport.run(
        """
        '\(Program.path)' resilient guard --journal \(directory)/journal >>\(directory)/log 2>&1 &
        p=$!
        for i in $(seq 6000); do grep -qs keeps \(directory)/log && break; sleep 0.01; done
        grep -q keeps \(directory)/log
        echo $p | tee \(directory)/guard.pid
        """
      ).filter(\.isNumber)
    }

    /// What the guard has said; for messages, too, so it throws nothing.
    var log: String { (try? TestSupport.run("cat \(directory)/log")) ?? "" }

    /// Has the kernel resolve a gateway, and waits until it has.
    func seek(_ number: Int, waits: Bool = true) throws {
      var kernel = try Kernel()
      let index = try #require(try kernel.links().first { $0.name == "o\(number)" }?.index)
      try kernel.seek(address("10.1.\(number).2"), on: index, isKnown: true)
      for _ in 0..<3000 where try waits && state(of: number, &kernel) != .reachable {
        try TestSupport.run("sleep 0.01")
      }
    }

    func state(of number: Int, _ kernel: inout Kernel) throws -> Neighbour.State? {
      try kernel.neighbours(family: .ipv4).first { $0.address == address("10.1.\(number).2") }?.state
    }

    /// Makes a gateway fail that answered until now, and answers no more.
    func silence(_ number: Int) throws {
      try seek(number)
      try side.enter { _ = try TestSupport.run("ip addr del 10.1.\(number).2/24 dev p\(number)") }
      try TestSupport.run("ip neigh replace 10.1.\(number).2 dev o\(number) nud failed")
    }

    /// Lets a gateway answer again.
    func answer(_ number: Int) throws {
      try side.enter { _ = try TestSupport.run("ip addr add 10.1.\(number).2/24 dev p\(number)") }
    }

    /// Whether the group has exactly these members now.
    func has(_ members: [UInt32]) throws -> Bool {
      var kernel = try Kernel()
      let found = try kernel.nexthops()?.groups.first { $0.id == group }
      return Set(found?.members.map(\.id) ?? []) == Set(members)
    }

    /// Waits until the group has exactly these members.
    ///
    /// - Returns: milliseconds that it took; nil when it did not come about within a minute.
    func wait(for members: [UInt32]) throws -> Int? {
      var kernel = try Kernel()
      let clock = ContinuousClock()
      let start = clock.now
      while start.duration(to: clock.now) < .seconds(60) {
        let found = try kernel.nexthops()?.groups.first { $0.id == group }
        if Set(found?.members.map(\.id) ?? []) == Set(members) {
          let (seconds, attoseconds) = start.duration(to: clock.now).components
          return Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
        try TestSupport.run("sleep 0.002")
      }
      return nil
    }
  }

  @Test("a link that flaps a hundred times leaves the group whole each time, and the route in place")
  func flaps() throws {
    try Lab.with { lab in
      var times: [Int] = []
      for round in 0..<100 {
        let link = ["p1", "p2", "p3"][round % 3]
        let gone = [1, 2, 3].filter { $0 != round % 3 + 1 }.map { UInt32($0) }
        // Some flaps are over before the kernel, or the guard, has seen that the link was gone.
        let waits = round % 4 != 0
        try lab.side.enter { _ = try TestSupport.run("ip link set \(link) down") }
        if waits { #expect(try lab.wait(for: gone) != nil, "round \(round)") }
        try lab.side.enter { _ = try TestSupport.run("ip link set \(link) up") }
        let time = try lab.wait(for: [1, 2, 3])
        #expect(time != nil, "round \(round): \(lab.log)")
        if let time { times.append(time) }
      }
      #expect(try TestSupport.run("ip route show 198.51.100.0/24").contains("nhid \(lab.group)"))
      let sorted = times.sorted()
      print("from link up to a whole group, ms: median \(sorted[sorted.count / 2]), worst \(sorted.last ?? 0)")
    }
  }

  @Test("a neighbour that has failed is out within a second, and back when it answers")
  func neighbour() throws {
    try Lab.with { lab in
      var times = (out: Int.max, back: Int.max)
      // A busy machine may let the guard wait for its turn: what it can do is what it does at its best.
      for _ in 0..<5 where times.out >= 1000 || times.back >= 3000 {
        try lab.silence(2)
        times.out = min(times.out, try #require(try lab.wait(for: [1, 3]), "\(lab.log)"))
        // It is asked for in vain for a while.
        try TestSupport.run("sleep 2")
        #expect(try lab.has([1, 3]))
        #expect(lab.log.contains("out: its neighbour has failed; 2 of 3 members"), "\(lab.log)")
        try lab.answer(2)
        times.back = min(times.back, try #require(try lab.wait(for: [1, 2, 3]), "\(lab.log)"))
      }
      print("neighbour out after \(times.out) ms, back \(times.back) ms after it could answer")
      #expect(times.out < 1000 && times.back < 3000)
    }
  }

  @Test("a neighbour that freezes under traffic is out as soon as the kernel has given it up")
  func frozenPeer() throws {
    try Lab.with { lab in
      try TestSupport.run(
        "sysctl -qw net.ipv4.neigh.o2.base_reachable_time_ms=1000 net.ipv4.neigh.o2.delay_first_probe_time=1")
      try lab.seek(2)
      // The state lasts as long as the guard takes to look for the neighbour again: only its notification is sure to be
      // seen.
      let monitor = try TestSupport.run(
        """
        cd \(lab.directory); ip -ts monitor neigh nexthop >>events 2>&1 & monitor=$!
        # It has its socket, and listens.
        for i in $(seq 6000); do grep -q " $monitor " /proc/self/net/netlink && break; sleep 0.01; done
        echo $monitor
        """
      ).filter(\.isNumber)
      defer { _ = try? TestSupport.run("kill -KILL \(monitor)") }
      let events = lab.directory + "/events"
      var latency = Double.infinity
      for round in 0..<5 where latency >= 1 {
        if round > 0 {
          try lab.answer(2)
          #expect(try lab.wait(for: [1, 2, 3]) != nil, "\(lab.log)")
          try lab.seek(2)
        }
        try TestSupport.run(": >\(events)")
        latency = min(latency, try Self.freeze(lab, events))
      }
      print("frozen neighbour: out \(latency) seconds after it was given up")
      #expect(latency < 1)
    }
  }

  /// Lets a neighbour fall silent while it has traffic.
  ///
  /// - Returns: seconds from when the kernel gave it up to when the group was without it.
  private static func freeze(_ lab: borrowing Lab, _ events: String) throws -> Double {
    try lab.side.enter { _ = try TestSupport.run("ip addr del 10.1.2.2/24 dev p2") }
    var kernel = try Kernel()
    let clock = ContinuousClock()
    let start = clock.now
    while start.duration(to: clock.now) < .seconds(60), try Self.time(of: "10.1.2.2 dev o2 FAILED", in: events) == nil {
      // As a packet does, but for the packet: the kernel goes from stale to delay, to probe, and gives up.
      if try lab.state(of: 2, &kernel) != .failed { try lab.seek(2, waits: false) }
      try TestSupport.run("sleep 0.02")
    }
    let failed = try #require(try Self.time(of: "10.1.2.2 dev o2 FAILED", in: events))
    #expect(try lab.wait(for: [1, 3]) != nil, "\(lab.log)")
    let change = "id \(lab.group) group 1/3"
    for _ in 0..<3000 where try Self.time(of: change, in: events) == nil { try TestSupport.run("sleep 0.01") }
    let out = try #require(try Self.time(of: change, in: events))
    return (out - failed + 86_400).truncatingRemainder(dividingBy: 86_400)
  }

  /// When `ip -ts monitor` told of something first, in seconds since midnight; its lines begin like
  /// `[2026-01-31T23:59:59.123456]`.
  private static func time(of event: String, in file: String) throws -> Double? {
    let lines = try TestSupport.run("cat \(file)").split(separator: "\n")
    guard let line = lines.first(where: { $0.contains("] \(event)") }) else { return nil }
    let clock = line.drop { $0 != "T" }.dropFirst().prefix { $0 != "]" }.split(separator: ":").compactMap { Double($0) }
    return clock.count == 3 ? clock[0] * 3600 + clock[1] * 60 + clock[2] : nil
  }

  @Test("a group that has lost all its links comes back with its route")
  func allLinks() throws {
    try Lab.with { lab in
      try lab.side.enter { _ = try TestSupport.run("for n in 1 2 3; do ip link set p$n down; done") }
      #expect(try lab.wait(for: []) != nil)
      #expect(try TestSupport.run("ip route show 198.51.100.0/24") == "")
      try lab.side.enter { _ = try TestSupport.run("for n in 1 2 3; do ip link set p$n up; done") }
      #expect(try lab.wait(for: [1, 2, 3]) != nil, "\(lab.log)")
      #expect(try TestSupport.run("ip route show 198.51.100.0/24").contains("nhid \(lab.group)"), "\(lab.log)")
    }
  }

  @Test("a device that is made again has its member back, once it has its address")
  func device() throws {
    try Lab.with { lab in
      try TestSupport.run("ip link del o3")
      #expect(try lab.wait(for: [1, 2]) != nil)
      try TestSupport.run(
        """
        ip link add o3 type veth peer name p3 netns \(lab.side.process)
        nsenter -n -t \(lab.side.process) sh -c "ip link set p3 up; ip addr add 10.1.3.2/24 dev p3"
        ip link set o3 up; sleep 0.3; ip addr add 10.1.3.1/24 dev o3
        """)
      #expect(try lab.wait(for: [1, 2, 3]) != nil, "\(lab.log)")
    }
  }

  @Test(
    "somebody else's change is left as it is, and said once",
    arguments: [
      "replace id 50 group 1/2 type resilient", "replace id 50 group 1,5/2/3 type resilient", "del id 3",
      "replace id 2 via 10.1.2.9 dev o2",
    ])
  func foreign(command: String) throws {
    try Lab.with { lab in
      try TestSupport.run("ip nexthop " + command.replacing("id 50", with: "id \(lab.group)"))
      let picture = { try TestSupport.run("ip nexthop show | sed 's/unbalanced_time [0-9.]*//'") }
      let after = try picture()
      try lab.silence(1)
      try TestSupport.run("sleep 1.5")
      #expect(try picture() == after)
      let log = lab.log
      #expect(log.split(separator: "\n").count == 2, "\(log)")
      #expect(log.contains("somebody else has"), "\(log)")
    }
  }

  @Test("a transaction of its own kind is no foreign hand, and its group is kept from then on")
  func transactions() throws {
    try Lab.with { lab in
      let state = try TransactionLab.state()
      let group = try #require(state.groups.first { $0.id == lab.group })
      var other = group.lasting
      other.members = [1, 2].map { NexthopGroup.Member(id: $0) }
      let step = ConversionStep(.replaceGroup(from: group, to: other), phrase: "take 3 out")
      try ConversionPlan(kind: .tune, steps: [step], protocol: 200).save(to: lab.directory + "/tune.json")
      let tool = TransactionLab(directory: lab.directory)
      let apply = "apply --plan \(lab.directory)/tune.json --yes --no-verify"
      // Undone, it is as before; the guard goes on.
      #expect(try tool.resilient("\(apply) --confirm-within 60").status == 0)
      #expect(try lab.wait(for: [1, 2]) != nil)
      try TestSupport.run("sleep 0.5")
      #expect(try lab.has([1, 2]))
      #expect(try tool.resilient("rollback").status == 0)
      try lab.silence(1)
      #expect(try lab.wait(for: [2, 3]) != nil, "\(lab.log)")
      try lab.answer(1)
      #expect(try lab.wait(for: [1, 2, 3]) != nil, "\(lab.log)")
      // Kept, it is what the guard keeps.
      let run = try tool.resilient(apply)
      #expect(run.status == 0, "\(run.error)")
      try TestSupport.run("sleep 0.5")
      try lab.silence(1)
      #expect(try lab.wait(for: [2]) != nil, "\(lab.log)")
      try lab.answer(1)
      #expect(try lab.wait(for: [1, 2]) != nil, "\(lab.log)")
      #expect(!lab.log.contains("somebody else"), "\(lab.log)")
    }
  }

  @Test("events that were lost are made up for by reading everything again")
  func lostEvents() throws {
    try Lab.with { lab in
      let process = try TestSupport.run("cat \(lab.directory)/guard.pid").filter(\.isNumber)
      try TestSupport.run("kill -STOP \(process)")
      // Twice 8000 messages are more than a socket has room for.
      try TestSupport.run(
        """
        for i in $(seq 8000); do
          echo nexthop add id $((100000 + i)) blackhole; echo nexthop del id $((100000 + i))
        done | ip -batch -
        """)
      try lab.silence(2)
      try TestSupport.run("kill -CONT \(process)")
      #expect(try lab.wait(for: [1, 3]) != nil, "\(lab.log)")
      #expect(lab.log.contains("events were lost"), "\(lab.log)")
    }
  }

  @Test("a service manager is told when it is ready and when it ends")
  func notify() throws {
    try Lab.with { lab in
      let manager = try NotifySocket(lab.directory + "/notify")
      let process = try TestSupport.run(
        """
        cd \(lab.directory)
        {
          sh -c 'echo $$ >pid; exec env NOTIFY_SOCKET=\(lab.directory)/notify "\(Program.path)" resilient guard \
            --journal \(lab.directory)/journal' || status=$?
          echo ${status:-0} >status
        } >/dev/null 2>&1 &
        until [ -s pid ]; do sleep 0.01; done
        cat pid
        """
      ).filter(\.isNumber)
      var output = try manager.receive() + "\n"
      try TestSupport.run("kill -TERM \(process)")
      output += try manager.receive() + "\n"
      output += try TestSupport.run(
        "cd \(lab.directory); until [ -s status ]; do sleep 0.01; done; echo status $(cat status)")
      #expect(output == "READY=1\nSTATUS=keeps 1 group\nSTOPPING=1\nstatus 0\n", "\(output)")
    }
  }

  @Test("with --json each line is an object", arguments: ["-j", "--pretty"])
  func json(option: String) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        let process = try TestSupport.run(
          """
          cd \(directory)
          {
            sh -c 'echo $$ >pid; exec "\(Program.path)" resilient guard \(option) --journal \(directory)/journal' \
              >out 2>&1 || status=$?
            echo ${status:-0} >status
          } >/dev/null 2>&1 &
          until [ -s pid ] && [ -s out ]; do sleep 0.01; done
          cat pid
          """
        ).filter(\.isNumber)
        try TestSupport.run("kill -TERM \(process); until [ -s \(directory)/status ]; do sleep 0.01; done")
        #expect(try TestSupport.run("cat \(directory)/status") == "0\n")
        let lines = try TestSupport.run("cat \(directory)/out").split(separator: "\n")
        let events = try lines.map { try JSONValue(parsing: String($0)) }
        #expect(events.map { $0["text"] } == ["no group is to be kept", "ends"], "\(lines)")
        #expect(events.allSatisfy { $0["time"] != nil }, "\(lines)")
      }
    }
  }
}
