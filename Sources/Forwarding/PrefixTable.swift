package import Routing

/// One routing table of one family, by prefix.
///
/// Values are indices into `RoutingState.routes`; the routes of one prefix keep the kernel's order.
package struct PrefixTable: Sendable {
  /// The prefix lengths in use, longest first.
  private(set) package var lengths: [UInt8] = []
  private var ranges: [Prefix: Range<Int32>] = [:]
  private var indices: [Int32] = []

  /// - Parameter routes: pairs of a prefix and a route index; the order within a prefix is kept.
  package init(routes: [(prefix: Prefix, index: Int32)]) {
    var counts: [Prefix: Int32] = [:]
    counts.reserveCapacity(routes.count)
    for route in routes { counts[route.prefix, default: 0] += 1 }
    ranges.reserveCapacity(counts.count)
    var next: Int32 = 0
    var present = [Bool](repeating: false, count: 129)
    for route in routes where ranges[route.prefix] == nil {
      ranges[route.prefix] = next..<next
      next += counts[route.prefix] ?? 0
      present[Int(route.prefix.length)] = true
    }
    indices = [Int32](repeating: 0, count: routes.count)
    for route in routes {
      guard let range = ranges[route.prefix] else { continue }
      indices[Int(range.upperBound)] = route.index
      ranges[route.prefix] = range.lowerBound..<(range.upperBound + 1)
    }
    lengths = (0...128).reversed().filter { present[$0] }.map { UInt8($0) }
  }

  /// The routes of exactly this prefix, in the kernel's order.
  package func routes(of prefix: Prefix) -> ArraySlice<Int32> {
    guard let range = ranges[prefix] else { return [] }
    return indices[Int(range.lowerBound)..<Int(range.upperBound)]
  }
}
