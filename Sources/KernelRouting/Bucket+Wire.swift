internal import Netlink
internal import Routing

/// One RTM_NEWNEXTHOPBUCKET message: a bucket and its place.
struct BucketMessage: Hashable {
  var group: UInt32 = 0
  var index: UInt16 = 0
  var bucket = NexthopBucket(nexthop: 0, idleTime: 0)

  /// Reads the payload of an RTM_NEWNEXTHOPBUCKET message; nil when it describes no bucket.
  init?(wire: RawSpan) throws(WireError) {
    bucket.flags = try NexthopHeader(wire: wire).flags
    var isBucket = false
    var cursor = AttributeCursor(from: NexthopHeader.size)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case NHA_ID: group = try value.uint32()
      case NHA_RES_BUCKET:
        isBucket = true
        try read(value)
      default: break
      }
    }
    guard isBucket, group != 0 else { return nil }
  }

  private mutating func read(_ bytes: RawSpan) throws(WireError) {
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      let value = bytes.extracting(attribute.range)
      switch attribute.type {
      case NHA_RES_BUCKET_INDEX: index = try value.uint16()
      case NHA_RES_BUCKET_IDLE_TIME: bucket.idleTime = try value.uint64()
      case NHA_RES_BUCKET_NH_ID: bucket.nexthop = try value.uint32()
      default: break
      }
    }
  }
}
