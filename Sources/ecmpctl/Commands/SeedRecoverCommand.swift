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
    commandName: "recover",
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

  /// Two hashes leave the right seed in all likelihood; the third makes it certain.
  private static let observations = 3
  private static let checks = 16

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
    var observer = try SeedObserver()
    let cache = SeedCache()
    if !ignoresCache, case .seed(let seed) = cache.read(for: identity),
      let checked = try check(seed, &observer)
    {
      return try report(
        SeedRecoveryReport(
          kernel: identity.release, seed: seed, search: nil, checked: checked, cachePath: cache.path))
    }
    let (seed, search) = try search(&observer, kernel: identity)
    guard let checked = try check(seed, &observer) else { throw disagreement(identity) }
    var result = SeedRecoveryReport(
      kernel: identity.release, seed: seed, search: search, checked: checked, cachePath: nil)
    guard !ignoresCache else { return try report(result) }
    do throws(PrivateFile.Failure) {
      if try cache.write(seed: seed, for: identity) { result.cachePath = cache.path }
    } catch {
      try report(result)
      throw CommandFailure.usage("the seed is not kept: \(error) (--no-cache does without)")
    }
    try report(result)
  }

  private func report(_ report: SeedRecoveryReport) throws {
    try format.print(report, lines: report.lines)
  }

  /// The one seed that explains what is observed.
  private func search(
    _ observer: inout SeedObserver, kernel: KernelIdentity
  ) throws -> (seed: UInt32, SeedRecoveryReport.Search) {
    let observations = try observer.observe(Self.observations)
    guard observations.count == Self.observations else {
      throw CommandFailure(
        .negative, "Linux \(kernel.release) does not show whole hashes; predict --measure does what it allows")
    }
    let search = SeedSearch(observations, threads: threads)
    var progress = ProgressLine("searching all seeds")
    var seeds = search.run { progress.update($0, of: search.count) }
    let seconds = progress.seconds
    progress.end()
    if seeds.count > 1 {
      let more = try observer.observe(Self.observations)
      seeds.removeAll { seed in !more.allSatisfy { $0.fits(seed) } }
    }
    guard let seed = seeds.first, seeds.count == 1 else { throw disagreement(kernel) }
    return (
      seed,
      SeedRecoveryReport.Search(
        seeds: search.count, seconds: seconds, threads: threads, registers: LaneCount.widest.name,
        observations: observations.count)
    )
  }

  /// How many fresh lookups agree with the seed; nil when one does not.
  private func check(_ seed: UInt32, _ observer: inout SeedObserver) throws -> Int? {
    let fresh = try observer.observe(Self.checks)
    return fresh.isEmpty || !fresh.allSatisfy { $0.fits(seed) } ? nil : fresh.count
  }

  private func disagreement(_ kernel: KernelIdentity) -> CommandFailure {
    CommandFailure(
      .negative,
      "no seed explains the hashes that Linux \(kernel.release) shows: it hashes in a way that is not known here; "
        + "predict --measure asks the kernel instead")
  }
}
