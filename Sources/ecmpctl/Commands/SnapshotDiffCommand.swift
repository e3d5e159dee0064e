import ArgumentParser
import JSON
import Snapshots

/// `ecmpctl snapshot diff`.
struct SnapshotDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", _superCommandName: "ecmpctl snapshot",
    abstract: "Say what differs between two snapshots; exit status 1 when anything does.",
    discussion: """
      What one of them does not have, as an import made without some of the dumps, is not compared; standard error
      says so.

      EXAMPLES
        ecmpctl snapshot diff before.json after.json
        ecmpctl snapshot diff before.json after.json --json
      """)

  @Argument(help: "The older snapshot.")
  var old: String

  @Argument(help: "The newer snapshot.")
  var new: String

  @OptionGroup var format: JSONOptions
  @OptionGroup var display: DisplayOptions
  @OptionGroup var detail: DetailOptions

  func run() throws {
    let diff = SnapshotDiff(from: try Snapshot(path: old).state, to: try Snapshot(path: new).state)
    var output = OutputBuffer()
    var sink = JSONSink(format)
    if format.json { sink.json.beginArray() }
    for entry in diff.entries {
      if format.json {
        Self.write(entry, to: &sink.json)
        sink.move(to: &output)
      } else {
        output.print(Self.line(entry))
      }
      try output.flushIfFull()
    }
    if format.json {
      sink.json.endArray()
      sink.json.endLine()
      sink.move(to: &output)
    }
    try output.flush()
    if !diff.notCompared.isEmpty {
      complain("not compared, as one of them does not have it: " + diff.notCompared.map(\.text).joined(separator: ", "))
    }
    if !diff.isEmpty { throw CommandFailure(.negative, nil) }
  }

  private static func text(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    value.write(to: &writer)
    return writer.text
  }

  private static func line(_ entry: SnapshotDiff.Entry) -> String {
    let place = "\(entry.section.rawValue) \(entry.identity)"
    return switch entry.change {
    case .added(let value): "+ \(place): \(text(value))"
    case .removed(let value): "- \(place): \(text(value))"
    case .changed(let old, let new): "~ \(place): \(text(old)) -> \(text(new))"
    }
  }

  private static func write(_ entry: SnapshotDiff.Entry, to json: inout JSONWriter) {
    json.object { json in
      json.member("section", entry.section.rawValue)
      json.member("identity", entry.identity)
      switch entry.change {
      case .added(let value): json.member("added", value)
      case .removed(let value): json.member("removed", value)
      case .changed(let old, let new):
        json.member("from", old)
        json.member("to", new)
      }
    }
  }
}
