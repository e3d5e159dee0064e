package import Routing

/// Finds the longest of many prefixes of one family that covers an address.
///
/// Prefixes have positions: 0, 1, … in the order of their addresses, a shorter one before the longer ones of the same
/// address.
package struct PrefixIndex: Sendable {
  package let family: AddressFamily
  /// The length of each prefix.
  package let lengths: [UInt8]
  /// The position of the longest shorter prefix that covers each prefix; -1 for none.
  private let parents: [Int32]
  // One of them holds nothing: a case of two maps would be taken out, and counted, for each lookup.
  private let ranges4: RangeMap<UInt32>
  private let ranges6: RangeMap<UInt128>

  /// - Parameter prefixes: of the family, in ascending order and each once; fewer than 2^31.
  init(sorted prefixes: [Prefix], family: AddressFamily) {
    self.family = family
    lengths = prefixes.map(\.length)
    switch family {
    case .ipv4:
      let (parents, ranges) = Self.sweep(prefixes) { $0.address.ipv4Value }
      (self.parents, ranges4, ranges6) = (parents, RangeMap(ranges), RangeMap([.init(start: 0, value: -1)]))
    case .ipv6:
      let (parents, ranges) = Self.sweep(prefixes) { $0.address.wideValue }
      (self.parents, ranges4, ranges6) = (parents, RangeMap([.init(start: 0, value: -1)]), RangeMap(ranges))
    }
  }

  /// - Parameter prefixes: of the family, in any order and however often each.
  package init(_ prefixes: [Prefix], family: AddressFamily) {
    var distinct: [Prefix] = []
    distinct.reserveCapacity(prefixes.count)
    for place in PrefixTable.order(prefixes.count, prefix: { prefixes[$0] }) {
      let prefix = prefixes[Int(place)]
      if distinct.last != prefix { distinct.append(prefix) }
    }
    self.init(sorted: distinct, family: family)
  }

  package var count: Int { lengths.count }

  /// The position of the longest prefix that covers the address; -1 for none.
  ///
  /// - Parameter address: of the family.
  @inline(__always)
  package func longest(covering address: IPAddress) -> Int32 {
    switch family {
    case .ipv4: ranges4[UInt32(truncatingIfNeeded: address.low)]
    case .ipv6: ranges6[UInt128(address.high) << 64 | UInt128(address.low)]
    }
  }

  /// The same for an IPv4 address as a number.
  @inline(__always)
  func longest4(covering address: UInt32) -> Int32 { ranges4[address] }

  /// The same for many IPv4 addresses.
  ///
  /// - Parameter positions: takes the positions, in the same places.
  func longest4(covering addresses: Span<UInt32>, _ places: Range<Int>, into positions: inout [Int32]) {
    let addresses = addresses.extracting(places)
    ranges4.values(places, into: &positions) { addresses[$0] }
  }

  /// The same for the destinations of many IPv6 headers.
  func longest6(
    covering headers: Span<FlowColumns.Header6>, _ places: Range<Int>, into positions: inout [Int32]
  ) {
    let headers = headers.extracting(places)
    ranges6.values(places, into: &positions) {
      UInt128(headers[$0].destinationHigh) &<< 64 | UInt128(headers[$0].destinationLow)
    }
  }

  /// The position of the next shorter prefix that covers the same addresses; -1 for none.
  package func parent(of position: Int32) -> Int32 { parents[Int(position)] }

  /// The position of exactly this prefix; nil where it is not among them.
  package func position(of prefix: Prefix) -> Int32? {
    guard prefix.family == family else { return nil }
    var position = longest(covering: prefix.address)
    while position >= 0, lengths[Int(position)] > prefix.length { position = parents[Int(position)] }
    return position >= 0 && lengths[Int(position)] == prefix.length ? position : nil
  }

  /// Goes over the addresses from 0 on with the prefixes that cover the place, the longest on top.
  private static func sweep<Key: FixedWidthInteger & UnsignedInteger>(
    _ prefixes: [Prefix], key: (Prefix) -> Key
  ) -> ([Int32], [RangeMap<Key>.Range]) {
    var parents: [Int32] = []
    parents.reserveCapacity(prefixes.count)
    var ranges: [RangeMap<Key>.Range] = [.init(start: 0, value: -1)]
    ranges.reserveCapacity(prefixes.count * 2 + 1)
    var open: [(position: Int32, last: Key)] = []

    func begin(_ start: Key, _ value: Int32) {
      if ranges[ranges.count - 1].start == start { ranges.removeLast() }
      ranges.append(.init(start: start, value: value))
    }
    func close(before start: Key?) {
      while let top = open.last, start.map({ top.last < $0 }) ?? true {
        open.removeLast()
        if top.last < Key.max { begin(top.last + 1, open.last?.position ?? -1) }
      }
    }
    for (position, prefix) in prefixes.enumerated() {
      let start = key(prefix)
      close(before: start)
      parents.append(open.last?.position ?? -1)
      begin(start, Int32(truncatingIfNeeded: position))
      let hostBits = Key.bitWidth - Int(prefix.length)
      let hosts: Key = hostBits >= Key.bitWidth ? Key.max : (1 << Key(truncatingIfNeeded: hostBits)) - 1
      open.append((Int32(truncatingIfNeeded: position), start | hosts))
    }
    close(before: nil)
    return (parents, ranges)
  }
}

extension IPAddress {
  /// The number that the address is.
  fileprivate var wideValue: UInt128 { UInt128(high) << 64 | UInt128(low) }
}
