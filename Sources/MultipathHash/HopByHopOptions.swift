/// The hop-by-hop options of an IPv6 packet, as far as they decide whether a router forwards it.
///
/// Mirrors ip6_parse_tlv() and its option handlers, net/ipv6/exthdrs.c, Linux 6.12.
struct HopByHopOptions {
  private enum Kind {
    static let pad1: UInt8 = 0
    static let padN: UInt8 = 1
    static let routerAlert: UInt8 = 0x05
    static let calipso: UInt8 = 0x07
    static let ioam: UInt8 = 0x31
    static let jumbo: UInt8 = 0xc2
  }

  /// `net.ipv6.max_hbh_opts_number`, as it is unless somebody changes it.
  private static let optionLimit = 8
  private static let longestPadding = 7

  private(set) var isLabelled = false
  private var padding = 0

  /// Reads the options of a packet.
  ///
  /// - Parameters:
  ///   - packet: the packet, the whole extension header of which must be there.
  ///   - range: the options, in bytes from the start of the packet.
  ///   - length: of the packet, as it was on the wire.
  /// - Returns: nil when one is malformed or asks routers that do not know it to drop the packet.
  init?(in packet: Span<UInt8>, at range: Range<Int>, packetLength length: Int) {
    var position = range.lowerBound
    var count = 0
    while position < range.upperBound {
      let kind = packet.byte(at: position)
      if kind == Kind.pad1 {
        guard pad(1) else { return nil }
        position += 1
        continue
      }
      let size = Int(packet.byte(at: position + 1)) + 2
      guard range.upperBound - position >= 2, size <= range.upperBound - position else { return nil }
      let option = packet.extracting(position..<position + size)
      if kind == Kind.padN {
        guard pad(size), Self.isZero(option) else { return nil }
      } else {
        count += 1
        padding = 0
        guard count <= Self.optionLimit, take(kind, option, at: position, in: packet, packetLength: length) else {
          return nil
        }
      }
      position += size
    }
  }

  /// Counts padding in a row, which must not be longer than aligning takes.
  private mutating func pad(_ count: Int) -> Bool {
    padding += count
    return padding <= Self.longestPadding
  }

  private static func isZero(_ option: Span<UInt8>) -> Bool {
    for index in 2..<option.count where option.byte(at: index) != 0 { return false }
    return true
  }

  private mutating func take(
    _ kind: UInt8, _ option: Span<UInt8>, at position: Int, in packet: Span<UInt8>, packetLength: Int
  ) -> Bool {
    switch kind {
    case Kind.routerAlert:
      return option.count == 4
    case Kind.ioam:
      return position % 4 == 0
    case Kind.calipso:
      isLabelled = true
      return option.count >= 10 && Int(option.byte(at: 6)) * 4 + 10 <= option.count
    case Kind.jumbo:
      guard option.count == 6, position % 4 == 2, packet.number16(at: 4) == 0 else { return false }
      let payload = Int(option.number32(at: 2))
      return payload > 0xffff && payload <= packetLength - HeaderSize.ipv6
    default:
      // The two highest bits say what a router does that does not know the option; 0 is to pass over it.
      return kind >> 6 == 0
    }
  }
}
