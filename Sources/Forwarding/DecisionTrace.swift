package import MultipathHash
package import Routing

/// The steps of one decision, in the order in which the kernel takes them.
package struct DecisionTrace: Sendable {
  package enum Step: Sendable {
    /// The rule was tried.
    case rule(Rule, matched: Bool)
    /// The longest match in a table: route index, or nil when the table has none.
    case lookup(table: UInt32, route: Int?)
    /// A candidate route was passed over.
    case skipped(route: Int, reason: SkipReason)
    /// The suppressor of the rule of this priority discarded the route.
    case suppressed(priority: UInt32, route: Int)
    /// The address that a connecting socket without a source got from the first lookup; the second one follows.
    case source(IPAddress)
    /// Whether the packet may bring a layer-4 hash along, where the policy would use it.
    case evidence(HashEvidence)
    /// What went into the hash.
    case hash(HashTrace, key: KeyOrigin)
    /// One leg or member was tested: its position, its upper bound (nil when excluded), and its neighbour's state.
    case candidate(position: Int, choice: Decision.Choice, upperBound: UInt32?, verdict: Verdict)
    /// A resilient group: bucket = hash modulo buckets.
    case bucket(group: UInt32, bucket: Int, of: Int, nexthop: UInt32)
  }

  package enum SkipReason: String, Sendable {
    case tos = "its TOS differs"
    case scope = "its scope is too narrow"
    case noUsableNexthop = "no usable nexthop"
    case noUsableMember = "no usable member of its nexthop group; routes of the same prefix are not tried"
    case thrown = "a throw route: continue with the next rule"
    case source = "its source prefix does not match"
    case score = "another route of the same metric scores higher"
    case expired = "expired"
  }

  package enum Verdict: String, Sendable {
    case chosen = "chosen"
    case above = "the hash is above its upper bound"
    case dead = "dead"
    case neighbourInvalid = "its neighbour is not valid"
    case fallback = "first usable, kept as fallback"
    case outscored = "a nexthop with a better score was chosen"
    case otherInterface = "not on the output interface"
  }

  /// Where the hash key came from.
  package enum KeyOrigin: Sendable {
    case sysctl(seed: UInt32)
    case given
    /// The boot seed, found by `ecmpctl seed recover`.
    case recovered(seed: UInt32)
    /// It is not known, but the kernel's hash of this traffic was measured.
    case measured(MeasuredHash)
    case unknown
  }

  package var steps: [Step] = []

  package init() {}
}
