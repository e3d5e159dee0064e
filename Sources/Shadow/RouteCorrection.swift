internal import Routing

/// What has to be deleted and added, in order, to make the routes that are there the ones that are wanted.
struct RouteCorrection {
  private(set) var deletions: [Route] = []
  /// Each goes behind those of its prefix and metric.
  private(set) var additions: [Route] = []

  /// - Parameters:
  ///   - found: in the order of the kernel, as `wanted`.
  init(from found: [Route], to wanted: [Route]) {
    var places: [RouteShape.Key: [Int]] = [:]
    for (index, route) in found.enumerated() where !route.isNull {
      places[route.shape.key, default: []].append(index)
    }
    var order: [RouteShape.Key] = []
    var groups: [RouteShape.Key: [Int]] = [:]
    for (index, route) in wanted.enumerated() where !route.isNull {
      let key = route.shape.key
      if groups[key, default: []].isEmpty { order.append(key) }
      groups[key, default: []].append(index)
    }
    // The kernel gives an IPv4 route over an object that has no metrics those of another such route
    // (`fib_create_info()`): it has to come first.
    let hasMetrics = { (key: RouteShape.Key) in
      (groups[key] ?? []).contains { wanted[$0].nexthopID != nil && wanted[$0].extras?.metrics.isEmpty == false }
    }
    for key in order.filter({ !hasMetrics($0) }) + order.filter(hasMetrics) {
      let existing = (places.removeValue(forKey: key) ?? []).map { found[$0] }
      let asked = (groups[key] ?? []).map { wanted[$0] }
      if key.isOfKernelOnly {
        // They can not be put in order, and their order decides nothing.
        deletions += RouteShape.without(asked, existing)
        additions += RouteShape.without(existing, asked)
        continue
      }
      // What stands in its place stays; the rest is put behind it anew.
      let kept = zip(existing, asked).prefix { $0.shape == $1.shape }.count
      deletions += existing[kept...]
      additions += asked[kept...]
    }
    deletions += places.values.flatMap { $0 }.sorted().map { found[$0] }
  }
}
