package import Routing

/// What tells a route from all others where it is replaced: NLM_F_REPLACE looks for nothing more.
package struct RouteKey: Hashable, Sendable {
  package var table: UInt32
  package var destination: Prefix
  /// The source prefix of an IPv6 source-specific route.
  package var source: Prefix?
  package var tos: UInt8
  /// An absent metric counts as 0.
  package var metric: UInt32

  package init(_ route: Route) {
    table = route.table
    destination = route.destination
    source = route.source
    tos = route.tos
    metric = route.metric ?? 0
  }
}

extension RouteKey: CustomStringConvertible {
  /// Such as "10.0.0.0/8 table 100 metric 20".
  package var description: String {
    var text = destination.description
    if let source { text += " from \(source)" }
    if table != RouteTable.main { text += " table \(table)" }
    if tos != 0 { text += " tos \(tos)" }
    if metric != 0 { text += " metric \(metric)" }
    return text
  }
}
