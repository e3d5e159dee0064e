/// An address prefix whose host bits are 0.
package struct Prefix: Hashable, Sendable {
  package let address: IPAddress
  /// 0 to 32 for IPv4, 0 to 128 for IPv6.
  package let length: UInt8

  /// The prefix of `length` bits that holds `address`; host bits are cleared.
  package init(containing address: IPAddress, length: UInt8) {
    let length = min(length, address.family.addressLength)
    self.address = address.masked(to: length)
    self.length = length
  }

  /// The prefix that holds `address` alone.
  package init(host address: IPAddress) {
    self.address = address
    length = address.family.addressLength
  }

  /// 0.0.0.0/0 or ::/0.
  package static func everything(_ family: AddressFamily) -> Prefix {
    Prefix(containing: .unspecified(family), length: 0)
  }

  package var family: AddressFamily { address.family }

  /// Whether the prefix covers exactly one address.
  package var isHost: Bool { length == family.addressLength }

  /// The address of the prefix that has the host bits of `host`, an address of the same family.
  package func address(withHostBitsOf host: IPAddress) -> IPAddress {
    let network = host.masked(to: length)
    return switch family {
    case .ipv4: IPAddress(ipv4: address.ipv4Value | (host.ipv4Value ^ network.ipv4Value))
    case .ipv6:
      IPAddress(
        ipv6High: address.high | (host.high ^ network.high), low: address.low | (host.low ^ network.low))
    }
  }

  package func contains(_ other: IPAddress) -> Bool {
    other.family == family && other.masked(to: length) == address
  }

  package func contains(_ other: Prefix) -> Bool {
    other.length >= length && contains(other.address)
  }
}

/// Why a text is not a prefix.
package enum PrefixSyntaxError: Error, Hashable {
  /// Neither an address nor ADDRESS/LENGTH; carries the text.
  case notAPrefix(String)
  /// The length exceeds the family's: the text, and the largest length allowed.
  case lengthOutOfRange(String, maximum: UInt8)
  /// Bits beyond the length are set: the text, and the prefix that was probably meant.
  case hostBits(String, meant: Prefix)
}

extension PrefixSyntaxError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAPrefix(let text):
      "\"\(text)\" is not a prefix; write ADDRESS/LENGTH, an address, or default"
    case .lengthOutOfRange(let text, let maximum):
      "the prefix length in \"\(text)\" is out of range; it is at most \(maximum)"
    case .hostBits(let text, let meant):
      "\"\(text)\" has bits set beyond its prefix length; did you mean \(meant)?"
    }
  }
}

extension Prefix: CustomStringConvertible {
  /// ADDRESS/LENGTH, always with the length.
  package var description: String { "\(address)/\(length)" }

  /// Reads ADDRESS/LENGTH, ADDRESS (a host prefix), or `default` and `any` when a family is given.
  ///
  /// - Throws: `PrefixSyntaxError`, also for bits set beyond the length.
  package init(parsing text: String, family: AddressFamily? = nil) throws(PrefixSyntaxError) {
    if text == "default" || text == "any" || text == "all" {
      self = .everything(family ?? .ipv4)
      return
    }
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])), family == nil || family == address.family else {
      throw .notAPrefix(text)
    }
    guard parts.count == 2 else {
      self.init(host: address)
      return
    }
    guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let length = Int(parts[1])
    else { throw .notAPrefix(text) }
    guard length <= Int(address.family.addressLength) else {
      throw .lengthOutOfRange(text, maximum: address.family.addressLength)
    }
    let prefix = Prefix(containing: address, length: UInt8(length))
    guard prefix.address == address else { throw .hostBits(text, meant: prefix) }
    self = prefix
  }
}

extension Prefix: Comparable {
  /// By family, then address, then shorter first.
  package static func < (left: Prefix, right: Prefix) -> Bool {
    (left.address, left.length) < (right.address, right.length)
  }
}
