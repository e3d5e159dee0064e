import ArgumentParser
import Files
import Snapshots

/// `ecmpctl snapshot`: the whole routing state as a file.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Save the routing state to a file, compare two, or build one from a support bundle.",
    discussion: """
      EXAMPLES
        ecmpctl snapshot save spine02.json
        ecmpctl snapshot diff before.json after.json
        ecmpctl snapshot import -o router.json --route route.json --route6 route6.json --nexthop nexthop.json
      """,
    subcommands: [SnapshotSaveCommand.self, SnapshotDiffCommand.self, SnapshotImportCommand.self])
}

/// `ecmpctl snapshot save FILE`.
struct SnapshotSaveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "save", _superCommandName: "ecmpctl snapshot",
    abstract: "Write the whole state to one JSON file; - is standard output.",
    discussion: """
      EXAMPLES
        ecmpctl snapshot save spine02.json
        ecmpctl snapshot save spine02.json --netns spine02
        ecmpctl snapshot save - | ssh analyst ecmpctl check --snapshot -
      """)

  @Argument(help: "The file to write.")
  var file: String

  @OptionGroup var source: SourceOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var detail: DetailOptions

  func run() throws {
    try Snapshot(state: StateSource(source).savedState(), created: WallClock.now).save(to: file)
  }
}
