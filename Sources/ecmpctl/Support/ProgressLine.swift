import Files

/// How far long work has come and how long it will take, on standard error when that is a terminal.
struct ProgressLine {
  private static let interval = Duration.milliseconds(200)
  private static let clock = ContinuousClock()

  private let label: String
  private let isShown: Bool
  private let start = clock.now
  private var last: ContinuousClock.Instant?

  /// - Parameter besideOutput: whether standard output gets something meanwhile, which must not be the same terminal.
  init(_ label: String, besideOutput: Bool = false) {
    self.label = label
    isShown = StandardStream.error.isTerminal && !(besideOutput && StandardStream.output.isTerminal)
  }

  /// The time since the work began, in seconds.
  var seconds: Double {
    let (seconds, attoseconds) = start.duration(to: Self.clock.now).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// Shows that `done` of `total` is done, unless it was shown a moment ago.
  mutating func update(_ done: UInt64, of total: UInt64) {
    let now = Self.clock.now
    guard isShown, done > 0, total > 0, last.map({ $0.duration(to: now) >= Self.interval }) ?? true else { return }
    last = now
    let left = Int((seconds * Double(total - min(done, total)) / Double(done)).rounded(.up))
    StandardStream.error.write("\r\(label): \(done * 100 / total)%, about \(left) s left \u{1b}[K")
  }

  /// Takes the line away again.
  func end() {
    if last != nil { StandardStream.error.write("\r\u{1b}[K") }
  }
}
