package import Routing

/// One routing table of one family, by prefix.
///
/// Values are indices into `RoutingState.routes`; the routes of one prefix keep the kernel's order.
package struct PrefixTable: Sendable {
  /// The prefix lengths in use, longest first.
  package let lengths: [UInt8]
  /// The distinct prefixes.
  private let prefixes: PrefixIndex
  /// Where the routes of each prefix begin in `indices`, in the order of the positions; one more for the end.
  private let starts: [Int32]
  private let indices: [Int32]

  /// - Parameters:
  ///   - members: indices of routes, all of one family; the order within a prefix is kept.
  ///   - prefix: the destination of a route by its index.
  package init(_ members: [Int32], prefix: (Int32) -> Prefix) {
    let order = Self.order(members.count) { prefix(members[$0]) }
    var distinct: [Prefix] = []
    distinct.reserveCapacity(members.count)
    var starts: [Int32] = []
    starts.reserveCapacity(members.count + 1)
    var indices: [Int32] = []
    indices.reserveCapacity(members.count)
    var present = [Bool](repeating: false, count: 129)
    for place in order {
      let index = members[Int(place)]
      let prefix = prefix(index)
      if distinct.last != prefix {
        distinct.append(prefix)
        starts.append(Int32(truncatingIfNeeded: indices.count))
        present[Int(prefix.length)] = true
      }
      indices.append(index)
    }
    starts.append(Int32(truncatingIfNeeded: indices.count))
    prefixes = PrefixIndex(sorted: distinct, family: distinct.first?.family ?? .ipv4)
    lengths = (0...128).reversed().filter { present[$0] }.map { UInt8($0) }
    self.starts = starts
    self.indices = indices
  }

  /// A routing table of one family.
  package struct Key: Hashable, Sendable {
    package var table: UInt32
    package var family: AddressFamily

    package init(table: UInt32, family: AddressFamily) {
      self.table = table
      self.family = family
    }
  }

  /// All routing tables of a state. Cached copies of routes are in none.
  package static func tables(of routes: [Route]) -> [Key: PrefixTable] {
    var places: [Key: Int] = [:]
    var members: [[Int32]] = []
    // Neighbouring routes are mostly of the same table.
    var last: (key: Key, place: Int)?
    for (index, route) in routes.enumerated() where route.flags & RouteFlags.cloned == 0 {
      let key = Key(table: route.table, family: route.family)
      if last?.key != key {
        let place = places[key] ?? members.count
        if place == members.count {
          members.append([])
          places[key] = place
        }
        last = (key, place)
      }
      members[last?.place ?? 0].append(Int32(index))
    }
    return places.mapValues { place in PrefixTable(members[place]) { routes[Int($0)].destination } }
  }

  /// The places of prefixes in ascending order, those of equal ones in their own order.
  static func order(_ count: Int, prefix: (Int) -> Prefix) -> [UInt32] {
    let lengthBits: UInt64 = 6
    let placeBits: UInt64 = 26
    guard count < 1 << placeBits, (0..<count).allSatisfy({ prefix($0).family == .ipv4 }) else {
      return (0..<count).map { UInt32(truncatingIfNeeded: $0) }.sorted {
        let (left, right) = (prefix(Int($0)), prefix(Int($1)))
        return left == right ? $0 < $1 : left < right
      }
    }
    // All in one word, which sorts several times as fast.
    var words: [UInt64] = []
    words.reserveCapacity(count)
    for place in 0..<count {
      let prefix = prefix(place)
      let address = UInt64(prefix.address.ipv4Value)
      words.append((address << lengthBits | UInt64(prefix.length)) << placeBits | UInt64(place))
    }
    words.sort()
    return words.map { UInt32(truncatingIfNeeded: $0 & (1 << placeBits - 1)) }
  }

  /// The routes of exactly this prefix, in the kernel's order.
  package func routes(of prefix: Prefix) -> ArraySlice<Int32> {
    prefixes.position(of: prefix).map(routes(at:)) ?? []
  }

  /// The routes of the prefix that comes after one of the table in ascending order: a longer one in it, where there is one.
  package func following(_ prefix: Prefix) -> ArraySlice<Int32> {
    guard let position = prefixes.position(of: prefix), Int(position) + 2 < starts.count else { return [] }
    return routes(at: position + 1)
  }

  private func routes(at position: Int32) -> ArraySlice<Int32> {
    indices[Int(starts[Int(position)])..<Int(starts[Int(position) + 1])]
  }

  /// The routes of each prefix that covers the address, longest prefix first.
  ///
  /// - Parameter address: of the family.
  package func covering(_ address: IPAddress) -> Covering {
    Covering(table: self, position: prefixes.longest(covering: address))
  }

  /// The routes of the prefixes that cover one address, a prefix at a time.
  package struct Covering: Sequence, IteratorProtocol, Sendable {
    fileprivate let table: PrefixTable
    fileprivate var position: Int32

    package mutating func next() -> ArraySlice<Int32>? {
      guard position >= 0 else { return nil }
      defer { position = table.prefixes.parent(of: position) }
      return table.routes(at: position)
    }
  }
}
