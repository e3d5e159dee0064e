import KernelRouting
import Routing
import TestSupport
import Testing

@testable import Transactions

/// The directory with the journals, as root of a machine or of a user namespace has it.
@Suite("The directory of journals")
struct TransactionDirectoryTests {
  /// Begins a transaction and ends it.
  private static func go(through directory: TransactionDirectory, id: String, time: UInt64) throws {
    var head = JournalCourseTests.head()
    head.id = id
    head.time = time
    head.bootID = KernelIdentity.running.bootID
    var journal = try directory.begin(head)
    try directory.close(&journal, .kept, "")
  }

  private static func with(_ body: (TransactionDirectory) throws -> Void) throws {
    let path = try run("mktemp -d").filter { $0 != "\n" }
    defer { _ = try? run("rm -rf \(path)") }
    try body(TransactionDirectory(path))
  }

  @Test("tells in which order transactions were made, whatever the clock has said")
  func order() throws {
    try Self.with { directory in
      let ids = ["20260131T120000Z-99", "20260131T120000Z-100", "19700101T000010Z-7"]
      for (index, id) in ids.enumerated() { try Self.go(through: directory, id: id, time: UInt64(index)) }
      #expect(directory.closedCourses().map(\.head.id) == ids)
    }
  }

  @Test("keeps the journal that was closed last, and a hundred, where the clock was set back")
  func kept() throws {
    try Self.with { directory in
      for number in 0..<102 {
        try Self.go(through: directory, id: "20260131T\(120000 + number)Z-9", time: UInt64(number))
      }
      #expect(directory.closedCourses().map(\.head.time) == Array(2..<102))
      try Self.go(through: directory, id: "19700101T000010Z-7", time: 102)
      #expect(directory.closedCourses().map(\.head.time) == Array(2..<103))
    }
  }
}
