internal import Netlink
internal import Routing

/// Shares the leg arrays of routes whose RTA_MULTIPATH is the same, byte for byte.
///
/// A million routes over two groups then hold two arrays, and only two are taken apart.
struct LegTable {
  struct Entry {
    var family: AddressFamily
    var bytes: [UInt8]
    var legs: RouteLegs
  }

  /// Tables with more kinds of multipath than this are rare; the table then starts again.
  private static let capacity = 4096

  private(set) var entries: [UInt64: Entry] = [:]

  /// The legs that the value of RTA_MULTIPATH lists.
  mutating func legs(_ bytes: RawSpan, family: AddressFamily) throws(WireError) -> RouteLegs {
    let sum = bytes.checksum()
    if let entry = entries[sum], entry.family == family, bytes.isEqual(to: entry.bytes) {
      return entry.legs
    }
    let legs = RouteLegs.multipath(try RouteLeg.list(bytes, family: family))
    if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
    entries[sum] = Entry(family: family, bytes: bytes.bytes(), legs: legs)
    return legs
  }
}
