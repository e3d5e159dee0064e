import JSON
import Netlink
import Planning
import Routing
import Testing

@testable import Transactions

/// What a journal tells, line by line.
@Suite("The course of a journal")
struct JournalCourseTests {
  static let changes: [PlannedChange] = [
    .addGroup(NexthopGroup(id: 7, kind: .resilient, members: [.init(id: 1)])),
    .removeGroup(NexthopGroup(id: 6, members: [.init(id: 1)])),
    .removeNexthop(Nexthop(id: 2, family: .ipv4, target: .blackhole)),
  ]

  static func head(confirmWithin: UInt32? = nil) -> JournalHead {
    JournalHead(
      id: "x", created: "2026-01-31T12:00:00Z", time: 5_000_000_000, process: 17, bootID: "b",
      namespace: NamespaceIdentity(inode: 1, cookie: 2), namespaceName: "n", confirmWithin: confirmWithin,
      plan: TransactionPlan("a test", changes))
  }

  static func course(_ records: [JournalRecord], confirmWithin: UInt32? = nil) throws -> JournalCourse {
    try #require(JournalCourse([.begin(head(confirmWithin: confirmWithin))] + records))
  }

  @Test("of a stop before a step is done has it unclear, to be undone first and to be done next")
  func begun() throws {
    let course = try Self.course([.doing(0), .done(0), .doing(1)])
    #expect(course.phase == .applying)
    #expect(course.doneCount == 1)
    #expect(course.unclear == [1])
    #expect(course.toUndo == [1, 0])
    #expect(course.toDo == [1, 2])
  }

  @Test("of a stop on the way back has what is left to undo, and all that is undone to do again")
  func undoing() throws {
    let course = try Self.course([
      .doing(0), .done(0), .doing(1), .done(1), .doing(2), .failed("no"), .undoing(2), .undone(2, nil), .undoing(1),
    ])
    #expect(course.phase == .undoing)
    #expect(course.failure == "no")
    #expect(course.unclear == [1])
    #expect(course.toUndo == [1, 0])
    #expect(course.toDo == [1, 2])
  }

  @Test("of what went on after a failure tells of none, once a step is made or all are")
  func gone() throws {
    let failed: [JournalRecord] = [.doing(0), .done(0), .failed("no"), .undoing(0)]
    #expect(try Self.course(failed).failure == "no")
    #expect(try Self.course(failed + [.doing(0)]).failure == nil)
    #expect(try Self.course([.failed("no"), .finished(deadline: 7, kept: [])], confirmWithin: 1).failure == nil)
  }

  @Test("of a step that somebody else has taken over does not touch it again on the way back")
  func leftAlone() throws {
    let course = try Self.course([.doing(0), .done(0), .doing(1), .done(1), .undoing(1), .leftAlone(1, "r")])
    #expect(course.toUndo == [0])
  }

  @Test("of a finished transaction waits for its confirmation from its end on, else from its start")
  func deadline() throws {
    #expect(try Self.course([], confirmWithin: 10).deadline == 15_000_000_000)
    let finished = try Self.course([.finished(deadline: 77, kept: [])], confirmWithin: 10)
    #expect(finished.phase == .awaitingConfirmation(deadline: 77))
    #expect(finished.deadline == 77)
    #expect(try Self.course([.finished(deadline: 77, kept: []), .confirmed], confirmWithin: 10).phase == .finished)
    #expect(try Self.course([]).deadline == nil)
  }

  @Test("is the same after it was written and read, whatever was begun of a further line")
  func roundTrip() throws {
    let kept = KeptGroup(
      group: NexthopGroup(
        id: 7, kind: .resilient, members: [.init(id: 1, weight: 9)],
        resilient: ResilientParameters(buckets: 64, idleTimer: 1, unbalancedTimer: 2)),
      members: [.init(nexthop: Nexthop(id: 1, family: .ipv6, target: .blackhole), interface: "e0", weight: 9)],
      routes: [Route(destination: .everything(.ipv4), nexthops: .object(id: 7, expansion: .none))])
    let records: [JournalRecord] = [
      .begin(Self.head(confirmWithin: 3)), .doing(0), .done(0), .undoing(0), .undone(0, nil), .undone(0, "w"),
      .leftAlone(1, "\"a\"\n"),
      .failed("f"), .finished(deadline: 12, kept: [kept]), .finished(deadline: nil, kept: []), .confirmed,
      .closed(.lost, "r", at: nil), .closed(.kept, "", at: "2026-01-31T12:00:00Z"),
    ]
    var bytes: [UInt8] = []
    for record in records {
      var writer = JSONWriter()
      record.write(to: &writer)
      writer.endLine()
      bytes += writer.bytes
    }
    let course = try #require(JournalCourse(records))
    for tail in ["", "{\"record\":\"undo", "\0\0\0", "{\"rec\0\0\0"] {
      #expect(try Journal.course(of: bytes + Array(tail.utf8), path: "j") == course)
    }
  }

  @Test("of a damaged line is none, and the line is named")
  func damaged() throws {
    for text in ["", "\n", "{}\n", "{\"record\":\"done\",\"step\":0}\n", "[1\n"] {
      #expect(throws: TransactionError.self) { try Journal.course(of: Array(text.utf8), path: "j") }
    }
  }

  @Test("is told where it is by options that a shell takes, as far as they are needed")
  func place() {
    let standard = TransactionPlace(namespaceName: nil, journal: TransactionDirectory.standardPath)
    #expect(standard.options == "")
    let other = TransactionPlace(namespaceName: "/run/netns/a b", journal: "/tmp/it's")
    #expect(other.options == " --netns '/run/netns/a b' --journal '/tmp/it'\\''s'")
  }

  @Test("tells how a transaction that is over has ended, and of an open one nothing")
  func ending() throws {
    let name = "the last one, x (a test) in the network namespace n, "
    let done: [JournalRecord] = [.doing(0), .done(0)]
    #expect(try Self.course(done).ending == nil)
    let rows: [(JournalRecord, UInt32?, String)] = [
      (.closed(.kept, "", at: "T"), nil, "was done at T"), (.closed(.kept, "", at: "T"), 9, "was confirmed at T"),
      (.closed(.undone, "asked for", at: "T"), nil, "was undone by rollback at T"),
      (.closed(.undone, "why", at: nil), nil, "was undone: why"),
      (.closed(.lost, "why", at: "T"), nil, "was closed at T: why"),
      (
        .closed(.abandoned, "by the user", at: "T"), nil,
        "was closed by rollback --abandon at T, and the kernel left as it was"
      ),
    ]
    for (record, confirmWithin, words) in rows {
      #expect(try Self.course(done + [record], confirmWithin: confirmWithin).ending == name + words)
    }
    #expect(
      try Self.course(done + [.leftAlone(0, "w"), .closed(.undone, "why", at: "T")]).ending
        == name + "was undone in part at T: why")
  }

  @Test("tells what is not as it was, and why, until the step is made again")
  func exceptions() throws {
    let records: [JournalRecord] = [
      .doing(0), .done(0), .doing(1), .done(1), .undoing(1), .undone(1, "without nexthop 2"), .undoing(0),
      .leftAlone(0, "it is another one"),
    ]
    #expect(
      try Self.course(records).exceptions == [
        "1 add group 7: left alone: it is another one", "2 remove group 6: undone: without nexthop 2",
      ])
    #expect(try Self.course(records + [.doing(1), .done(1)]).exceptions.count == 1)
    #expect(try Self.course([.doing(0), .done(0), .undoing(0), .undone(0, nil)]).exceptions == [])
  }
}
