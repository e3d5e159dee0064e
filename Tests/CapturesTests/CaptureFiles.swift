import TestSupport

/// Capture files, written by hand.
enum CaptureFiles {
  static func number16(_ value: UInt16, bigEndian: Bool) -> [UInt8] {
    bigEndian ? Packets.bytes16(value) : Packets.bytes16(value).reversed()
  }

  static func number32(_ value: UInt32, bigEndian: Bool) -> [UInt8] {
    let bytes = Packets.bytes16(UInt16(value >> 16)) + Packets.bytes16(UInt16(truncatingIfNeeded: value))
    return bigEndian ? bytes : bytes.reversed()
  }

  /// A pcap file of frames, each with its length on the wire.
  static func pcap(
    linkType: UInt32, _ frames: [(bytes: [UInt8], length: Int)], bigEndian: Bool = false,
    magic: UInt32 = 0xa1b2_c3d4, snapLength: UInt32 = 65536
  ) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { number32(value, bigEndian: bigEndian) }
    var file =
      word(magic) + number16(2, bigEndian: bigEndian) + number16(4, bigEndian: bigEndian) + word(0) + word(0)
      + word(snapLength) + word(linkType)
    for (index, frame) in frames.enumerated() {
      file += word(UInt32(index)) + word(999_999_999) + word(UInt32(frame.bytes.count)) + word(UInt32(frame.length))
      file += frame.bytes
    }
    return file
  }

  /// A pcapng file with one interface.
  static func pcapng(
    linkType: UInt16, _ frames: [(bytes: [UInt8], length: Int)], bigEndian: Bool = false
  ) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { number32(value, bigEndian: bigEndian) }
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
      let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
      let length = word(UInt32(padded.count + 12))
      return word(type) + length + padded + length
    }
    let section =
      word(0x1a2b_3c4d) + number16(1, bigEndian: bigEndian) + number16(0, bigEndian: bigEndian)
      + [UInt8](repeating: 0xff, count: 8)
    let interface = number16(linkType, bigEndian: bigEndian) + [0, 0] + word(0)
    var file = block(0x0a0d_0d0a, section) + block(1, interface)
    for frame in frames {
      let head = word(0) + word(0) + word(7) + word(UInt32(frame.bytes.count)) + word(UInt32(frame.length))
      file += block(6, head + frame.bytes)
    }
    return file
  }
}
