/// Several bytes read at once.
extension Span<UInt8> {
  /// The eight bytes at `offset`, the first in the lowest bits; 0 where there are not as many.
  @inlinable @inline(__always)
  package func word(at offset: Int) -> UInt64 {
    guard offset >= 0, offset <= count &- 8 else { return 0 }
    // Every bit pattern is an integer, and the bounds were checked above.
    return UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
