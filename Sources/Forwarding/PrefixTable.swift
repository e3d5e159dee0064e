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

  /// - Parameter routes: pairs of a prefix and a route index, all of one family; the order within a prefix is kept.
  package init(routes: [(prefix: Prefix, index: Int32)]) {
    let order = Self.order(routes)
    var distinct: [Prefix] = []
    var starts: [Int32] = []
    var indices: [Int32] = []
    indices.reserveCapacity(routes.count)
    var present = [Bool](repeating: false, count: 129)
    for place in order {
      let (prefix, index) = routes[Int(place)]
      if distinct.last != prefix {
        distinct.append(prefix)
        starts.append(Int32(truncatingIfNeeded: indices.count))
        present[Int(prefix.length)] = true
      }
      indices.append(index)
    }
    starts.append(Int32(truncatingIfNeeded: indices.count))
    prefixes = PrefixIndex(sorted: distinct, family: routes.first?.prefix.family ?? .ipv4)
    lengths = (0...128).reversed().filter { present[$0] }.map { UInt8($0) }
    self.starts = starts
    self.indices = indices
  }

  /// The places of the routes by prefix, those of one prefix in their own order.
  static func order(_ routes: [(prefix: Prefix, index: Int32)]) -> [UInt32] {
    let lengthBits: UInt64 = 6
    let placeBits: UInt64 = 26
    guard routes.count < 1 << placeBits, routes.allSatisfy({ $0.prefix.family == .ipv4 }) else {
      return routes.indices.map { UInt32(truncatingIfNeeded: $0) }.sorted {
        let (left, right) = (routes[Int($0)].prefix, routes[Int($1)].prefix)
        return left == right ? $0 < $1 : left < right
      }
    }
    // All in one word, which sorts several times as fast.
    var words: [UInt64] = []
    words.reserveCapacity(routes.count)
    for (place, route) in routes.enumerated() {
      let address = UInt64(route.prefix.address.ipv4Value)
      words.append((address << lengthBits | UInt64(route.prefix.length)) << placeBits | UInt64(place))
    }
    words.sort()
    return words.map { UInt32(truncatingIfNeeded: $0 & (1 << placeBits - 1)) }
  }

  /// The prefixes of the routes in an order that brings equal ones together, each once.
  static func distinct(_ routes: [(prefix: Prefix, index: Int32)], _ order: [UInt32]) -> [Prefix] {
    var distinct: [Prefix] = []
    distinct.reserveCapacity(order.count)
    for place in order where distinct.last != routes[Int(place)].prefix { distinct.append(routes[Int(place)].prefix) }
    return distinct
  }

  /// The routes of exactly this prefix, in the kernel's order.
  package func routes(of prefix: Prefix) -> ArraySlice<Int32> {
    prefixes.position(of: prefix).map(routes(at:)) ?? []
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
