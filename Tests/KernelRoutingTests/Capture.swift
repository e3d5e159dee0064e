import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

/// A message of a real kernel (6.12, x86-64) next to the command that led to it, and what it means.
///
/// The interfaces are o1 = 3 and o2 = 5; payloads start at the fixed header behind `nlmsghdr`.
struct Capture<Value: Equatable & Sendable>: Sendable, CustomTestStringConvertible {
  var command: String
  var hex: String
  var value: Value

  init(_ command: String, _ hex: String, _ value: Value) {
    self.command = command
    self.hex = hex
    self.value = value
  }

  var testDescription: String { command }
}

/// Reads a payload with one of the decoders.
func decoded<Value>(
  _ bytes: [UInt8], _ decode: (RawSpan) throws(WireError) -> Value?
) throws(WireError) -> Value? {
  try bytes.withRawSpan(decode)
}

func decodedRoute(_ bytes: [UInt8]) throws(WireError) -> Route? {
  var table = RouteAttributeTable()
  return try decoded(bytes) { (wire) throws(WireError) in try Route(wire: wire, sharing: &table) }
}

func encoded(_ body: (inout AttributeWriter) throws -> Void) throws -> [UInt8] {
  var writer = AttributeWriter()
  try body(&writer)
  return try writer.finished()
}

func address(_ text: String) -> IPAddress { IPAddress(text) ?? .unspecified(.ipv4) }

func prefix(_ text: String) -> Prefix { (try? Prefix(parsing: text)) ?? .everything(.ipv4) }
