import Routing

/// How the flows that came by one route, or by routes over the same nexthops, are divided by their hashes.
struct Selector: Sendable {
  enum Division: UInt8, Sendable {
    /// The first range whose end is not below the hash has it.
    case ranges
    /// The remainder of the hash by the number of shapes is the place of the shape.
    case remainders
  }

  // The place of a shape is the sum of `first`, a remainder and a start, of which one is always 0, and is counted on
  // from there as long as its range ends below the hash; so nothing is jumped to that could be guessed wrongly.
  /// The place of the first shape in `SelectorTable.members`.
  var first: UInt32
  /// The place of the last shape that may be counted on to.
  var last: UInt32
  /// By how many the remainder is taken.
  var count: UInt32
  /// The place of the first entry in `SelectorTable.starts`; that of a 0 where remainders divide.
  var firstStart: UInt32 = 0
  /// 2^64 / `count`, rounded up; the remainder is a product's upper half (Lemire, Kaser, Kurz, 2019). 0 where ranges
  /// divide.
  var inverse: UInt64 = 0
  /// By how many bits a hash is shifted to find its entry in `starts`.
  var shift: UInt32 = 31
  /// What of the hash is told: nothing where all hashes lead to one shape without being asked for.
  var told: UInt32 = .max

  /// Ranges so few that a hash is held against all of their ends at once.
  var hasFewRanges: Bool { inverse == 0 && last - first < 16 }

  /// The shape that a 31-bit hash leads to.
  ///
  /// - Parameters:
  ///   - members: of the `SelectorTable`, as `ends` and `starts`.
  @inline(__always)
  func shape(of hash: UInt32, _ members: Span<UInt32>, _ ends: Span<UInt32>, _ starts: Span<UInt32>) -> UInt32 {
    let remainder = (inverse &* UInt64(hash)).multipliedFullWidth(by: UInt64(count)).high
    var place = first &+ UInt32(truncatingIfNeeded: remainder) &+ starts[Int(firstStart &+ hash &>> shift)]
    while place < last, ends[Int(place)] < hash { place &+= 1 }
    return members[Int(place)]
  }
}

/// Selectors, and the shapes that they lead to.
///
/// A shape is a decision without route and hash.
struct SelectorTable: Sendable {
  /// What decides the division beside the decision for one hash.
  struct Key: Hashable, Sendable {
    /// The nexthop object of the route, or its set of legs.
    var target: Int64
    var routeFlags: UInt32
    var preference: UInt8
    /// Whether the destination is one that IPv6 looks at the interface for.
    var isScoped: Bool
    /// A destination that has an exception.
    var redirected: IPAddress?
    /// Ingress interface and what is known of a layer-4 hash.
    var slot: Int
    /// The shape for the hash 0.
    var shape: UInt32
  }

  private(set) var shapes: [Decision] = []
  /// Whether a decision of the shape tells the hash.
  private(set) var tellsHash: [Bool] = []
  private var numbers: [Decision: UInt32] = [:]
  /// First of all one for flows that `ForwardingTable.decide` decides about.
  private(set) var selectors = [Selector(first: 0, last: 0, count: 1, told: 0)]
  /// For each selector its shapes.
  private(set) var members = [DecisionBatch.other]
  /// Where ranges divide: the last hash of each shape's.
  private(set) var ends = [UInt32.max]
  /// What is added to each shape for the next one of its selector, without regard to an overflow.
  private(set) var steps: [UInt32] = [0]
  /// Where ranges divide: for the leading bits of a hash the first range that may hold it, counted from the selector's.
  private(set) var starts: [UInt32] = [0]
  private var known: [Key: UInt32] = [:]
  /// By shape the selector that leads nowhere else.
  private var fixed: [UInt32: UInt32] = [:]

  /// The selector of flows that are left.
  static let none: UInt32 = 0

  /// The number of the shape of a decision.
  mutating func shape(of decision: Decision) -> UInt32 {
    var shape = decision
    shape.route = nil
    // One that tells its hash is another shape than one that does not.
    if shape.hash != nil { shape.hash = 0 }
    if let number = numbers[shape] { return number }
    let number = UInt32(truncatingIfNeeded: shapes.count)
    numbers[shape] = number
    tellsHash.append(shape.hash != nil)
    shape.hash = nil
    shapes.append(shape)
    return number
  }

  /// The selector of a key; nil when there is none yet.
  func known(_ key: Key) -> UInt32? { known[key] }

  mutating func remember(_ selector: UInt32, _ key: Key) { known[key] = selector }

  /// The selector that leads to a shape without a hash.
  mutating func fixed(_ shape: UInt32) -> UInt32 {
    if let number = fixed[shape] { return number }
    let place = UInt32(truncatingIfNeeded: members.count)
    let number = append(Selector(first: place, last: place, count: 1, told: 0), [(shape, .max)])
    fixed[shape] = number
    return number
  }

  /// Adds a selector over shapes, at least one, each with the last hash that leads to it.
  mutating func add(_ division: Selector.Division, _ shapes: [(shape: UInt32, last: UInt32)]) -> UInt32 {
    let first = UInt32(truncatingIfNeeded: members.count)
    var selector = Selector(first: first, last: first, count: UInt32(truncatingIfNeeded: shapes.count))
    switch division {
    case .remainders: selector.inverse = UInt64.max / UInt64(shapes.count) &+ 1
    case .ranges:
      selector.firstStart = UInt32(truncatingIfNeeded: starts.count)
      selector.last += selector.count - 1
      // Few ranges begin in the middle of an entry, so that the next one seldom has to be looked at.
      var bits: UInt32 = 4
      while bits < 16, 1 << bits < shapes.count * 16 { bits += 1 }
      selector.shift = 31 - bits
      var range = 0
      for entry in 0..<UInt32(1) << bits {
        while range < shapes.count - 1, shapes[range].last < entry << selector.shift { range += 1 }
        starts.append(UInt32(truncatingIfNeeded: range))
      }
    }
    return append(selector, shapes)
  }

  private mutating func append(_ selector: Selector, _ shapes: [(shape: UInt32, last: UInt32)]) -> UInt32 {
    for (place, member) in shapes.enumerated() {
      members.append(member.shape)
      ends.append(member.last)
      steps.append(place + 1 < shapes.count ? shapes[place + 1].shape &- member.shape : 0)
    }
    selectors.append(selector)
    return UInt32(truncatingIfNeeded: selectors.count - 1)
  }
}
