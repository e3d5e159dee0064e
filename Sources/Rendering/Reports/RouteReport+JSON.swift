package import JSON
import Routing

extension RouteReport: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writeBeforeDestination(to: &writer)
    writer.plainString { Self.appendDestination(of: route, to: &$0) }
    writeBehindDestination(to: &writer)
  }

  /// ADDRESS/LENGTH or `default`.
  static func appendDestination(of route: Route, to output: inout [UInt8]) {
    guard route.destination.length > 0 else { return output.append(contentsOf: "default".utf8) }
    route.destination.address.appendText(to: &output)
    output.append(UInt8(ascii: "/"))
    output.appendDecimal(UInt64(route.destination.length))
  }

  /// Up to the key of the destination.
  func writeBeforeDestination(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("family", route.family.rawValue)
    writer.member("type", route.type.name)
    writer.key("dst")
  }

  /// What stands behind the destination, which does not depend on it.
  func writeBehindDestination(to writer: inout JSONWriter) {
    writer.member("from", route.source?.description)
    writer.member("table", table)
    if route.tos != 0 { writer.member("tos", route.tos) }
    writer.member("protocol", `protocol`)
    writer.member("scope", scope)
    writer.member("prefsrc", route.preferredSource?.description)
    writer.member("metric", route.metric ?? 0)
    if let metrics = route.extras?.metrics, !metrics.isEmpty { Self.write(metrics, to: &writer) }
    switch route.preference {
    case 0: writer.member("pref", "medium")
    case 1: writer.member("pref", "high")
    case 3: writer.member("pref", "low")
    // As of ip, a number without a name.
    case let preference: writer.member("pref", preference)
    }
    writer.member("nhid", route.nexthopID)
    writer.member("multipath", multipath.kind.rawValue)
    if let group {
      writer.key("group")
      writer.beginObject()
      writer.member("id", group.id)
      writer.member("type", multipath.kind.rawValue)
      writer.member("buckets", group.resilient?.buckets)
      writer.endObject()
    }
    writer.member("nexthops", multipath.members)
    writer.member("flags", IPRoute2Printer.flagNames.filter { route.flags & $0.bit != 0 }.map(\.name))
    writer.endObject()
  }

  /// The metrics by name, each a number in the kernel's unit.
  private static func write(_ metrics: [RouteMetric], to writer: inout JSONWriter) {
    writer.key("metrics")
    writer.beginObject()
    for metric in metrics where MetricKind.names.indices.contains(Int(metric.kind)) {
      let name = MetricKind.names[Int(metric.kind)]
      if let text = metric.name {
        writer.member(name, text)
      } else if !name.isEmpty {
        writer.member(name, metric.value)
      }
    }
    writer.endObject()
  }
}
