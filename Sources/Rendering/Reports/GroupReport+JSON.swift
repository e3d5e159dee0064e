package import JSON
import Routing

extension GroupReport: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", group.id)
    writer.member("type", typeName)
    if group.isFDB { writer.member("fdb", true) }
    writer.member("protocol", `protocol`)
    if let resilient = group.resilient {
      writer.key("resilient_args")
      writer.beginObject()
      writer.member("buckets", resilient.buckets)
      writer.key("idle_timer")
      writer.seconds(UInt64(resilient.idleTimer))
      writer.key("unbalanced_timer")
      writer.seconds(UInt64(resilient.unbalancedTimer))
      writer.key("unbalanced_time")
      writer.seconds(resilient.unbalancedTime)
      if let counts = bucketCounts {
        writer.member("idle_buckets", counts.idle)
        writer.member("busy_buckets", counts.all - counts.idle)
      }
      writer.endObject()
    }
    writer.member("members", multipath.members)
    writer.member("route_count", users.count)
    writer.key("routes")
    writer.beginArray()
    for user in users {
      writer.beginObject()
      writer.member("dst", user.destination.length == 0 ? "default" : user.destination.description)
      writer.member("table", user.tableName)
      writer.member("metric", user.metric)
      writer.endObject()
    }
    writer.endArray()
    writer.member("flags", IPRoute2Printer.flagNames.filter { group.flags & $0.bit != 0 }.map(\.name))
    writer.endObject()
  }
}
