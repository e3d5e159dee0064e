/// What a forwarded flow has in common with many others: where it came in and what its packets are, in one word.
///
/// What is `usableFromInline` here and in `FlowColumns` is so that other modules read and write it without a call.
@usableFromInline
package struct FlowKind: Hashable, BitwiseCopyable, Sendable {
  /// Bits 0 to 2 are the three facts below, 8 to 15 the protocol, 16 to 23 the TOS, and 32 to 63 the interface.
  @usableFromInline package var word: UInt64

  @inlinable @inline(__always)
  package init(word: UInt64) { self.word = word }

  /// - Parameters:
  ///   - interface: index of the ingress interface; 0 where it is not known.
  ///   - tos: the whole TOS or traffic class byte.
  ///   - bringsNoHash: whether it is known that the packets bring no layer-4 hash.
  @inlinable @inline(__always)
  package init(isIPv6: Bool, ipProtocol: UInt8, tos: UInt8 = 0, interface: UInt32, bringsNoHash: Bool) {
    word =
      (isIPv6 ? Self.ipv6 : 0) | (bringsNoHash ? Self.noHash : 0) | UInt64(ipProtocol) &<< 8 | UInt64(tos) &<< 16
      | UInt64(interface) &<< 32
  }

  @usableFromInline static let ipv6: UInt64 = 1
  @usableFromInline static let noHash: UInt64 = 2
  @usableFromInline static let aside: UInt64 = 4

  /// In place of the kind of a flow that stands aside (`FlowColumns.others`).
  @inlinable @inline(__always)
  package static var other: FlowKind { FlowKind(word: aside) }

  /// The bits that tell how packets arrive: family, interface, and what is known of their hash.
  @inlinable @inline(__always)
  package static var arrival: UInt64 { 0xffff_ffff_0000_0003 }

  @inlinable @inline(__always)
  package var isIPv6: Bool { word & Self.ipv6 != 0 }

  @inlinable @inline(__always)
  package var bringsNoHash: Bool { word & Self.noHash != 0 }

  @inlinable @inline(__always)
  package var isOther: Bool { word & Self.aside != 0 }

  @inlinable @inline(__always)
  package var ipProtocol: UInt8 { UInt8(truncatingIfNeeded: word &>> 8) }

  @inlinable @inline(__always)
  package var tos: UInt8 { UInt8(truncatingIfNeeded: word &>> 16) }

  @inlinable @inline(__always)
  package var interface: UInt32 { UInt32(truncatingIfNeeded: word &>> 32) }
}
