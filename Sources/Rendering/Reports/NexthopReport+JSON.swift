package import JSON
import Routing

extension NexthopReport: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("gateway", gateway?.description)
    writer.member("dev", interface)
    if isBlackhole { writer.member("blackhole", true) }
    if isFDB { writer.member("fdb", true) }
    writer.member("encap", encapsulation)
    writer.member("realms", realms)
    if let origin {
      writer.member("protocol", origin.protocol)
      writer.member("scope", origin.scope)
    }
    if let weight {
      writer.member("weight", weight)
      writer.key("ideal_share")
      writer.share(idealShare)
      writer.key("share")
      if let share { writer.share(share) } else { writer.null() }
    }
    if let buckets {
      writer.member("buckets", buckets.count)
      writer.member("wanted_buckets", buckets.wanted)
      writer.member("idle_buckets", buckets.idle)
      writer.member("busy_buckets", buckets.count - buckets.idle)
    }
    writer.member("packets", packets)
    writer.member("neighbour", neighbour?.name)
    writer.member("up", isUp)
    writer.member("carrier", hasCarrier)
    writer.member("flags", flagNames)
    writer.endObject()
  }
}

extension JSONWriter {
  /// A part of 1 with six decimals at most.
  mutating func share(_ share: Double) {
    double((share * 1e6).rounded() / 1e6)
  }

  /// A time in 1/100 s as seconds.
  mutating func seconds(_ hundredths: UInt64) {
    double(Double(hundredths) / 100)
  }
}
