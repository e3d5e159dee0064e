internal import Files
internal import JSON
internal import Netlink

/// The journal of a transaction that is open: what is to be done, and how far it has come.
///
/// A record is on the disk when the call returns.
package struct Journal {
  package private(set) var course: JournalCourse
  private let file: AppendedFile

  /// What a step may need: four short records, and the reasons of a failure.
  private static let bytesPerStep = 1024
  private static let bytesAtEnd = 4096

  /// Starts a journal at `path`, with all the room that it will need.
  ///
  /// - Parameter keptSize: bytes that the description of the kept groups may take.
  init(creating path: String, _ head: JournalHead) throws(TransactionError) {
    course = JournalCourse(head)
    let line = Self.line(.begin(head))
    do throws(FileError) {
      file = try AppendedFile(creating: path)
      // The groups as they will be kept are about as long as the plan that makes them.
      try file.reserve(2 * line.count + head.plan.changes.count * Self.bytesPerStep + Self.bytesAtEnd)
      try file.append(line)
    } catch {
      throw .journal(.system(error))
    }
  }

  /// Goes on with the journal at `path`, whose contents are `bytes`.
  init(continuing path: String, _ course: JournalCourse) throws(TransactionError) {
    self.course = course
    do throws(FileError) {
      file = try AppendedFile(continuing: path)
    } catch {
      throw .journal(.system(error))
    }
  }

  /// Adds a record.
  mutating func append(_ record: JournalRecord) throws(TransactionError) {
    do throws(FileError) {
      try file.append(Self.line(record))
    } catch {
      throw .journal(.system(error))
    }
    course.take(record)
  }

  /// Takes note of what is so, on the disk where that has room for it.
  ///
  /// It is for the way back, which a full disk must not bar: a step that is undone without a record is found undone.
  mutating func note(_ record: JournalRecord) {
    try? file.append(Self.line(record))
    course.take(record)
  }

  private static func line(_ record: JournalRecord) -> [UInt8] {
    var writer = JSONWriter()
    record.write(to: &writer)
    writer.endLine()
    return writer.bytes
  }

  /// The course that the contents of a journal tell.
  package static func course(of contents: [UInt8], path: String) throws(TransactionError) -> JournalCourse {
    var records: [JournalRecord] = []
    for line in AppendedFile.records(in: contents).split(separator: UInt8(ascii: "\n")) {
      do {
        var reader = JSONReader(Array(line))
        let value = try reader.value()
        try reader.finish()
        records.append(try JournalRecord(json: value))
      } catch {
        throw .damaged(path: path, "record \(records.count + 1): \(error)")
      }
    }
    guard let course = JournalCourse(records) else { throw .damaged(path: path, "it does not begin like one") }
    return course
  }
}
