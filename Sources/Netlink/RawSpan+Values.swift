internal import Glibc

/// Bounds-checked reads at any alignment, in the byte order of the machine unless a name says otherwise.
extension RawSpan {
  @inlinable
  func value<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type, at offset: Int
  ) throws(WireError) -> Value {
    guard offset >= 0, offset <= byteCount, byteCount - offset >= MemoryLayout<Value>.size else {
      throw .shortValue(needed: MemoryLayout<Value>.size, available: max(0, byteCount &- offset))
    }
    // Every bit pattern is an integer, and the bounds were checked above.
    return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
  }

  /// The byte at `offset`.
  @inlinable
  package func uint8(at offset: Int = 0) throws(WireError) -> UInt8 { try value(UInt8.self, at: offset) }

  @inlinable
  package func uint16(at offset: Int = 0) throws(WireError) -> UInt16 { try value(UInt16.self, at: offset) }

  @inlinable
  package func uint32(at offset: Int = 0) throws(WireError) -> UInt32 { try value(UInt32.self, at: offset) }

  @inlinable
  package func int32(at offset: Int = 0) throws(WireError) -> Int32 { try value(Int32.self, at: offset) }

  @inlinable
  package func uint64(at offset: Int = 0) throws(WireError) -> UInt64 { try value(UInt64.self, at: offset) }

  /// The two bytes at `offset` in network order.
  @inlinable
  package func bigEndianUInt16(at offset: Int = 0) throws(WireError) -> UInt16 {
    UInt16(bigEndian: try uint16(at: offset))
  }

  /// The four bytes at `offset` in network order.
  @inlinable
  package func bigEndianUInt32(at offset: Int = 0) throws(WireError) -> UInt32 {
    UInt32(bigEndian: try uint32(at: offset))
  }

  /// The eight bytes at `offset` in network order.
  @inlinable
  package func bigEndianUInt64(at offset: Int = 0) throws(WireError) -> UInt64 {
    UInt64(bigEndian: try uint64(at: offset))
  }

  /// A number of 4 or 8 bytes: the kernel's "uint" attributes, whose length tells their width.
  package func variableUInt() throws(WireError) -> UInt64 {
    byteCount >= 8 ? try uint64() : UInt64(try uint32())
  }

  /// All bytes.
  package func bytes() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// The text up to the first 0 byte or the end; bytes that are not UTF-8 are replaced.
  package func text() -> String {
    unsafe withUnsafeBytes { bytes in
      let end = unsafe bytes.firstIndex(of: 0) ?? bytes.endIndex
      return unsafe String(decoding: bytes[..<end], as: UTF8.self)
    }
  }

  /// Whether the bytes are those of `other`.
  package func isEqual(to other: [UInt8]) -> Bool {
    guard byteCount == other.count else { return false }
    return unsafe withUnsafeBytes { mine in
      unsafe other.withUnsafeBytes { theirs in
        guard let left = mine.baseAddress, let right = theirs.baseAddress else { return true }
        return unsafe memcmp(left, right, mine.count) == 0
      }
    }
  }

  /// Whether the bytes are those that `other` has from `start` on.
  package func isEqual(to other: [UInt8], from start: Int) -> Bool {
    guard start >= 0, start <= other.count, byteCount <= other.count - start else { return false }
    return unsafe withUnsafeBytes { mine in
      unsafe other.withUnsafeBytes { theirs in
        guard let left = mine.baseAddress, let right = theirs.baseAddress else { return true }
        return unsafe memcmp(left, right + start, mine.count) == 0
      }
    }
  }

  /// A number that is equal for equal bytes, made for tables that live no longer than a dump.
  package func checksum() -> UInt64 {
    var sum = UInt64(truncatingIfNeeded: byteCount)
    var offset = 0
    func mix(_ word: UInt64) {
      sum = (sum ^ word) &* 0x9e37_79b9_7f4a_7c15
      sum ^= sum >> 29
    }
    while byteCount - offset >= 8, let word = try? uint64(at: offset) {
      mix(word)
      offset += 8
    }
    while offset < byteCount, let byte = try? uint8(at: offset) {
      mix(UInt64(byte))
      offset += 1
    }
    return sum
  }
}

extension [UInt8] {
  /// Lends the bytes in the form in which messages are read.
  package func withRawSpan<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Bytes have no padding that could be uninitialized.
    unsafe try body(span.bytes)
  }
}
