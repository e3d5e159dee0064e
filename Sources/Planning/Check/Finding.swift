package import Routing

/// Something that is wrong or risky about a state as it is, with what to do about it.
package struct Finding: Hashable, Sendable {
  package typealias Severity = ConversionHazard.Severity

  package var code: Code
  package var severity: Severity
  /// What is concerned, such as "group 20" or "o1"; empty for the whole machine.
  package var subject: String
  /// The family that it is about; nil for both.
  package var family: AddressFamily?
  /// The ids of the groups, and of single nexthop objects, that it is about.
  package var groups: [UInt32] = []
  package var nexthops: [UInt32] = []
  /// The names of the interfaces that it is about.
  package var interfaces: [String] = []
  /// The routes that it is about.
  package var routes = RouteSample()
  /// Why it matters, as a sentence without a full stop.
  package var text: String
  /// What to do about it, as a sentence without a full stop.
  package var remedy: String
  /// What does it, in this order; empty where no command does.
  package var fix: [Fix]

  package init(
    _ code: Code, _ severity: Severity, subject: String = "", family: AddressFamily? = nil, text: String,
    remedy: String, fix: [Fix] = []
  ) {
    self.code = code
    self.severity = severity
    self.subject = subject
    self.family = family
    self.text = text
    self.remedy = remedy
    self.fix = fix
  }

  /// A step of a fix.
  package enum Fix: Hashable, Sendable {
    /// A line for a shell.
    case command(String)
    /// A change of one object, which `ip` can be told in most cases.
    case change(PlannedChange)
  }
}

extension Finding {
  /// The stable name of a kind of finding. Those that plans have, too, have the same name there.
  package enum Code: String, Hashable, Sendable, CaseIterable {
    // What is hashed, and with which key.
    case constantHash = "constant-hash"
    case portsNotHashed = "ports-not-hashed"
    case addressesNotHashed = "addresses-not-hashed"
    case oneSidedHash = "one-sided-hash"
    case layer4Hash = "l4-hash"
    case mixedPolicies = "mixed-policies"
    case seedUnknown = "seed-unknown"
    case bootSeed = "boot-seed"

    // Nexthops as they are now.
    case neighbourFailed = "neighbour-failed"
    case noWayLeft = "no-way-left"
    case memberDown = "member-down"
    case memberWithoutCarrier = "member-without-carrier"
    case duplicateMember = "duplicate-member"
    case singleMember = "single-member"
    case starvedMember = "starved-member"
    case shareError = "share-error"
    case unbalanced = "unbalanced"

    // What the next change will do.
    case linkdownUsed = "linkdown-used"
    case noSelfHealing = "no-self-healing"
    case busyBuckets = "busy-buckets"
    case collateral = "collateral"
    case strictReversePath = "strict-reverse-path"
    case mtuDiffers = "mtu-differs"
    case defaultRotation = "default-rotation"
    case hiddenRoute = "hidden-route"

    // Who else has a hand in it.
    case owner = "owner"
    case managerRunning = "manager-running"
    case offloaded = "offloaded"
    case compatMode = "compat-mode"
    case unusedGroup = "unused-group"
    case unusedNexthop = "unused-nexthop"

    // This kernel.
    case routeHints = "route-hints"
    case invalidMember = "invalid-member"
    case localTraffic = "local-traffic"
    case randomSourcePort = "random-source-port"
  }
}
