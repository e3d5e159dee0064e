import JSON
import Planning
import Rendering
import Routing
import TestSupport
import Testing

/// What a watch makes of notifications and of states that follow each other.
@Suite("Watched groups")
struct WatchTests {
  /// Groups 100, of hash-threshold, and 110, resilient with eight buckets: 3 3 3 3 2 1 1 1.
  private static func watch(_ id: UInt32? = nil) -> GroupWatch {
    var watch = GroupWatch(ReportLab.state(), group: id)
    _ = watch.beginning()
    return watch
  }

  private static func texts(_ events: [WatchEvent]) -> [String] { events.map(\.text) }

  @Test("it begins with how each group is")
  func beginning() {
    var watch = GroupWatch(ReportLab.state())
    #expect(
      Self.texts(watch.beginning()) == [
        "group 100 mpath: id 1 25.0%, id 2 0.0% (ideal 50.0%), id 3 75.0% (ideal 25.0%)",
        "group 110 resilient, 2 of 8 buckets busy, unbalanced for 12.34 s: id 1 3 (0 busy), id 2 1 (0 busy), id 3 4 (2 busy)",
      ])
    var one = GroupWatch(ReportLab.state(), group: 110)
    #expect(one.beginning().count == 1)
  }

  @Test("a bucket that the kernel tells to have moved changes the shares; the same told twice is told once")
  func notified() {
    var watch = Self.watch(110)
    watch.take(NexthopBucket(nexthop: 2, idleTime: 0), number: 3, of: 110)
    watch.take(NexthopBucket(nexthop: 2, idleTime: 0), number: 2, of: 110)
    watch.take(NexthopBucket(nexthop: 2, idleTime: 0), number: 2, of: 110)
    // Not of this group, or of no table.
    watch.take(NexthopBucket(nexthop: 2, idleTime: 0), number: 2, of: 100)
    watch.take(NexthopBucket(nexthop: 2, idleTime: 0), number: 8, of: 110)
    #expect(
      Self.texts(watch.step(to: nil, tellsState: false)) == [
        "group 110: 2 buckets moved (2-3): id 3 via 10.1.2.2 dev lab2 -> id 2 via 10.1.1.2 dev lab1",
        "group 110: shares id 2 12.5% -> 37.5%, id 3 50.0% -> 25.0%",
      ])
    #expect(watch.step(to: nil, tellsState: false).isEmpty)
    // The state that is read then has nothing new.
    let read = ReportLab.state {
      for bucket in 2...3 { $0.bucketTables[0].buckets[bucket].nexthop = 2 }
    }
    #expect(watch.step(to: read, tellsState: false).isEmpty)
  }

  @Test("a member that leaves is told with the buckets that go with it, of which the kernel says nothing")
  func memberLeaves() {
    var watch = Self.watch(110)
    let read = ReportLab.state {
      $0.groups[1].members = [.init(id: 1), .init(id: 2, weight: 2)]
      for (number, id) in [1, 2, 2, 1].enumerated() { $0.bucketTables[0].buckets[number].nexthop = UInt32(id) }
      $0.nexthops?.removeAll { $0.id == 3 }
      $0.links[3].flags = 0x1003
    }
    #expect(
      Self.texts(watch.step(to: read, tellsState: false)) == [
        "link lab2: up -> no carrier", "group 110: members 1/2/3 -> 1/2,2",
        "group 110: 2 buckets moved (0 3): id 3 via 10.1.2.2 dev lab2 -> id 1 via 10.1.0.2 dev lab0",
        "group 110: 2 buckets moved (1-2): id 3 via 10.1.2.2 dev lab2 -> id 2 via 10.1.1.2 dev lab1",
        "group 110: shares id 1 37.5% -> 62.5%, id 2 12.5% -> 37.5%, id 3 50.0% -> 0.0%",
      ])
  }

  @Test("a link whose loss took the last member away is told, also where it is seen later than what it did")
  func linkAfterMember() {
    var watch = Self.watch(110)
    // Links are read first: the carrier was lost just after they were.
    let leave = { (state: inout RoutingState) in
      state.groups[1].members = [.init(id: 1), .init(id: 2, weight: 2)]
      state.nexthops?.removeAll { $0.id == 3 }
    }
    #expect(!Self.texts(watch.step(to: ReportLab.state(leave), tellsState: false)).contains { $0.hasPrefix("link") })
    #expect(watch.step(to: nil, tellsState: true).isEmpty)
    let later = ReportLab.state {
      leave(&$0)
      $0.links[3].flags = 0x1003
    }
    #expect(Self.texts(watch.step(to: later, tellsState: false)) == ["link lab2: up -> no carrier"])
    // It is no longer the group's.
    #expect(watch.step(to: ReportLab.state(leave), tellsState: false).isEmpty)
  }

  @Test("neighbours, objects, timers and balance are told when they change")
  func details() {
    var watch = Self.watch()
    let read = ReportLab.state {
      $0.neighbours[0].state = .stale
      $0.neighbours[1].state = .reachable
      $0.nexthops?[2].target = .device(interface: 7, gateway: address("10.1.2.9"), encapsulation: nil)
      $0.groups[1].resilient?.unbalancedTime = 0
      $0.groups[1].resilient?.idleTimer = 100
    }
    #expect(
      Self.texts(watch.step(to: read, tellsState: false)) == [
        "nexthop id 1 via 10.1.0.2 dev lab0: neighbour reachable -> stale",
        "nexthop id 2 via 10.1.1.2 dev lab1: neighbour failed -> reachable",
        "nexthop id 3 via 10.1.2.2 dev lab2 -> id 3 via 10.1.2.9 dev lab2",
        "group 100: shares id 2 0.0% -> 50.0%, id 3 75.0% -> 25.0%",
        "group 110: buckets 8 idle timer 60 s unbalanced timer off -> buckets 8 idle timer 1 s unbalanced timer off",
        "group 110: balanced",
      ])
  }

  @Test("how many buckets are idle is told when it is time, when it has changed, and while they are unbalanced")
  func states() {
    var watch = Self.watch(110)
    let balanced = ReportLab.state { $0.groups[1].resilient?.unbalancedTime = 0 }
    #expect(watch.step(to: ReportLab.state(), tellsState: true).map(\.name) == ["state"])
    #expect(watch.step(to: balanced, tellsState: true).map(\.name) == ["balance", "state"])
    #expect(watch.step(to: balanced, tellsState: true).isEmpty)
    var busy = balanced
    busy.bucketTables[0].buckets[7].idleTime = 0
    #expect(watch.step(to: busy, tellsState: false).isEmpty)
    #expect(watch.step(to: busy, tellsState: true).map(\.name) == ["state"])
  }

  @Test("groups come and go; one that is waited for is told when it comes")
  func comings() {
    var empty = ReportLab.state()
    let group = empty.groups.removeLast()
    empty.bucketTables = []
    var watch = GroupWatch(empty)
    _ = watch.beginning()
    watch.begin(with: route("10.3.0.0/24", nhid: 100, .none))
    let come = watch.step(to: ReportLab.state(), tellsState: false)
    #expect(come.map(\.name) == ["group-new", "state"])
    #expect(come.first?.text == "group 110: new, resilient 1/2/3 buckets 8 idle timer 60 s unbalanced timer off")
    #expect(watch.watches(group.id))
    #expect(watch.userCount(of: 100) == 1)
    let gone = watch.step(to: ReportLab.state { $0.groups = [group] }, tellsState: false)
    #expect(Self.texts(gone) == ["group 100: gone"])
    #expect(watch.userCount(of: 100) == 0)
  }

  @Test("routes that begin and cease to use a group are told, and counted")
  func routes() {
    var watch = Self.watch(110)
    let user = route("10.3.0.0/24", metric: 5, nhid: 110, .none)
    watch.begin(with: user)
    #expect(watch.userCount(of: 110) == 1)
    // The same again, as nexthop_compat_mode tells it after each change of the group.
    #expect(watch.take(user, isGone: false).isEmpty)
    #expect(watch.take(route("10.4.0.0/24", nhid: 100, .none), isGone: false).isEmpty)
    #expect(
      Self.texts(watch.take(route("10.5.0.0/24", table: 9, nhid: 110, .none), isGone: false)) == [
        "group 110: route 10.5.0.0/24 table 9 uses it now"
      ])
    let replaced = route("10.3.0.0/24", metric: 5, .single(leg("10.1.0.2", dev: 3)))
    // One of another kind that goes is another one.
    #expect(watch.take(replaced, isGone: true).isEmpty)
    #expect(
      Self.texts(watch.take(replaced, isGone: false)) == ["group 110: route 10.3.0.0/24 metric 5 uses it no more"])
    #expect(watch.userCount(of: 110) == 1)
    let key = RouteKey(route("10.7.0.0/24", nhid: 110, .none))
    #expect(Set(watch.retake([key: 110]).map(\.name)) == ["route"])
    #expect(watch.userCount(of: 110) == 1)
  }

  @Test("only what may touch the group is worth another look")
  func concerns() {
    let watch = Self.watch(110)
    // The group, a member, and one that nobody knows yet; not the other group, nor an object that is in none.
    #expect([110, 2, 77, 100, 6].map { watch.concerns(object: $0) } == [true, true, true, false, false])
    #expect(Self.watch().concerns(object: 100))
    let gateway = Neighbour(address: address("10.1.1.2"), interface: 5, state: .failed)
    #expect(watch.isGateway(gateway))
    #expect(!watch.isGateway(Neighbour(address: gateway.address, interface: 3, state: .failed)))
    #expect(!watch.isGateway(Neighbour(address: address("10.1.1.3"), interface: 5, state: .failed)))
  }

  @Test("the moves that are told lead from the first table to the last", arguments: 0..<50 as Range<UInt64>)
  func replay(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var watch = Self.watch(110)
    var state = ReportLab.state()
    var replayed = state.bucketTables[0].buckets.map(\.nexthop)
    for _ in 0..<20 {
      for _ in 0..<generator.next() % 4 {
        let number = Int(generator.next() % 8)
        let bucket = NexthopBucket(nexthop: UInt32(generator.next() % 3) + 1, idleTime: 0)
        state.bucketTables[0].buckets[number] = bucket
        // Some are told, the others are found.
        if generator.next() % 2 == 0 { watch.take(bucket, number: UInt16(number), of: 110) }
      }
      for event in watch.step(to: generator.next() % 3 == 0 ? nil : state, tellsState: false) {
        guard case .moved(_, let from, let to, let buckets) = event else { continue }
        for bucket in buckets where replayed[bucket] == from.id { replayed[bucket] = to.id ?? 0 }
      }
    }
    for event in watch.step(to: state, tellsState: false) {
      guard case .moved(_, let from, let to, let buckets) = event else { continue }
      for bucket in buckets where replayed[bucket] == from.id { replayed[bucket] = to.id ?? 0 }
    }
    #expect(replayed == state.bucketTables[0].buckets.map(\.nexthop), "seed \(seed)")
  }

  @Test("each event is one line of text without control characters, and one line of JSON that names it")
  func json() throws {
    var watch = GroupWatch(ReportLab.state())
    var events = watch.beginning() + [.lost]
    events += watch.step(
      to: ReportLab.state {
        $0.groups.removeLast()
        $0.neighbours = []
        $0.links[1].name = "odd\nname"
        $0.links[1].flags = 0
        $0.groups[0].members.removeLast()
      }, tellsState: true)
    events += watch.take(route("0.0.0.0/0", nhid: 100, .none), isGone: false)
    #expect(events.count > 8)
    for event in events {
      #expect(event.text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "\(event.text)")
      var writer = JSONWriter()
      event.write(to: &writer, time: "now")
      #expect(writer.bytes.last == UInt8(ascii: "\n"))
      #expect(writer.bytes.count { $0 == UInt8(ascii: "\n") } == 1)
      var reader = JSONReader(writer.bytes)
      let value = try reader.value()
      #expect(value["event"]?.text == event.name)
      #expect(value["time"]?.text == "now")
    }
  }

  // MARK: Frames

  private static func frame(_ columns: Int, _ rows: Int, events: [String] = []) -> WatchFrame {
    WatchFrame(watch(), title: "title", events: events, size: .init(columns: columns, rows: rows))
  }

  @Test("a frame has the groups, and what has happened below them")
  func frame() {
    #expect(
      Self.frame(120, 24, events: ["one", "two"]).lines
        == [
          "title", "id 100 mpath 3 members proto bgp",
          "    id 1 via 10.1.0.2 dev lab0  weight 1  25.0%                reachable",
          "    id 2 via 10.1.1.2 dev lab1  weight 2  0.0% (ideal 50.0%)   failed",
          "    id 3 via 10.1.2.2 dev lab2  weight 1  75.0% (ideal 25.0%)  no neighbour, onlink", "    used by 0 routes",
          "id 110 resilient, 8 buckets, idle timer 60 s, unbalanced for 12.34 s", "    0  CCccbaaa",
          "    a  id 1 via 10.1.0.2 dev lab0  weight 1  37.5% (ideal 33.3%)  3 buckets, 0 busy       reachable             used 70 s ago",
          "    b  id 2 via 10.1.1.2 dev lab1  weight 1  12.5% (ideal 33.3%)  1 of 2 buckets, 0 busy  failed                used 70 s ago",
          "    c  id 3 via 10.1.2.2 dev lab2  weight 1  50.0% (ideal 33.3%)  4 of 3 buckets, 2 busy  no neighbour, onlink  used 0.1 s ago",
          "    used by 0 routes", "", "one", "two",
        ].map { String($0.prefix(119)) })
  }

  @Test("it fits into every terminal, and the newest events are in it")
  func fits() {
    let events = (1...300).map { "event \($0)" }
    for columns in [1, 2, 10, 40, 80, 200] {
      for rows in [1, 2, 3, 5, 8, 12, 24, 60] {
        let lines = Self.frame(columns, rows, events: events).lines
        #expect(lines.count <= max(rows - 1, 1), "\(columns)x\(rows)")
        #expect(lines.allSatisfy { $0.unicodeScalars.count <= max(columns - 1, 1) }, "\(columns)x\(rows)")
        if rows >= 5, columns >= 40 { #expect(lines.last == "event 300") }
        if rows >= 24, columns >= 40 { #expect(lines.contains { $0.hasPrefix("    used by") }) }
      }
    }
  }

  @Test("a frame is drawn over the last one, and anew where the terminal has another size")
  func drawing() {
    let frame = Self.frame(60, 10)
    let first = frame.drawing(over: nil, isColoured: false)
    #expect(first.hasPrefix("title\u{1b}[K\n"))
    #expect(first.hasSuffix("\u{1b}[J"))
    #expect(first.count { $0 == "\n" } == frame.lines.count)
    #expect(frame.drawing(over: frame, isColoured: false) == "\u{1b}[\(frame.lines.count)F" + first)
    #expect(frame.drawing(over: Self.frame(50, 10), isColoured: false).hasPrefix("\u{1b}[2J\u{1b}[H"))
    #expect(!first.contains("\u{1b}[31m"))
    #expect(Self.frame(120, 10).drawing(over: nil, isColoured: true).contains("\u{1b}[31m"))
  }
}
