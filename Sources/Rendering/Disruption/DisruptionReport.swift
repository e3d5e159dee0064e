import Forwarding
package import Placement
package import Routing

/// What a change does to flows: the one value behind text, JSON and HTML.
package struct DisruptionReport: Sendable {
  package typealias Count = FlowTally.Count

  /// A way out before or after, and what takes it.
  struct Line: Sendable {
    var way: Way
    /// The nexthop; nil for anything else.
    var nexthop: Disruption.Nexthop?
    /// `id 1 via 10.0.0.1 dev eth0`, or what becomes of the flows.
    var text: String
    var count: Count
    /// Flows of `count` that go this way before and after.
    var staying: UInt64
    /// A part of all flows, by the weights of the routes; nil for what is no nexthop.
    var idealShare: Double?
  }

  /// A scheme, and what it moves of the compared flows.
  struct SchemeLine: Sendable {
    var name: String
    var result: SchemeComparison.Result
  }

  /// How other schemes would have placed the flows.
  struct Comparison: Sendable {
    var flows: Count
    var notCompared: Count
    /// The scheme in force comes first.
    var lines: [SchemeLine]
    var bound: Double
    /// Bucket counts of the resilient tables, smallest first.
    var bucketCounts: [Int]
  }

  /// Flows that upper bounds place, and the part of them that was to be expected to move.
  struct Expectation: Sendable {
    var flows: UInt64
    var moved: UInt64
    /// 0 to 1.
    var expectedShare: Double
  }

  /// A reason to doubt the numbers.
  package struct Doubt: Hashable, Sendable {
    package var code: String
    package var text: String

    package init(code: String, text: String) {
      self.code = code
      self.text = text
    }
  }

  let names: WayNames
  /// The commands of the change, as they were given.
  let changes: [String]
  let total: Count
  let counts: [Movement.Fate: Count]
  let moved: Count
  let before: [Line]
  let after: [Line]
  let matrix: [Disruption.Cell]
  let reasons: [(reason: Movement.Reason, count: Count)]
  let comparison: Comparison?
  let expectation: Expectation?
  /// Flows whose hash is not known, and how many of them are to be expected to move by the ranges alone.
  let undeterminedGuess: (flows: UInt64, moved: Double)?
  let anycast: AnycastJudgement?
  /// Flows with a decision that is not exact.
  let uncertain: UInt64
  let doubts: [Doubt]
  let resilient: ResilientOutlook?
  let buckets: [BucketMap]

  /// - Parameters:
  ///   - before: the state that the change starts from, for the names of interfaces.
  ///   - changes: the commands of the change, to be shown.
  ///   - doubts: what makes the state after the change uncertain, beside what the decisions tell.
  ///   - resilient: what the timers of resilient groups do.
  ///   - buckets: bucket tables to be drawn.
  package init(
    _ disruption: Disruption, before: RoutingState, after: RoutingState, changes: [String] = [], doubts: [Doubt] = [],
    resilient: ResilientOutlook? = nil, buckets: [BucketMap] = []
  ) {
    let names = WayNames(before: before, after: after)
    self.names = names
    self.changes = changes
    self.resilient = resilient
    self.buckets = buckets
    total = disruption.total
    counts = Dictionary(uniqueKeysWithValues: Movement.Fate.allCases.map { ($0, disruption.count($0)) })
    moved = disruption.moved
    matrix = disruption.matrix()
    reasons = disruption.reasons()
    undeterminedGuess = disruption.expectedOfUndetermined
    uncertain = disruption.uncertain
    self.doubts = disruption.caveats.list.map { Doubt(code: $0.code, text: $0.text) } + doubts
    anycast = disruption.anycast?.judgement()

    let staying = Dictionary(
      matrix.filter { $0.before == $0.after }.map { ($0.before, $0.count.flows) }, uniquingKeysWith: +)
    let flows = Double(max(total.flows, 1))
    func lines(_ shares: [Disruption.Share]) -> [Line] {
      shares.map { share in
        Line(
          way: share.way, nexthop: share.nexthop, text: share.nexthop.map(names.text) ?? names.text(share.way),
          count: share.count, staying: staying[share.way] ?? 0, idealShare: share.idealFlows.map { $0 / flows })
      }
    }
    self.before = lines(disruption.sharesBefore())
    self.after = lines(disruption.sharesAfter())

    comparison = disruption.comparison.flatMap { Self.comparison($0) }
    expectation = disruption.comparison?.threshold.map {
      Expectation(flows: $0.flows, moved: $0.moved, expectedShare: $0.expected)
    }
  }

  private static func comparison(_ schemes: SchemeComparison) -> Comparison? {
    guard schemes.compared.flows > 0 else { return nil }
    let lines = Scheme.allCases.map { SchemeLine(name: $0.name, result: schemes.result($0)) }
    return Comparison(
      flows: schemes.compared, notCompared: schemes.notCompared,
      lines: [SchemeLine(name: "this change", result: schemes.actual)] + lines, bound: schemes.bound,
      bucketCounts: schemes.bucketCounts)
  }

  func count(_ fate: Movement.Fate) -> Count { counts[fate] ?? Count() }

  /// Whether weights say something that the number of flows does not.
  var hasWeights: Bool { total.weight != total.flows }

  var isExact: Bool { uncertain == 0 && doubts.isEmpty }

  /// The answer in a sentence, without a full stop.
  package var headline: String {
    var text: String
    let undetermined = count(.undetermined).flows
    if total.flows == 0 {
      return "no flows"
    } else if undetermined == total.flows {
      return "which of \(total.flows) flows move can not be told"
    } else if moved.flows == 0 {
      text = "none of \(total.flows - undetermined) flows moves" + (timerWords.map { " at once, \($0)" } ?? "")
    } else {
      text = "\(moved.flows) of \(total.flows) flows move (\(share(moved.flows))): "
      text += "\(count(.unavoidable).flows) had to, \(count(.collateral).flows) need not"
    }
    for (fate, words) in [
      (Movement.Fate.unroutable, "unroutable"), (.restored, "restored"), (.otherwise, "otherwise changed"),
      (.undetermined, "undetermined"),
    ] where count(fate).flows > 0 {
      text += ", \(count(fate).flows) \(words)"
    }
    return text
  }

  /// What the timers of resilient groups add to what moves at once; nil for nothing.
  private var timerWords: String? {
    guard let resilient, resilient.mayMove.flows > 0 || resilient.moves.flows > moved.flows else { return nil }
    return "\(resilient.moves.flows) do and \(resilient.mayMove.flows) may by the timers of resilient groups"
  }

  /// What a list of the moved flows can not tell, in a sentence without a full stop; nil where it tells everything.
  package var doubtSentence: String? {
    let undetermined = count(.undetermined).flows
    guard undetermined > 0 || !isExact || timerWords != nil else { return nil }
    var parts: [String] = []
    if undetermined > 0 { parts.append("which of \(undetermined) flows move can not be told") }
    if uncertain > 0 { parts.append("\(uncertain) predictions are uncertain") }
    if let timerWords { parts.append("of all flows \(timerWords)") }
    if parts.isEmpty { parts.append("what the change does is uncertain") }
    let codes = doubts.map(\.code).joined(separator: ", ")
    return "the list can not be sure: \(parts.joined(separator: "; "))" + (codes.isEmpty ? "" : " (\(codes))")
  }

  /// What is to be expected of the flows whose hash is not known, without a full stop; nil where nothing is.
  var guessSentence: String? {
    guard let guess = undeterminedGuess else { return nil }
    let share = Text.percent(guess.moved / Double(guess.flows))
    return
      "about \(UInt64(guess.moved.rounded())) (\(share)) of \(guess.flows) undetermined flows move, by the ranges of "
      + "hash-threshold alone"
  }

  /// A part of all flows.
  func share(_ flows: UInt64) -> String {
    Text.percent(total.flows == 0 ? 0 : Double(flows) / Double(total.flows))
  }
}
