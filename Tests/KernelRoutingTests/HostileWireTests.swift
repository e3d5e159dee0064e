import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

/// Everything that reads bytes, against bytes that no kernel sends.
@Suite struct HostileWireTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    /// Bytes of the fixed header.
    var header: Int
    /// What the bytes decode to, as text; nil for nothing. Throws for malformed bytes.
    var read: @Sendable ([UInt8]) throws -> String?

    var testDescription: String { name }
  }

  static let samples: [Sample] =
    RouteWireTests.captures.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: Route.headerSize) {
        try decodedRoute($0).map { "\($0)" }
      }
    }
    + NexthopWireTests.captures.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: NexthopHeader.size) {
        try NexthopWireTests.read($0).map { "\($0)" }
      }
    }
    + RuleWireTests.captures.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: Rule.headerSize) {
        try RuleWireTests.read($0).map { "\($0)" }
      }
    }
    + InterfaceWireTests.links.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: Link.headerSize) { bytes in
        try decoded(bytes) { (wire) throws(WireError) in try Link(wire: wire) }.map { "\($0)" }
      }
    }
    + InterfaceWireTests.addresses.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: InterfaceAddress.headerSize) { bytes in
        try decoded(bytes) { (wire) throws(WireError) in try InterfaceAddress(wire: wire) }.map { "\($0)" }
      }
    }
    + InterfaceWireTests.neighbours.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: Neighbour.headerSize) { bytes in
        try decoded(bytes) { (wire) throws(WireError) in try Neighbour(wire: wire) }.map { "\($0)" }
      }
    }
    + ConnectionWireTests.captures.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: TrackedConnection.headerSize) {
        try ConnectionWireTests.read($0).map { "\($0)" }
      }
    }
    + SocketWireTests.captures.map { capture in
      Sample(name: capture.command, bytes: bytes(hex: capture.hex), header: ConnectedSocket.headerSize) {
        try SocketWireTests.read($0).map { "\($0)" }
      }
    }
    + [
      Sample(
        name: "a bucket",
        bytes: bytes(
          hex: "0000000000000000 0800010033000000 20000d80 0600010002000000 0800030001000000 0c0002009f00000000000000"),
        header: NexthopHeader.size
      ) { bytes in
        try decoded(bytes) { (wire) throws(WireError) in try BucketMessage(wire: wire) }.map { "\($0)" }
      }
    ]

  /// The offsets at which one attribute ends and the next begins.
  static func boundaries(_ bytes: [UInt8], header: Int) -> Set<Int> {
    var found: Set<Int> = [header]
    bytes.withRawSpan { wire in
      var cursor = AttributeCursor(from: header)
      while let attribute = try? cursor.next(in: wire) {
        // Padding may be missing, and less than an attribute's header is taken for padding.
        for extra in 0..<4 {
          found.insert(attribute.range.upperBound + extra)
          found.insert((attribute.range.upperBound + 3) & ~3 + extra)
        }
      }
    }
    return found
  }

  @Test(arguments: samples)
  func `A truncation inside an attribute or the header is an error`(sample: Sample) {
    let boundaries = Self.boundaries(sample.bytes, header: sample.header)
    for count in 0..<sample.bytes.count {
      let part = Array(sample.bytes.prefix(count))
      let result = Result { try sample.read(part) }
      guard !boundaries.contains(count), !(sample.header..<sample.header + 4).contains(count) else { continue }
      if case .success(let value) = result { Issue.record("\(count) bytes read as \(value ?? "nothing")") }
    }
  }

  @Test(arguments: samples)
  func `Random changes never trap`(sample: Sample) {
    for seed in UInt64(1)...5 {
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<400 {
        var bytes = sample.bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &generator)) }
        _ = try? sample.read(bytes)
      }
    }
  }

  @Test func `Every reader refuses or ignores every other reader's messages without trapping`() {
    for sample in Self.samples {
      #expect((try? sample.read(sample.bytes)) != nil, "\(sample.name)")
      for other in Self.samples { _ = try? sample.read(other.bytes) }
      _ = try? sample.read([])
    }
  }
}
