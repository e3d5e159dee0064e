/// How the flows that came by one route, or by routes over the same nexthops, are divided by their hashes.
struct Selector: Sendable {
  enum Division: UInt8, Sendable {
    /// There is one shape, and no hash.
    case none
    /// The first range whose end is not below the hash has it.
    case ranges
    /// The remainder of the hash by the number of shapes is the place of the shape.
    case remainders
  }

  var division: Division
  /// The place of the first shape in `SelectorTable.members`.
  var first: Int
  var count: Int
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
    /// Ingress interface and what is known of a layer-4 hash.
    var slot: Int
    /// The shape for the hash 0.
    var shape: UInt32
  }

  private(set) var shapes: [Decision] = []
  /// Whether a decision of the shape tells the hash.
  private(set) var tellsHash: [Bool] = []
  private var numbers: [Decision: UInt32] = [:]
  private(set) var selectors: [Selector] = []
  /// For each selector its shapes.
  private(set) var members: [UInt32] = []
  /// Where ranges divide: the last hash of each shape's.
  private(set) var ends: [UInt32] = []
  private var known: [Key: UInt32] = [:]
  private var fixed: [UInt32: UInt32] = [:]

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

  /// The selector that leads to one shape.
  mutating func selector(to shape: UInt32) -> UInt32 {
    if let number = fixed[shape] { return number }
    let number = add(.none, [(shape, .max)])
    fixed[shape] = number
    return number
  }

  /// The selector of a key; nil when there is none yet.
  func known(_ key: Key) -> UInt32? { known[key] }

  mutating func remember(_ selector: UInt32, _ key: Key) { known[key] = selector }

  /// Adds a selector over shapes, each with the last hash that leads to it.
  mutating func add(_ division: Selector.Division, _ shapes: [(shape: UInt32, last: UInt32)]) -> UInt32 {
    selectors.append(Selector(division: division, first: members.count, count: shapes.count))
    members += shapes.map(\.shape)
    ends += shapes.map(\.last)
    return UInt32(truncatingIfNeeded: selectors.count - 1)
  }

  /// The shape that a selector leads a hash to.
  @inline(__always)
  func shape(of hash: UInt32, by number: UInt32) -> UInt32 {
    let selector = selectors[Int(number)]
    switch selector.division {
    case .none: return members[selector.first]
    case .remainders: return members[selector.first &+ Int(hash) % selector.count]
    case .ranges:
      var low = selector.first
      var count = selector.count &- 1
      while count > 0 {
        let half = count &>> 1
        if ends[low &+ half] < hash {
          low &+= half &+ 1
          count &-= half &+ 1
        } else {
          count = half
        }
      }
      return members[low]
    }
  }
}
