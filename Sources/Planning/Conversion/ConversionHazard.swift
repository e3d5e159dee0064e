/// Something that can go wrong with a plan, or after it, with what to do about it.
package struct ConversionHazard: Hashable, Sendable {
  package enum Severity: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    /// To be known.
    case note
    /// To be thought about; the plan can be carried out.
    case warning
    /// The plan is not carried out, unless the user says so, where that is possible at all.
    case refusal

    package static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

    /// As a word for programs.
    package var name: String {
      switch self {
      case .note: "note"
      case .warning: "warning"
      case .refusal: "refusal"
      }
    }
  }

  package var code: Code
  package var severity: Severity
  /// What is concerned, such as "group 20" or "10.0.0.0/8 table main"; empty for the whole machine.
  package var subject: String
  /// A sentence without a full stop.
  package var text: String
  /// What to do about it, as a sentence without a full stop.
  package var remedy: String
  /// Whether the user has accepted it by its code.
  package var isAccepted: Bool

  package init(
    _ code: Code, _ severity: Severity, subject: String = "", text: String, remedy: String, isAccepted: Bool = false
  ) {
    self.code = code
    self.severity = severity
    self.subject = subject
    self.text = text
    self.remedy = remedy
    self.isAccepted = isAccepted
  }

  /// Whether the plan is not to be carried out because of it.
  package var refuses: Bool { severity == .refusal && !isAccepted }

  /// What the user gives on the command line to have the plan all the same; nil where nothing helps.
  package var override: String? {
    severity == .refusal && code.canBeAccepted ? "--accept \(code.rawValue)" : nil
  }
}

extension ConversionHazard {
  /// The stable name of a kind of hazard.
  package enum Code: String, Hashable, Sendable, CaseIterable {
    // What the group would be like.
    case starvedMember = "starved-member"
    case shareError = "share-error"
    case busyBuckets = "busy-buckets"
    case laterMoves = "later-moves"
    case advisedTimers = "advised-timers"
    case neighbourIgnored = "neighbour-ignored"
    case noSelfHealing = "no-self-healing"

    // Members as they are now.
    case memberDown = "member-down"
    case memberWithoutCarrier = "member-without-carrier"
    case neighbourFailed = "neighbour-failed"

    // Who else has a hand in it.
    case owner = "owner"
    case managerRunning = "manager-running"
    case following = "following"
    case offloaded = "offloaded"

    // The machine.
    case noFreeID = "no-free-id"
    case noNexthopObjects = "no-nexthop-objects"
    case noResilientGroups = "no-resilient-groups"

    // The change itself.
    case ipv6Gap = "ipv6-gap"
    case localTraffic = "local-traffic"
    case unconvertible = "unconvertible"
    case notConcerned = "not-concerned"
    case attributeLost = "attribute-lost"
    case ipLimits = "ip-limits"
    case twins = "twins"
    case notSimulated = "not-simulated"

    /// Whether a refusal by this code is a matter of opinion: the kernel would take the change.
    package var canBeAccepted: Bool {
      switch self {
      case .noFreeID, .noNexthopObjects, .noResilientGroups, .unconvertible, .notConcerned, .notSimulated: false
      default: true
      }
    }
  }
}
