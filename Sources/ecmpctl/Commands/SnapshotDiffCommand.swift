import ArgumentParser
import JSON
import Routing
import Snapshots

/// `ecmpctl snapshot diff`.
struct SnapshotDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", _superCommandName: "ecmpctl snapshot",
    abstract: "Say what differs between two snapshots, or from one until now; exit status 1 when anything does.",
    discussion: """
      Without a second snapshot it is the state of now, live or that of --netns.

      Each setting is compared for itself; buckets of a group that have changed alike, one behind the other, are one line.
      What one of them does not have, as an import made without some of the dumps, is not compared; standard error
      says so.

      EXAMPLES
        ecmpctl snapshot diff before.json after.json
        ecmpctl snapshot diff before.json after.json --json
        ecmpctl snapshot diff before.json
        ecmpctl snapshot diff before.json -4
      """)

  @Argument(help: "The older snapshot.")
  var old: String

  @Argument(help: "The newer snapshot (default: the state of now).")
  var new: String?

  @OptionGroup var format: JSONOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var detail: DetailOptions

  func validate() throws {
    guard new == nil || (source.netns == nil && source.snapshot == nil) else {
      throw ValidationError("--netns and --snapshot say what a single snapshot is compared with: leave them out")
    }
  }

  func run() throws {
    let before = try StateSource.snapshot(old)
    let after = try new.map(StateSource.snapshot) ?? StateSource(source).savedState()
    let diff = SnapshotDiff(from: before, to: after, family: source.family)
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
    let run = entry.buckets
    let place = "\(entry.section.rawValue) " + (run.map { "\($0.range) of group \($0.group)" } ?? entry.identity)
    func text(_ value: JSONValue) -> String { Self.text(run == nil ? value : value["nhid"] ?? value) }
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
      if let run = entry.buckets {
        json.member("group", run.group)
        json.member("first_bucket", run.buckets.lowerBound)
        json.member("last_bucket", run.buckets.upperBound)
      }
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
