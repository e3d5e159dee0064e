import Routing

/// Every prefix of one family that a decision may hold a destination against, and which of them lead the same way.
///
/// Two prefixes are of one kind where no step of a decision can tell them apart: each has one route in all tables, with
/// the attributes and the prefix length of the other's, and so on for the shorter prefixes that cover them. What has
/// more routes than one, or is asked for by anything but a route, is of a kind of its own. So routers with a million
/// routes have some thousand kinds.
struct DestinationKinds: Sendable {
  /// What is known of one prefix.
  struct Node: BitwiseCopyable, Sendable {
    /// Kinds are numbered from 0 on.
    var kind: UInt32
    /// The only route to the prefix, as an index into `RoutingState.routes`; -1 for a prefix of its own kind.
    var route: Int32
  }

  let prefixes: PrefixIndex
  /// For each position in `prefixes`, first of all for none.
  let nodes: [Node]
  let kindCount: Int

  /// Tells kinds with one route apart.
  private struct Key: Hashable {
    var attributes: ObjectIdentifier
    var length: UInt8
    /// The kind of the next shorter prefix.
    var parent: UInt32
  }

  /// No prefixes.
  init(_ family: AddressFamily) {
    prefixes = PrefixIndex(sorted: [], family: family)
    nodes = [Node(kind: 0, route: -1)]
    kindCount = 1
  }

  /// - Parameters:
  ///   - special: prefixes that something else than routes asks for, in any order and however often each.
  ///   - routes: `RoutingState.routes`; cached copies, and those of the other family, do not count.
  init(_ family: AddressFamily, special: [Prefix], routes: [Route]) {
    var counted: [Int32] = []
    counted.reserveCapacity(routes.count)
    for index in routes.indices where routes[index].family == family && routes[index].flags & RouteFlags.cloned == 0 {
      counted.append(Int32(truncatingIfNeeded: index))
    }
    let order = PrefixTable.order(special.count + counted.count) { place in
      place < special.count ? special[place] : routes[Int(counted[place - special.count])].destination
    }
    var distinct: [Prefix] = []
    distinct.reserveCapacity(order.count)
    var nodes = [Node(kind: 0, route: -1)]
    nodes.reserveCapacity(order.count + 1)
    for place in order.lazy.map({ Int($0) }) {
      let isSpecial = place < special.count
      let route = isSpecial ? -1 : Int(counted[place - special.count])
      let prefix = isSpecial ? special[place] : routes[route].destination
      if distinct.last == prefix {
        nodes[nodes.count - 1].route = -1
      } else {
        distinct.append(prefix)
        nodes.append(Node(kind: 0, route: Int32(truncatingIfNeeded: route)))
      }
    }
    prefixes = PrefixIndex(sorted: distinct, family: family)
    kindCount = Self.number(&nodes, prefixes, routes)
    self.nodes = nodes
  }

  /// Gives each prefix its kind; a shorter prefix stands before those that it covers.
  ///
  /// - Returns: how many kinds there are.
  private static func number(_ nodes: inout [Node], _ prefixes: PrefixIndex, _ routes: [Route]) -> Int {
    var count: UInt32 = 1
    var known: [Key: UInt32] = [:]
    // Neighbouring prefixes are mostly of few kinds, one behind the other.
    var recent: [(key: Key, kind: UInt32)?] = Array(repeating: nil, count: 256)
    for position in 1..<max(nodes.count, 1) {
      let route = Int(nodes[position].route)
      guard route >= 0 else {
        nodes[position].kind = count
        count += 1
        continue
      }
      let key = Key(
        attributes: routes[route].attributesID, length: prefixes.lengths[position - 1],
        parent: nodes[Int(prefixes.parent(of: Int32(position - 1))) + 1].kind)
      let place =
        Int(truncatingIfNeeded: UInt(bitPattern: key.attributes) &>> 4 &+ UInt(key.length) &+ UInt(key.parent) &* 31)
        & 255
      if let last = recent[place], last.key == key {
        nodes[position].kind = last.kind
        continue
      }
      let kind = known[key] ?? count
      if kind == count {
        known[key] = kind
        count += 1
      }
      nodes[position].kind = kind
      recent[place] = (key, kind)
    }
    return Int(count)
  }

  /// How a route that was found for a destination is found for all destinations of its kind.
  enum Path: Equatable, Sendable {
    /// Always this one; -1 for none.
    case same(Int32)
    /// The only route of the prefix so many steps above the longest one.
    case above(Int)
  }

  /// - Parameters:
  ///   - position: of the longest prefix that covers the destination; -1 for none.
  ///   - route: what was found for it, or -1.
  /// - Returns: nil where no prefix that covers the destination has the route.
  func path(from position: Int32, to route: Int32) -> Path? {
    guard route >= 0 else { return .same(-1) }
    var (prefix, steps) = (position, 0)
    while prefix >= 0 {
      let own = nodes[Int(prefix) + 1].route
      // From a prefix of its own kind on all are the same ones.
      if own < 0 { return .same(route) }
      if own == route { return .above(steps) }
      prefix = prefixes.parent(of: prefix)
      steps += 1
    }
    return nil
  }

  /// The only route of the prefix so many steps above one; -1 where there is none.
  func route(_ steps: Int, above position: Int32) -> Int32 {
    var prefix = position
    for _ in 0..<steps where prefix >= 0 { prefix = prefixes.parent(of: prefix) }
    return nodes[Int(prefix) + 1].route
  }
}
