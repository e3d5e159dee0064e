package import Forwarding
package import KernelRouting
import MultipathHash
import Netlink
import Routing
import Scratch

/// Finds the multipath hash of flows by experiment, where the key can not be known.
///
/// The boot key is the same in every network namespace, so the experiment is made in a scratch one, and no bucket of the
/// live one is touched. Three resilient groups with as many buckets as members tell three remainders of the hash, and
/// these the whole of it. A kernel without resilient groups (before 5.13) tells the range between two upper bounds.
package struct HashMeasurer: ~Copyable {
  /// How the kernel is made to show hashes.
  enum Method {
    /// For each of the three groups and each member the one bucket that it has.
    case remainders([[UInt32]])
    /// The group, which is also its table and mark, for each division of the hash that was asked for.
    case ranges([[UInt32]: UInt32])
  }

  var scratch: ScratchNamespace
  let bench: MeasuringBench
  var method: Method
  /// The hash settings of the scratch namespace.
  private var current: Set<HashSetting> = []
  /// Nexthop objects that exist.
  var nexthopCount = 0
  /// Made for the first hash that only packets have.
  var frameBench: FrameBench?

  /// Furnishes a scratch namespace.
  ///
  /// - Parameter settings: sysctls to set in it before anything is measured.
  package init(settings: [SysctlSetting] = []) throws(KernelError) {
    var scratch = try ScratchNamespace()
    let bench = try MeasuringBench(&scratch)
    try scratch.set(settings)
    let largest = Int(Remainders.moduli.max() ?? 0)
    try bench.addNexthops(0..<largest, &scratch.kernel)
    if let buckets = try Self.addResilientGroups(bench, &scratch.kernel) {
      method = .remainders(buckets)
    } else {
      method = .ranges([:])
    }
    nexthopCount = largest
    frameBench = nil
    self.scratch = scratch
    self.bench = bench
  }

  /// Whether whole hashes are found, and not just ranges that they lie in.
  package var findsWholeHashes: Bool {
    if case .remainders = method { true } else { false }
  }

  /// Measures hashes, in order; nil for what the kernel can not be brought to hash.
  package mutating func measure(_ questions: [HashQuestion]) throws(KernelError) -> [MeasuredHash?] {
    var answers = [MeasuredHash?](repeating: nil, count: questions.count)
    var bySetting: [HashSetting: [(index: Int, plan: QueryPlan)]] = [:]
    for (index, question) in questions.enumerated() {
      guard let plan = QueryPlan(question), bench.families.contains(plan.setting.family) else { continue }
      bySetting[plan.setting, default: []].append((index, plan))
    }
    for (setting, plans) in bySetting {
      guard try apply(setting) else { continue }
      let found = try ask(plans.map(\.plan), weights: plans.map { questions[$0.index].weights })
      for (plan, hash) in zip(plans, found) { answers[plan.index] = hash }
    }
    try measureByPackets(questions, &answers)
    return answers
  }

  /// Makes the kernel hash by a setting; false where it has no such policy.
  mutating func apply(_ setting: HashSetting) throws(KernelError) -> Bool {
    if current.contains(setting) { return true }
    do throws(KernelError) {
      try scratch.set(setting.sysctls)
    } catch {
      guard error.errno == .noEntry || error.errno == .invalid else { throw error }
      return false
    }
    current = current.filter { $0.family != setting.family }
    current.insert(setting)
    return true
  }

  private mutating func ask(
    _ plans: [QueryPlan], weights: [[UInt32?]?]
  ) throws(KernelError) -> [MeasuredHash?] {
    if case .remainders(let buckets) = method { return try askRemainders(plans, buckets) }
    return try askRanges(plans, weights: weights)
  }
}
