/// A value for every key, where keys in a row have the same one: a sorted list of ranges, and tables over the leading
/// bits that say where in the list to look.
///
/// What is left is a search among the ranges that begin alike, seldom more than two or three: the scheme of DXR
/// (Zec, Rizzo, Mikuc, 2012). Where keys crowd together, as IPv6 prefixes do, each value of the first 16 bits has a table
/// of its own, as large as its part of the list asks for.
struct RangeMap<Key: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  /// Keys from `start` to the start of the next range.
  struct Range: Sendable {
    var start: Key
    var value: Int32
  }

  /// The table for the keys of one value of the first bits.
  private struct Table: Sendable {
    /// Where in `places` it begins.
    var base: UInt32
    /// How many bits of a key stand behind those that the table is over.
    var shift: UInt8
    /// How many bits the table is over, as a mask.
    var mask: UInt32
  }

  private static var mostBits: Int { 20 }
  private static var manyRanges: Int { 1 << 12 }

  private let ranges: [Range]
  private let tables: [Table]
  /// For each value of a table's bits the position of the range that holds the first such key; one more at its end, for
  /// the range that holds its last key.
  private let places: [UInt32]
  /// How many bits of a key stand behind those that choose the table.
  private let shift: Int

  /// - Parameter ranges: in ascending order, the first of which starts at 0; fewer than 2^31.
  init(_ ranges: [Range]) {
    self.ranges = ranges
    let first = Key.bitWidth > 32 && ranges.count > Self.manyRanges ? 16 : 0
    shift = Key.bitWidth - first
    var tables: [Table] = []
    var places: [UInt32] = []
    var position = 0
    for leading in 0..<1 << first {
      let start = first == 0 ? 0 : Key(truncatingIfNeeded: leading) << Key(truncatingIfNeeded: shift)
      let last = first == 0 ? Key.max : start | (1 << Key(truncatingIfNeeded: shift) - 1)
      while position + 1 < ranges.count, ranges[position + 1].start <= start { position += 1 }
      var end = position
      while end + 1 < ranges.count, ranges[end + 1].start <= last { end += 1 }
      let bits = Self.bits(end - position, most: min(Self.mostBits, shift))
      let behind = shift - bits
      tables.append(
        Table(
          base: UInt32(truncatingIfNeeded: places.count), shift: UInt8(truncatingIfNeeded: behind),
          mask: UInt32(truncatingIfNeeded: 1 << bits - 1)))
      for value in 0..<1 << bits {
        let key = start | Key(truncatingIfNeeded: value) << Key(truncatingIfNeeded: behind)
        while position + 1 < ranges.count, ranges[position + 1].start <= key { position += 1 }
        places.append(UInt32(truncatingIfNeeded: position))
      }
      places.append(UInt32(truncatingIfNeeded: end))
    }
    (self.tables, self.places) = (tables, places)
  }

  /// So many that a table has at least two places for a range: 0 where there is nothing to tell apart.
  private static func bits(_ ranges: Int, most: Int) -> Int {
    guard ranges > 0 else { return 0 }
    var bits = 1
    while bits < most, 1 << bits < ranges * 2 { bits += 1 }
    return bits
  }

  /// The value of the range that holds the key.
  @inline(__always)
  subscript(key: Key) -> Int32 {
    Self.value(key, ranges.span, tables.span, places.span, leading: shift)
  }

  /// The values of the ranges that hold many keys.
  ///
  /// - Parameters:
  ///   - places: where in `values` theirs stand then.
  ///   - key: is given each of them, counted from the first one.
  @inline(__always)
  func values(_ places: Swift.Range<Int>, into values: inout [Int32], key: (Int) -> Key) {
    let (ranges, tables, positions, shift) = (ranges.span, tables.span, self.places.span, shift)
    var all = values.mutableSpan
    var values = all.extracting(places)
    guard shift < Key.bitWidth else {
      // There is one table alone.
      let table = tables[0]
      for index in 0..<places.count { values[index] = Self.value(key(index), ranges, table, positions) }
      return
    }
    for index in 0..<places.count {
      values[index] = Self.value(key(index), ranges, tables, positions, leading: shift)
    }
  }

  @inline(__always)
  private static func value(
    _ key: Key, _ ranges: Span<Range>, _ tables: Span<Table>, _ places: Span<UInt32>, leading: Int
  ) -> Int32 {
    let table = tables[leading == Key.bitWidth ? 0 : Int(truncatingIfNeeded: key &>> Key(truncatingIfNeeded: leading))]
    return value(key, ranges, table, places)
  }

  @inline(__always)
  private static func value(_ key: Key, _ ranges: Span<Range>, _ table: Table, _ places: Span<UInt32>) -> Int32 {
    let value = UInt32(truncatingIfNeeded: key &>> Key(truncatingIfNeeded: table.shift)) & table.mask
    let place = Int(table.base &+ value)
    var low = Int(places[place])
    var count = Int(places[place &+ 1]) &- low &+ 1
    // Chosen and not jumped to: which half it is is anybody's guess.
    while count > 1 {
      let half = count &>> 1
      let isAbove = ranges[low &+ half].start <= key ? 1 : 0
      low &+= half & (0 &- isAbove)
      count &-= half
    }
    return ranges[low].value
  }
}
