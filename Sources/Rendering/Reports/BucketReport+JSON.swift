package import JSON
import Routing

extension BucketReport {
  /// An object a bucket, into an array that is open.
  package func write(to writer: inout JSONWriter) {
    for (number, bucket) in table.buckets.enumerated() {
      writer.beginObject()
      writer.member("id", group.id)
      writer.member("index", number)
      writer.member("nhid", bucket.nexthop)
      if let place = places[number] {
        writer.member("gateway", members[place].gateway?.description)
        writer.member("dev", members[place].interface)
      }
      writer.key("idle_time")
      writer.seconds(bucket.idleTime)
      writer.member("idle", isIdle(bucket))
      writer.member("flags", IPRoute2Printer.flagNames.filter { bucket.flags & $0.bit != 0 }.map(\.name))
      writer.endObject()
    }
  }
}
