import ArgumentParser
import KernelRouting
import Rendering
import Routing
import SeedRecovery

/// `ecmpctl seed`: the key of the hash.
struct SeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seed",
    abstract: "The hash key: show it, find the one that the kernel made up when it started, choose one.",
    discussion: """
      EXAMPLES
        ecmpctl seed show
        ecmpctl seed recover
        ecmpctl seed set 0x12345678 --dry-run
        ecmpctl seed tune --flows elephants.csv
      """,
    subcommands: [SeedShowCommand.self, SeedRecoverCommand.self, SeedSetCommand.self, SeedTuneCommand.self])
}

/// `ecmpctl seed show`.
struct SeedShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", _superCommandName: "ecmpctl seed",
    abstract: "Show the seed, whether the key is known and from where, and the file of the recovered seed.",
    discussion: """
      EXAMPLES
        ecmpctl seed show
        ecmpctl seed show --json
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var format: JSONOptions
  @OptionGroup var detail: DetailOptions

  func run() throws {
    let state = try StateSource(source).state(.settings)
    let cache = SeedCache()
    let content = cache.read(for: state.kernel)
    let key: SeedReport.Key
    switch (state.settings.hashSeed, content) {
    case (nil, _): key = .secret
    case (0?, .seed(let seed)): key = .recovered(seed: seed)
    case (0?, _): key = .boot
    case (let seed?, _): key = .sysctl(seed: seed)
    }
    let report = SeedReport(
      kernel: state.kernel.release, bootID: state.kernel.bootID, key: key, cachePath: cache.path,
      cache: SeedReport.Cache(content))
    try format.print(report, lines: report.lines, source)
  }
}

extension SeedReport.Cache {
  init(_ content: SeedCache.Content) {
    switch content {
    case .seed: self = .valid
    case .absent: self = .absent
    case .unreadable: self = .unreadable
    case .ignored(let reason): self = .ignored(reason)
    }
  }
}
