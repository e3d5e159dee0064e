import Forwarding
import Routing
import TestSupport

/// How the predictions of a run fared, by kind of traffic.
struct Ledger {
  /// What predictions are counted by.
  struct Key: Hashable {
    var traffic: Traffic
    var family: AddressFamily
    /// Of the route; nil where the packet found none.
    var kind: Configuration.Kind?
    var policy: UInt8
  }

  struct Count {
    /// Seen where it was predicted.
    var placed = 0
    /// Predicted not to leave, and not seen.
    var kept = 0
    var wrong = 0
    var uncertain = 0
    var caveats: Caveats = []

    var total: Int { placed + kept + wrong + uncertain }

    static func + (left: Count, right: Count) -> Count {
      Count(
        placed: left.placed + right.placed, kept: left.kept + right.kept, wrong: left.wrong + right.wrong,
        uncertain: left.uncertain + right.uncertain, caveats: left.caveats.union(right.caveats))
    }
  }

  private(set) var counts: [Key: Count] = [:]
  /// Frames that came out where predicted, by the kind of the egress device; `vrf` counts those that came in by one.
  private(set) var devices: [String: Int] = [:]
  /// How many times frames were sent to no end, and how many frames: the neighbours did not stay as they were.
  private(set) var skipped = (times: 0, frames: 0)

  mutating func addSkipped(_ frames: Int) {
    skipped = (skipped.times + 1, skipped.frames + frames)
  }

  mutating func add(_ count: Count, to key: Key) {
    counts[key] = counts[key, default: Count()] + count
  }

  mutating func addPlaced(by device: String) {
    devices[device, default: 0] += 1
  }

  func sum(where isIncluded: (Key) -> Bool = { _ in true }) -> Count {
    counts.filter { isIncluded($0.key) }.values.reduce(Count(), +)
  }

  /// The kinds of traffic of which more than 2 % could not be predicted.
  var doubtful: [Traffic] {
    Traffic.allCases.filter { traffic in
      let count = sum { $0.traffic == traffic }
      return count.uncertain * 50 > count.total
    }
  }
}
