import TestSupport
import Testing

/// Routers of every kind, converted whole.
@Suite("Live random conversions")
struct LiveRandomConversionTests {
  /// How they are converted, one after the other.
  private static let ways = ["", "--two-steps", "--buckets 200 --idle-timer 45", "--two-steps --keep-old"]

  private static func way(_ seed: UInt64) -> String { ways[Int(seed % UInt64(ways.count))] }

  /// Runs `ecmpctl resilient …`, and expects that it ends well.
  private static func resilient(_ arguments: String, _ directory: String, _ seed: UInt64) throws -> String {
    let run = try Program.run("resilient \(arguments) --journal \(directory)/journal")
    #expect(run.status == 0, "seed \(seed): \(arguments): \(run.error)")
    return run.output
  }

  @Test(
    "everything converted and taken back: what ip shows is what it showed before",
    arguments: 1...30 as ClosedRange<UInt64>)
  func thereAndBack(seed: UInt64) throws {
    try withNetworkNamespace {
      try withTemporaryDirectory { directory in
        try RandomRouter.build(seed: seed)
        let before = try RandomRouter.picture()
        _ = try Self.resilient("apply --all \(Self.way(seed)) --yes --no-verify", directory, seed)
        let middle = try RandomRouter.picture()
        // Everything that has several nexthops is over resilient groups now, and only that is otherwise.
        let changed = RandomRouter.differences(before, middle)
        #expect(changed.count > 10, "seed \(seed)")
        _ = try Self.resilient("revert --all --yes --no-verify", directory, seed)
        // A group that was kept has all that it had.
        #expect(RandomRouter.differences(before, try RandomRouter.picture()) == [], "seed \(seed)")
      }
    }
  }

  @Test(
    "the commands that are printed, run by ip, and the plan, applied, end in the same state, there and back",
    arguments: 31...45 as ClosedRange<UInt64>)
  func pasted(seed: UInt64) throws {
    try withTemporaryDirectory { directory in
      let (batch, back) = ("\(directory)/there", "\(directory)/back")
      let (before, applied, reverted) = try withNetworkNamespace {
        try RandomRouter.build(seed: seed)
        let before = try RandomRouter.picture()
        try run("'\(Program.path)' resilient plan --all \(Self.way(seed)) >\(batch)")
        _ = try Self.resilient("apply --all \(Self.way(seed)) --yes --no-verify", directory, seed)
        let applied = try RandomRouter.picture()
        try run("'\(Program.path)' resilient revert --all --dry-run --journal \(directory)/journal >\(back)")
        _ = try Self.resilient("revert --all --yes --no-verify", directory, seed)
        return (before, applied, try RandomRouter.picture())
      }
      #expect(RandomRouter.differences(before, applied).count > 10, "seed \(seed)")
      try withNetworkNamespace {
        try RandomRouter.build(seed: seed)
        #expect(RandomRouter.differences(before, try RandomRouter.picture()) == [], "seed \(seed)")
        try run("sh -e \(batch)")
        #expect(RandomRouter.differences(applied, try RandomRouter.picture()) == [], "seed \(seed)")
        try run("sh -e \(back)")
        #expect(RandomRouter.differences(reverted, try RandomRouter.picture()) == [], "seed \(seed), back")
      }
    }
  }
}
