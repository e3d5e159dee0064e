package import Forwarding
package import Routing

/// Writes the predictions of whole batches as CSV: the same bytes as `PredictionFormatter.appendCSV`.
///
/// What stands in many rows is written once and then copied.
package struct PredictionRows: Sendable {
  private struct Key: Hashable, Sendable {
    var shape: UInt32
    /// The nexthop object of the route, where the group of a flow is told by it.
    var object: UInt32?
  }

  private let formatter: PredictionFormatter
  /// From the comma before the gateway to that before the hash.
  private var middles: [Range<Int>] = []
  private var known: [Key: Int] = [:]
  /// For each shape its middle, -1 where that depends on the route, -2 where it is not known.
  private var middleOfShape: [Int] = []
  private var ends: [Range<Int>] = []
  /// The text of all middles and ends.
  private var texts: [UInt8] = []
  /// For each octet its digits, the first in the lowest bits, and their number in the highest ones.
  private let octets: [UInt32]
  private var longestMiddle = 0

  /// Bytes of a row without its middle: at most 20 for the index, 46 for an address, 10 for the hash.
  private static let mostBytes = 180

  package init(_ formatter: PredictionFormatter) {
    self.formatter = formatter
    octets = (0...255).map { octet in
      let digits = Array(String(octet).utf8)
      return digits.enumerated().reduce(UInt32(digits.count) << 24) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
    }
  }

  /// Appends a row for each flow.
  ///
  /// - Parameters:
  ///   - decider: what decided them.
  ///   - index: of the first flow.
  package mutating func append(
    _ flows: [Flow], _ batch: borrowing DecisionBatch, by decider: borrowing BatchDecider, index: Int,
    to output: inout [UInt8]
  ) {
    var place = 0
    while place < flows.count {
      if batch.shapes[place] == DecisionBatch.other {
        formatter.appendCSV(
          flows[place], batch.others[Int(batch.routes[place])], index: index + place, to: &output)
        place += 1
        continue
      }
      let first = place
      while place < flows.count, batch.shapes[place] != DecisionBatch.other { place += 1 }
      appendPlain(flows, first..<place, batch, by: decider, index: index, to: &output)
    }
  }

  private mutating func appendPlain(
    _ flows: [Flow], _ places: Range<Int>, _ batch: borrowing DecisionBatch, by decider: borrowing BatchDecider,
    index: Int, to output: inout [UInt8]
  ) {
    let start = output.count
    let numbers = places.map { middle(batch.shapes[$0], batch.routes[$0], by: decider) }
    let room = places.count * (Self.mostBytes + longestMiddle)
    output.append(contentsOf: repeatElement(0, count: room))
    var end = start
    do {
      var bytes = output.mutableSpan
      for place in places {
        Self.put(UInt64(truncatingIfNeeded: index &+ place), &bytes, &end)
        Self.put(UInt8(ascii: ","), &bytes, &end)
        put(flows[place].source, &bytes, &end)
        Self.put(UInt8(ascii: ","), &bytes, &end)
        put(flows[place].destination, &bytes, &end)
        Self.put(UInt8(ascii: ","), &bytes, &end)
        Self.put(UInt64(flows[place].ipProtocol), &bytes, &end)
        Self.put(UInt8(ascii: ","), &bytes, &end)
        Self.put(UInt64(flows[place].sourcePort), &bytes, &end)
        Self.put(UInt8(ascii: ","), &bytes, &end)
        Self.put(UInt64(flows[place].destinationPort), &bytes, &end)
        put(middles[numbers[place &- places.lowerBound]], &bytes, &end)
        if decider.tellsHash(shape: batch.shapes[place]) { Self.put(UInt64(batch.hashes[place]), &bytes, &end) }
        put(ends[Int(batch.shapes[place])], &bytes, &end)
      }
    }
    output.removeLast(start + room - end)
  }

  /// The number of the middle of a row.
  private mutating func middle(_ shape: UInt32, _ route: Int32, by decider: borrowing BatchDecider) -> Int {
    while middleOfShape.count <= Int(shape) {
      middleOfShape.append(-2)
      let isExact = decider.shapes[ends.count].isExact
      ends.append(text((isExact ? ",exact\n" : ",uncertain\n").utf8))
    }
    if middleOfShape[Int(shape)] >= 0 { return middleOfShape[Int(shape)] }
    return newMiddle(shape, route, by: decider)
  }

  private mutating func newMiddle(_ shape: UInt32, _ route: Int32, by decider: borrowing BatchDecider) -> Int {
    var decision = decider.shapes[Int(shape)]
    let dependsOnRoute =
      switch decision.selection {
      case .threshold, .resilient, .legacy: false
      case .single, nil: true
      }
    if route >= 0 { decision.route = Int(route) }
    let object = dependsOnRoute ? decision.route.flatMap { formatter.state.routes[$0].nexthopID } : nil
    let key = Key(shape: shape, object: object)
    let number = known[key] ?? middles.count
    if number == middles.count {
      var bytes: [UInt8] = []
      formatter.appendWay(decision, to: &bytes)
      longestMiddle = max(longestMiddle, bytes.count)
      middles.append(text(bytes))
      known[key] = number
    }
    middleOfShape[Int(shape)] = dependsOnRoute ? -1 : number
    return number
  }

  /// Keeps a text.
  private mutating func text(_ bytes: some Sequence<UInt8>) -> Range<Int> {
    let start = texts.count
    texts += bytes
    return start..<texts.count
  }

  // MARK: Bytes

  @inline(__always)
  private static func put(_ byte: UInt8, _ bytes: inout MutableSpan<UInt8>, _ end: inout Int) {
    bytes[end] = byte
    end &+= 1
  }

  @inline(__always)
  private func put(_ text: Range<Int>, _ bytes: inout MutableSpan<UInt8>, _ end: inout Int) {
    for index in text {
      bytes[end] = texts[index]
      end &+= 1
    }
  }

  @inline(__always)
  private static func put(_ number: UInt64, _ bytes: inout MutableSpan<UInt8>, _ end: inout Int) {
    var length = 1
    var rest = number
    while rest >= 10 {
      rest /= 10
      length &+= 1
    }
    var place = end &+ length &- 1
    rest = number
    while place >= end {
      bytes[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      place &-= 1
    }
    end &+= length
  }

  @inline(__always)
  private func put(_ address: IPAddress, _ bytes: inout MutableSpan<UInt8>, _ end: inout Int) {
    guard case .ipv4 = address.family else {
      var text: [UInt8] = []
      address.appendText(to: &text)
      for byte in text { Self.put(byte, &bytes, &end) }
      return
    }
    let value = UInt32(truncatingIfNeeded: address.low)
    for octet in 0..<4 as Range<UInt32> {
      let shift = 24 &- 8 &* octet
      let digits = octets[Int(value &>> shift & 0xff)]
      bytes[end] = UInt8(truncatingIfNeeded: digits)
      // There is room behind: what is not meant to be there is written over.
      bytes[end &+ 1] = UInt8(truncatingIfNeeded: digits &>> 8)
      bytes[end &+ 2] = UInt8(truncatingIfNeeded: digits &>> 16)
      end &+= Int(digits &>> 24)
      bytes[end] = UInt8(ascii: ".")
      end &+= 1
    }
    end &-= 1
  }
}
