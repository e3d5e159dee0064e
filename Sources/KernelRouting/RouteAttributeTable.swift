internal import Netlink
internal import Routing

/// Shares the attributes of routes whose messages are the same, byte for byte, but for the destination.
///
/// Most routes of a dump are then told by comparing bytes alone: a message is taken apart only where its attributes were
/// not seen before.
struct RouteAttributeTable {
  private struct Entry {
    var checksum: UInt64
    /// The message without its destination.
    var bytes: [UInt8]
    /// Where the destination was in it.
    var cut: Int
    var attributes: SharedAttributes
  }

  /// Tables with more kinds of routes than this are rare; it then starts again.
  private static let capacity = 4096
  /// A power of two, twice the capacity: there is always a free slot, and a search ends soon.
  private static let slotCount = 8192

  private var entries: [Entry] = []
  /// By checksum, the next ones where several want the same slot: the number of an entry and 1; 0 for a free slot.
  private var slots = [UInt16](repeating: 0, count: slotCount)
  private var legs = LegTable()

  /// How many kinds of routes are known.
  var count: Int { entries.count }

  /// The attributes in an RTM_NEWROUTE message.
  ///
  /// - Parameters:
  ///   - wire: At least as long as the header, `struct rtmsg`.
  ///   - destination: Where its RTA_DST stands; an empty range at the end where there is none.
  mutating func attributes(
    _ wire: RawSpan, without destination: Range<Int>, family: AddressFamily
  ) throws(WireError) -> SharedAttributes {
    // The second byte is the length of the destination.
    let first = try wire.uint8()
    let (front, back) = (wire.extracting(2..<destination.lowerBound), wire.extracting(destination.upperBound...))
    let checksum = (front.checksum() &+ UInt64(first)) &* 0xff51_afd7_ed55_8ccd ^ back.checksum()
    var slot = Self.slot(checksum)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if entries[number].checksum == checksum, entries[number].cut == destination.lowerBound,
        entries[number].bytes.count == destination.lowerBound + back.byteCount, entries[number].bytes[0] == first,
        front.isEqual(to: entries[number].bytes, from: 2),
        back.isEqual(to: entries[number].bytes, from: destination.lowerBound)
      {
        return entries[number].attributes
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    let attributes = SharedAttributes(try RouteAttributes(wire: wire, family: family, sharing: &legs))
    if entries.count >= Self.capacity {
      entries.removeAll(keepingCapacity: true)
      for index in slots.indices { slots[index] = 0 }
      slot = Self.slot(checksum)
    }
    entries.append(
      Entry(
        checksum: checksum, bytes: wire.extracting(..<destination.lowerBound).bytes() + back.bytes(),
        cut: destination.lowerBound, attributes: attributes))
    slots[slot] = UInt16(entries.count)
    return attributes
  }

  private static func slot(_ checksum: UInt64) -> Int {
    Int(truncatingIfNeeded: checksum >> 32 ^ checksum) & (slotCount - 1)
  }
}
