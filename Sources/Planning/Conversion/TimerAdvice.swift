/// Timers for a new resilient group, in USER_HZ ticks (1/100 s).
struct TimerAdvice {
  let idleTimer: UInt32
  let unbalancedTimer: UInt32
  private let grounds: String

  /// The kernel's own idle timer, and ten minutes: most flows have ended by themselves until then.
  private static let defaults: (idle: UInt32, unbalanced: UInt32) = (12000, 60000)

  init(_ pauses: FlowPauses?) {
    guard let pauses else {
      (idleTimer, unbalancedTimer) = Self.defaults
      grounds = "no flows told how long they pause"
      return
    }
    // Twice the longest usual pause, in whole seconds, as ip takes them.
    let seconds = UInt32(clamping: min(max((pauses.long * 2 + 99) / 100, 10), 900))
    idleTimer = seconds * 100
    unbalancedTimer = max(seconds * 5, 300) * 100
    grounds = "99 of 100 of the \(pauses.flows) flows are silent for at most \(pauses.long / 100) s"
  }

  /// What is advised, and why, of the timers that were not asked for.
  func sentence(besides wanted: ResilientRequest) -> String {
    let idle = wanted.idleTimer == nil ? "a bucket is idle after \(idleTimer / 100) s" : nil
    let busy = wanted.unbalancedTimer == nil ? "busy ones are forced to move after \(unbalancedTimer / 100) s" : nil
    return "\(grounds): " + [idle, busy].compactMap(\.self).joined(separator: ", and ")
  }

  func remedy(besides wanted: ResilientRequest) -> String {
    let options = [
      wanted.idleTimer == nil ? "--idle-timer" : nil, wanted.unbalancedTimer == nil ? "--unbalanced-timer" : nil,
    ]
    return "choose with " + options.compactMap(\.self).joined(separator: " and ")
  }
}
