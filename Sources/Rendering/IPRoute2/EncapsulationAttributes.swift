import Routing

/// Nested netlink attributes, read in place from the bytes that the kernel wrote.
struct EncapsulationAttributes {
  private let bytes: [UInt8]
  private let range: Range<Int>
  let isLittleEndian: Bool

  init(_ bytes: [UInt8], isLittleEndian: Bool) {
    self.init(bytes, 0..<bytes.count, isLittleEndian)
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>, _ isLittleEndian: Bool) {
    self.bytes = bytes
    self.range = range
    self.isLittleEndian = isLittleEndian
  }

  /// The payload of the first attribute of a type; nil when there is none before the first malformed one.
  subscript(type: UInt16) -> Payload? {
    var start = range.lowerBound
    while range.upperBound - start >= 4 {
      let length = Int(integer(at: start, count: 2))
      guard length >= 4, length <= range.upperBound - start else { return nil }
      // The two bits above are NLA_F_NESTED and NLA_F_NET_BYTEORDER.
      if UInt16(truncatingIfNeeded: integer(at: start + 2, count: 2)) & 0x3fff == type {
        return Payload(attributes: self, range: (start + 4)..<(start + length))
      }
      // The padding of the last attribute may be missing.
      start += (length + 3) & ~3
    }
    return nil
  }

  /// `count` bytes, all within the array, in the machine's order.
  private func integer(at offset: Int, count: Int, isLittleEndian little: Bool? = nil) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count {
      let place = little ?? isLittleEndian ? count - 1 - index : index
      value = value << 8 | UInt64(bytes[offset + place])
    }
    return value
  }

  /// The payload of one attribute; a read beyond its end is nil.
  struct Payload {
    fileprivate let attributes: EncapsulationAttributes
    fileprivate let range: Range<Int>

    var count: Int { range.count }

    /// The payload as nested attributes.
    var nested: EncapsulationAttributes {
      EncapsulationAttributes(attributes.bytes, range, attributes.isLittleEndian)
    }

    func byte(at offset: Int = 0) -> UInt8? {
      integer(UInt8.self, at: offset)
    }

    /// An integer in the machine's byte order.
    func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self, at offset: Int = 0) -> Integer? {
      read(type, at: offset, isLittleEndian: attributes.isLittleEndian)
    }

    /// An integer in network byte order.
    func networkInteger<Integer: FixedWidthInteger>(
      _ type: Integer.Type = Integer.self, at offset: Int = 0
    ) -> Integer? {
      read(type, at: offset, isLittleEndian: false)
    }

    func address(_ family: AddressFamily, at offset: Int = 0) -> IPAddress? {
      let length = Int(family.addressLength) / 8
      guard offset >= 0, offset <= count - length else { return nil }
      let start = range.lowerBound + offset
      return IPAddress(networkBytes: attributes.bytes[start..<(start + length)])
    }

    /// A string up to its NUL.
    var text: [UInt8] { Array(attributes.bytes[range].prefix { $0 != 0 }) }

    private func read<Integer: FixedWidthInteger>(
      _ type: Integer.Type, at offset: Int, isLittleEndian: Bool
    ) -> Integer? {
      let size = Integer.bitWidth / 8
      guard offset >= 0, offset <= count - size else { return nil }
      return Integer(
        truncatingIfNeeded: attributes.integer(
          at: range.lowerBound + offset, count: size, isLittleEndian: isLittleEndian))
    }
  }
}

extension EncapsulationAttributes.Payload {
  /// The payload without its first bytes; empty when it has no more.
  func dropping(_ count: Int) -> Self {
    Self(attributes: attributes, range: min(range.lowerBound + max(count, 0), range.upperBound)..<range.upperBound)
  }

  /// Two digits a byte.
  var hexadecimal: String {
    attributes.bytes[range].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
