import Testing

@testable import Netlink

@Suite struct AttributeTests {
  static func attributes(_ bytes: [UInt8]) throws -> [Attribute] {
    var found: [Attribute] = []
    var cursor = AttributeCursor()
    try bytes.withRawSpan { bytes in
      while let attribute = try cursor.next(in: bytes) { found.append(attribute) }
    }
    return found
  }

  /// What a read gives, nil for an error.
  static func read<Value>(_ bytes: [UInt8], _ body: (RawSpan) throws -> Value) -> Value? {
    try? bytes.withRawSpan(body)
  }

  @Test func `Attributes are padded to four bytes, with their true length in front`() throws {
    var writer = AttributeWriter()
    writer.append(header: [1, 2, 3])
    writer.append(7, text: "o1")
    writer.append(flag: 11)
    writer.append(1, bigEndian: UInt16(0x0102))
    let bytes = try writer.finished()
    #expect(bytes == [1, 2, 3, 0] + [7, 0, 7, 0, 0x6f, 0x31, 0, 0] + [4, 0, 11, 0] + [6, 0, 1, 0, 1, 2, 0, 0])
  }

  @Test func `A nest carries its flag, and the reader ignores the flag`() throws {
    var writer = AttributeWriter()
    writer.nest(12) { $0.append(1, UInt32(5)) }
    let bytes = try writer.finished()
    #expect(bytes == [12, 0, 12, 0x80, 8, 0, 1, 0, 5, 0, 0, 0])
    #expect(try Self.attributes(bytes) == [Attribute(type: 12, range: 4..<12)])
  }

  @Test(arguments: [65531, 65532])
  func `A value fits an attribute up to 65531 bytes`(count: Int) {
    var writer = AttributeWriter()
    writer.append(1, bytes: [UInt8](repeating: 0, count: count))
    writer.append(2, UInt8(0))
    #expect((try? writer.finished()) != nil || count > 65531)
    #expect((try? writer.finished()) == nil || count <= 65531)
  }

  @Test func `A failure inside a nest is remembered outside`() {
    var writer = AttributeWriter()
    writer.nest(1) { $0.append(1, bytes: [UInt8](repeating: 0, count: 70000)) }
    #expect(throws: WireError.tooLong) { try writer.finished() }
  }

  @Test(arguments: [
    ("shorter than its header", [3, 0, 1, 0, 0, 0, 0, 0]),
    ("of no length", [0, 0, 1, 0]),
    ("longer than what is there", [9, 0, 1, 0, 0, 0, 0, 0]),
  ] as [(String, [UInt8])])
  func `An impossible attribute is an error`(what: String, bytes: [UInt8]) {
    #expect(throws: WireError.self, "\(what)") { try Self.attributes(bytes) }
  }

  @Test func `A last attribute needs no padding`() throws {
    #expect(try Self.attributes([5, 0, 1, 0, 9]) == [Attribute(type: 1, range: 4..<5)])
  }

  @Test func `Reads beyond the end are errors at every offset`() {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    #expect(Self.read(bytes) { try $0.bigEndianUInt64(at: 1) } == 0x0203_0405_0607_0809)
    #expect(Self.read(bytes) { try $0.bigEndianUInt32(at: 5) } == 0x0607_0809)
    #expect(Self.read(bytes) { try $0.bigEndianUInt16(at: 7) } == 0x0809)
    for offset in [-1, 2, 9, 10, Int.max, Int.min] {
      #expect(Self.read(bytes) { try $0.uint64(at: offset) } == nil, "offset \(offset)")
    }
    #expect(Self.read(bytes) { try $0.uint8(at: 9) } == nil)
  }

  @Test func `A number of the kernel's own width is read by its length`() {
    #expect(Self.read([1, 2, 0, 0]) { try $0.variableUInt() } == 0x201)
    #expect(Self.read([1, 2, 0, 0, 1, 0, 0, 0]) { try $0.variableUInt() } == 0x1_0000_0201)
    #expect(Self.read([1, 2]) { try $0.variableUInt() } == nil)
  }

  @Test func `Text ends at its first 0 byte and survives bytes that are not UTF-8`() {
    #expect(Self.read([0x6f, 0x31, 0, 0x78]) { $0.text() } == "o1")
    #expect(Self.read([0xff, 0x31]) { $0.text() } == "\u{fffd}1")
  }

  @Test func `Equal bytes have equal checksums, and one changed byte has another`() {
    var bytes = (0..<61).map { UInt8($0) }
    let sum = Self.read(bytes) { $0.checksum() }
    #expect(Self.read(bytes) { $0.checksum() } == sum)
    for index in bytes.indices {
      bytes[index] ^= 0x40
      #expect(Self.read(bytes) { $0.checksum() } != sum, "byte \(index)")
      bytes[index] ^= 0x40
    }
  }
}
