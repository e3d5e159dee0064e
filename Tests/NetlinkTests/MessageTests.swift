import Testing
import TestSupport

@testable import Netlink

@Suite struct MessageTests {
  /// The kernel's answer to RTM_GETROUTE for IPv4 with RTA_FLOWLABEL: EINVAL, "Unknown attribute type", byte 36.
  static let refusal: [UInt8] =
    [0x48, 0, 0, 0, 2, 0, 0, 3, 9, 0, 0, 0, 5, 0, 0, 0]
    + [0xea, 0xff, 0xff, 0xff, 0x2c, 0, 0, 0, 0x1a, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    + [0x1b, 0, 1, 0] + Array("Unknown attribute type".utf8) + [0, 0]
    + [8, 0, 2, 0, 0x24, 0, 0, 0]

  static func refusal(of bytes: [UInt8]) throws -> Refusal? {
    try bytes.withRawSpan { bytes in
      var cursor = MessageCursor()
      guard let header = try cursor.next(in: bytes) else { return nil }
      return try Refusal(header, in: bytes)
    }
  }

  static func message(type: UInt16, flags: UInt16, payload: [UInt8]) -> [UInt8] {
    NetlinkMessage.encode(type: type, flags: .init(rawValue: flags), sequence: 1, port: 2, payload: payload)
  }

  @Test func `A refusal carries the kernel's errno and text`() throws {
    #expect(try Self.refusal(of: Self.refusal) == Refusal(.invalid, text: "Unknown attribute type"))
  }

  @Test func `Without a text, the place in the request is told`() throws {
    let status = AttributeWriter.bytes(of: Int32(-22))
    let request = [UInt8](repeating: 0, count: 16)
    let offset: [UInt8] = [8, 0, 2, 0, 36, 0, 0, 0]
    let missing: [UInt8] = [8, 0, 5, 0, 5, 0, 0, 0]
    let placed = Self.message(type: 2, flags: 0x300, payload: status + request + offset)
    #expect(try Self.refusal(of: placed)?.text == "it objects to byte 36 of the request")
    let lacking = Self.message(type: 2, flags: 0x300, payload: status + request + offset + missing)
    #expect(try Self.refusal(of: lacking)?.text == "attribute 5 is missing from the request")
  }

  @Test func `An error that repeats the whole request has its text behind it`() throws {
    var request = NetlinkMessage.encode(type: 26, flags: .request, sequence: 1, port: 2, payload: [1, 2, 3, 4, 5])
    request += [0, 0, 0]
    let text: [UInt8] = [7, 0, 1, 0, 0x6e, 0x6f, 0, 0]
    let bytes = Self.message(type: 2, flags: 0x200, payload: AttributeWriter.bytes(of: Int32(-13)) + request + text)
    #expect(try Self.refusal(of: bytes) == Refusal(.accessDenied, text: "no"))
  }

  @Test func `The status in the end of a dump is a refusal, with its text right behind`() throws {
    let text: [UInt8] = [7, 0, 1, 0, 0x6e, 0x6f, 0, 0]
    let bytes = Self.message(type: 3, flags: 0x202, payload: AttributeWriter.bytes(of: Int32(-2)) + text)
    #expect(try Self.refusal(of: bytes) == Refusal(.noEntry, text: "no"))
    #expect(try Self.refusal(of: Self.message(type: 3, flags: 2, payload: [0, 0, 0, 0])) == nil)
  }

  @Test func `The most negative status does not trap`() throws {
    let bytes = Self.message(type: 2, flags: 0, payload: AttributeWriter.bytes(of: Int32.min))
    #expect(try Self.refusal(of: bytes) != nil)
  }

  @Test func `Messages of one datagram follow each other at multiples of four bytes`() throws {
    var bytes = Self.message(type: 24, flags: 2, payload: [1, 2, 3, 4, 5])
    bytes += [0, 0, 0]
    bytes += Self.message(type: 3, flags: 0x12, payload: [0, 0, 0, 0])
    var cursor = MessageCursor()
    var headers: [MessageHeader] = []
    try bytes.withRawSpan { bytes in
      while let header = try cursor.next(in: bytes) { headers.append(header) }
    }
    #expect(headers.map(\.payload) == [16..<21, 40..<44])
    #expect(headers.map(\.type) == [24, ControlMessage.done])
    #expect(headers.map(\.isInterrupted) == [false, true])
  }

  @Test func `Every truncation of a refusal is an error`() {
    for count in 1..<Self.refusal.count {
      let part = Array(Self.refusal.prefix(count))
      #expect(throws: WireError.self, "\(count) bytes") { try Self.refusal(of: part) }
    }
  }

  @Test func `A message that claims less than its header is an error`() {
    var bytes = Self.refusal
    for length in UInt8(0)..<16 {
      bytes[0] = length
      #expect(throws: WireError.self, "length \(length)") { try Self.refusal(of: bytes) }
    }
  }

  @Test(arguments: [1, 2, 3])
  func `Random changes of a refusal never trap`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      var bytes = Self.refusal
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = try? Self.refusal(of: bytes)
    }
  }

  @Test func `Errors name the operation, the reason and the kernel's words`() {
    let refused = NetlinkError("read the routes", .refused(Refusal(.invalid, text: "Invalid family")))
    #expect("\(refused)" == "can not read the routes: Invalid argument: Invalid family")
    let barred = NetlinkError("read the routes", .socket(.notPermitted))
    #expect("\(barred)" == "can not read the routes: Operation not permitted")
    #expect("\(Errno(rawValue: 4095))" == "error 4095")
    #expect(NetlinkError("x", .interrupted).isTransient && NetlinkError("x", .socket(.noBufferSpace)).isTransient)
    #expect(!refused.isTransient)
  }

  @Test func `Files are read up to the limit, and an absent one is an errno`() throws {
    #expect(try System.contents(of: "/proc/sys/kernel/ostype") == Array("Linux\n".utf8))
    #expect(try System.contents(of: "/proc/sys/kernel/ostype", limit: 3) == Array("Lin".utf8))
    #expect(throws: Errno.noEntry) { try System.contents(of: "/nowhere/at/all") }
    #expect(System.isSameFile("/proc/self/ns/net", "/proc/thread-self/ns/net"))
    #expect(!System.isSameFile("/proc/self/ns/net", "/proc/self/ns/ipc"))
    #expect(System.kernelName().release.isEmpty == false)
  }
}
