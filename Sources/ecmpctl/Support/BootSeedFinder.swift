import HashLanes
import KernelRouting
import Rendering
import Routing
import SeedRecovery

/// Finds the boot seed of the running kernel, and makes sure of it.
struct BootSeedFinder: ~Copyable {
  /// Two hashes leave the right seed in all likelihood; the third makes it certain.
  private static let observations = 3
  private static let checks = 16

  let kernel: KernelIdentity
  private var observer: SeedObserver

  init(_ kernel: KernelIdentity) throws(KernelError) {
    self.kernel = kernel
    observer = try SeedObserver()
  }

  /// The one seed that explains what is observed, of all there are; it is held against fresh lookups, too.
  mutating func find(threads: Int = Processors.count) throws -> SeedRecoveryReport {
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
    guard let seed = seeds.first, seeds.count == 1, let checked = try check(seed) else { throw disagreement }
    return SeedRecoveryReport(
      kernel: kernel.release, seed: seed,
      search: SeedRecoveryReport.Search(
        seeds: search.count, seconds: seconds, threads: threads, registers: LaneCount.widest.name,
        observations: observations.count),
      checked: checked, cachePath: nil)
  }

  /// How many fresh lookups agree with the seed; nil when one does not.
  mutating func check(_ seed: UInt32) throws -> Int? {
    let fresh = try observer.observe(Self.checks)
    return fresh.isEmpty || !fresh.allSatisfy { $0.fits(seed) } ? nil : fresh.count
  }

  private var disagreement: CommandFailure {
    CommandFailure(
      .negative,
      "no seed explains the hashes that Linux \(kernel.release) shows: it hashes in a way that is not known here; "
        + "predict --measure asks the kernel instead")
  }
}
