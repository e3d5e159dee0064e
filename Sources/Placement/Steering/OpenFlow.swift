package import Routing

/// A flow of which one field is left open.
package struct OpenFlow: Hashable, Sendable {
  /// Everything else of it.
  private let base: Flow
  package let field: SteerableField
  package let values: FieldValues

  /// - Parameters:
  ///   - base: Whatever it has in the open field does not count. For an inner field it has an inner header.
  ///   - values: addresses are of the family of the field.
  package init(_ base: Flow, open field: SteerableField, values: FieldValues) {
    self.base = base
    self.field = field
    self.values = values
  }

  /// The flow with a value in its open field.
  package func flow(_ value: UInt128) -> Flow {
    var flow = base
    field.set(value, in: &flow)
    return flow
  }

  package var family: AddressFamily { base.family }
}

/// Goes through the values of a field.
struct ValueCursor: Sendable {
  private let ranges: [ClosedRange<UInt128>]
  private var range = 0
  private var next: UInt128

  init(_ values: FieldValues) {
    ranges = values.ranges
    next = values.first
  }

  /// The next value; nil behind the last one.
  mutating func advance() -> UInt128? {
    guard range < ranges.count else { return nil }
    let value = next
    if value == ranges[range].upperBound {
      range += 1
      if range < ranges.count { next = ranges[range].lowerBound }
    } else {
      next = value + 1
    }
    return value
  }
}
