import ArgumentParser
import Files
import HashLanes
import KernelRouting
import Rendering
import Routing
import SeedRecovery

/// `ecmpctl seed recover`.
struct SeedRecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", _superCommandName: "ecmpctl seed",
    abstract: "Find the boot seed of the running kernel, by a few lookups and a search of all seeds.",
    discussion: """
      The lookups are made in a scratch network namespace, so that no bucket of the live one is
      marked busy. The boot seed is one for all namespaces: --netns only says whose setting is looked
      at first. The seed is kept until the next boot in a file that root alone can read, and predict,
      verify and show policy use it from there.

      EXAMPLES
        ecmpctl seed recover
        ecmpctl seed recover --no-cache --json
      """)

  @Option(
    help: ArgumentHelp(
      "Look at the seed setting of that network namespace: a name under /run/netns, a path, or a process id.",
      valueName: "name"))
  var netns: String?

  @Option(help: ArgumentHelp("Threads that search; one for each CPU by default.", valueName: "n"))
  var threads: Int = Processors.count

  @Flag(name: .customLong("no-cache"), help: "Neither read nor write the file of the recovered seed.")
  var ignoresCache = false

  @OptionGroup var format: JSONOptions
  @OptionGroup var display: DisplayOptions
  @OptionGroup var detail: DetailOptions

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads must be from 1 to 1024") }
  }

  func run() throws {
    let kernel = try Kernel(namespace: netns.map(NetworkNamespace.init))
    let identity = kernel.identity()
    switch kernel.settings(links: []).hashSeed {
    case nil:
      throw CommandFailure(
        .negative,
        "Linux \(identity.release) has no hash seed: its key of 128 random bits can not be recovered; "
          + "predict --measure asks the kernel instead")
    case 0?: break
    case let seed?:
      throw CommandFailure(
        .negative,
        "nothing to recover: the key is known here, as net.ipv4.fib_multipath_hash_seed is set to \(seed)")
    }
    var finder = try BootSeedFinder(identity)
    let cache = SeedCache()
    if !ignoresCache, case .seed(let seed) = cache.read(for: identity), let checked = try finder.check(seed) {
      return try report(
        SeedRecoveryReport(
          kernel: identity.release, seed: seed, search: nil, checked: checked, cachePath: cache.path))
    }
    var result = try finder.find(threads: threads)
    guard !ignoresCache else { return try report(result) }
    do throws(PrivateFile.Failure) {
      if try cache.write(seed: result.seed, for: identity) { result.cachePath = cache.path }
    } catch {
      try report(result)
      throw CommandFailure.usage("the seed is not kept: \(error) (--no-cache does without)")
    }
    try report(result)
  }

  private func report(_ report: SeedRecoveryReport) throws {
    try format.print(report, lines: report.lines, display)
  }
}
