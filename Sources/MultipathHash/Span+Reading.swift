extension Span<UInt8> {
  /// Whether `count` bytes stand at `offset`.
  @inline(__always)
  func holds(_ count: Int, at offset: Int) -> Bool {
    offset >= 0 && offset <= self.count && self.count - offset >= count
  }

  /// The byte at `offset`; 0 beyond the end.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    holds(1, at: offset) ? self[offset] : 0
  }

  /// Two bytes in network order; bytes beyond the end read as 0.
  @inline(__always)
  func number16(at offset: Int) -> UInt16 {
    UInt16(byte(at: offset)) << 8 | UInt16(byte(at: offset + 1))
  }

  /// Four bytes in network order; bytes beyond the end read as 0.
  @inline(__always)
  func number32(at offset: Int) -> UInt32 {
    UInt32(number16(at: offset)) << 16 | UInt32(number16(at: offset + 2))
  }

  /// Eight bytes in network order; bytes beyond the end read as 0.
  @inline(__always)
  func number64(at offset: Int) -> UInt64 {
    UInt64(number32(at: offset)) << 32 | UInt64(number32(at: offset + 4))
  }
}
