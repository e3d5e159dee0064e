package import Routing

/// The values that a field of a flow may take: ranges, in the order in which they are tried; at least one value.
package struct FieldValues: Hashable, Sendable {
  package private(set) var ranges: [ClosedRange<UInt128>]
  /// nil for numbers.
  package let family: AddressFamily?

  /// Ranges of numbers that do not overlap.
  package init(_ first: ClosedRange<UInt128>, _ more: ClosedRange<UInt128>...) {
    ranges = [first] + more
    family = nil
  }

  /// How many values there are; one too few for all IPv6 addresses.
  package var count: UInt128 {
    ranges.reduce(0) { sum, range in
      let (more, _) = sum.addingReportingOverflow(range.upperBound - range.lowerBound)
      let (all, isTooMuch) = more.addingReportingOverflow(1)
      return isTooMuch ? .max : all
    }
  }

  package var first: UInt128 { ranges[0].lowerBound }

  package var last: UInt128 { ranges[ranges.count - 1].upperBound }

  /// One value as text: a decimal number, or an address.
  package func text(_ value: UInt128) -> String {
    family.map { IPAddress(value, $0).description } ?? String(value)
  }
}

extension FieldValues: CustomStringConvertible {
  /// As it is written on the command line: `49152-65535,1024-49151`. A range that is a prefix is written as one.
  package var description: String {
    ranges.map { range in
      if range.lowerBound == range.upperBound { return text(range.lowerBound) }
      if let family, let prefix = Prefix(range, family) { return prefix.description }
      return "\(text(range.lowerBound))-\(text(range.upperBound))"
    }.joined(separator: ",")
  }
}

extension Prefix {
  /// The prefix that holds just these addresses; nil where there is none.
  fileprivate init?(_ range: ClosedRange<UInt128>, _ family: AddressFamily) {
    let size = range.upperBound - range.lowerBound
    let bits = UInt128.bitWidth - size.leadingZeroBitCount
    guard size & (size &+ 1) == 0, range.lowerBound & size == 0, bits <= Int(family.addressLength) else { return nil }
    self.init(
      containing: IPAddress(range.lowerBound, family), length: family.addressLength - UInt8(truncatingIfNeeded: bits))
  }
}

// MARK: The command line

/// Why a text names no values of a field.
package struct FieldValuesError: Error, Hashable, CustomStringConvertible {
  package let description: String
}

extension FieldValues {
  /// Whether a text says that a field is open: a range, a prefix or a list.
  package static func isOpen(_ text: String) -> Bool { text.contains { "-/,".contains($0) } }

  /// Reads `1000`, `1000-1999`, `10.0.0.1-10.0.0.9` or `10.0.0.0/24`, or several of them with commas between them.
  ///
  /// - Throws: also for a value that stands there twice, and for addresses of both families.
  package init(parsing text: String, of field: SteerableField) throws(FieldValuesError) {
    var ranges: [ClosedRange<UInt128>] = []
    var family: AddressFamily?
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let (range, itsFamily) = try Self.range(String(part), of: field)
      guard ranges.isEmpty || family == itsFamily else {
        throw FieldValuesError(description: "\(field.rawValue) has addresses of both families")
      }
      family = itsFamily
      ranges.append(range)
    }
    self.ranges = ranges
    self.family = family
    let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
    for (left, right) in zip(sorted, sorted.dropFirst()) where right.lowerBound <= left.upperBound {
      throw FieldValuesError(description: "\(field.rawValue) has \(self.text(right.lowerBound)) twice")
    }
  }

  private static func range(
    _ text: String, of field: SteerableField
  ) throws(FieldValuesError) -> (ClosedRange<UInt128>, AddressFamily?) {
    if field.isAddress, text.contains("/") {
      do throws(PrefixSyntaxError) {
        let prefix = try Prefix(parsing: text)
        return (prefix.range, prefix.family)
      } catch {
        throw FieldValuesError(description: error.description)
      }
    }
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (low, family) = try value(ends[0], of: field)
    let (high, otherFamily) = try value(ends[ends.count - 1], of: field)
    guard family == otherFamily, low <= high else {
      throw FieldValuesError(description: "\"\(text)\" is no range: it has to go up, in one family")
    }
    return (low...high, family)
  }

  private static func value(
    _ text: String, of field: SteerableField
  ) throws(FieldValuesError) -> (UInt128, AddressFamily?) {
    guard let numbers = field.numbers else {
      guard let address = IPAddress(text) else {
        throw FieldValuesError(
          description: "\"\(text)\" is no IP address; \(field.rawValue) takes a prefix, ADDRESS-ADDRESS, or a list")
      }
      return (address.number, address.family)
    }
    let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
    let digits = isHex ? text.dropFirst(2) : text[...]
    // A sign is no digit.
    guard digits.utf8.first.map({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) ?? false,
      let number = UInt128(digits, radix: isHex ? 16 : 10), numbers.contains(number)
    else {
      let bounds = "\(numbers.lowerBound) to \(numbers.upperBound)"
      throw FieldValuesError(
        description: "\"\(text)\" is no value of \(field.rawValue) (\(bounds)); it takes NUMBER-NUMBER, or a list")
    }
    return (number, nil)
  }
}

extension Prefix {
  /// The addresses of the prefix as numbers.
  fileprivate var range: ClosedRange<UInt128> {
    let bits = Int(family.addressLength - length)
    let size = bits == UInt128.bitWidth ? UInt128.max : (1 << UInt128(bits)) - 1
    return address.number...(address.number | size)
  }
}
