/// What a measurement tells of the 31-bit hash of one flow.
package struct MeasuredHash: Hashable, Sendable {
  /// The values that the hash may have. Selection is the same for all of them, for the route that it was measured for.
  package let range: ClosedRange<UInt32>

  /// A hash that is known whole.
  package init(_ hash31: UInt32) { range = hash31...hash31 }

  /// A hash of which only a threshold range is known, on kernels without resilient groups.
  package init(within range: ClosedRange<UInt32>) { self.range = range }

  /// The hash itself; nil when only a range is known.
  package var exact: UInt32? { range.lowerBound == range.upperBound ? range.lowerBound : nil }
}
