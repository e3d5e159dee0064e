package import JSON
import Routing

extension RouteReport: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("family", route.family.rawValue)
    writer.member("type", route.type.name)
    writer.member("dst", route.destination.length == 0 ? "default" : route.destination.description)
    writer.member("from", route.source?.description)
    writer.member("table", table)
    if route.tos != 0 { writer.member("tos", route.tos) }
    writer.member("protocol", `protocol`)
    writer.member("scope", scope)
    writer.member("prefsrc", route.preferredSource?.description)
    writer.member("metric", route.metric ?? 0)
    if let metrics = route.extras?.metrics, !metrics.isEmpty { Self.write(metrics, to: &writer) }
    writer.member("pref", route.preference)
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
