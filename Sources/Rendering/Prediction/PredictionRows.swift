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

  /// A text to copy, eight bytes at a time.
  private struct Text: Sendable {
    /// Where in `words` it begins.
    var first: Int
    /// In bytes.
    var length: Int
  }

  private let formatter: PredictionFormatter
  /// From the comma before the gateway to that before the hash.
  private var middles: [Text] = []
  private var known: [Key: Int] = [:]
  /// For each shape its middle, -1 where that depends on the route, -2 where it is not known.
  private var middleOfShape: [Int] = []
  private var ends: [Text] = []
  /// The bytes of all middles and ends, each from a word of its own on.
  private var words: [UInt64] = []
  /// For each number below 1000 its digits, the first in the lowest bits, and how many there are in the highest ones.
  private let digits: [UInt32]
  /// For each number below 1000 three digits and a comma.
  private let threeDigits: [UInt32]
  /// The middle of each row of a batch.
  private var numbers: [Int32] = []
  private var longestMiddle = 0

  /// Bytes of a row without its middle: at most 20 for the index, 46 for an address, 10 for the hash; and what a word
  /// more than is meant takes.
  private static let mostBytes = 200

  package init(_ formatter: PredictionFormatter) {
    self.formatter = formatter
    func word(_ text: String) -> UInt32 {
      text.utf8.enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
    }
    let numbers = (0..<1000).map(String.init)
    digits = numbers.map { word($0) | UInt32($0.utf8.count) << 24 }
    threeDigits = numbers.map { word(String(repeating: "0", count: 3 - $0.utf8.count) + $0 + ",") }
  }

  /// Appends a row for each flow.
  ///
  /// - Parameters:
  ///   - shapes: what the batch is read with.
  ///   - index: of the first flow.
  package mutating func append(
    _ flows: borrowing FlowColumns, _ batch: borrowing DecisionBatch, by shapes: DecisionShapes, index: Int,
    to output: inout [UInt8]
  ) {
    var place = 0
    while place < flows.count {
      if batch.shapes[place] == DecisionBatch.other {
        formatter.appendCSV(
          flows.flow(at: place), batch.others[Int(batch.routes[place])], index: index + place, to: &output)
        place += 1
        continue
      }
      let first = place
      while place < flows.count, batch.shapes[place] != DecisionBatch.other { place += 1 }
      appendPlain(flows, first..<place, batch, by: shapes, index: index, to: &output)
    }
  }

  private mutating func appendPlain(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ batch: borrowing DecisionBatch,
    by shapes: DecisionShapes, index: Int, to output: inout [UInt8]
  ) {
    numbers.removeAll(keepingCapacity: true)
    for place in places {
      let shape = Int(batch.shapes[place])
      let known = shape < middleOfShape.count ? middleOfShape[shape] : -2
      let number = known >= 0 ? known : middle(batch.shapes[place], batch.routes[place], by: shapes)
      numbers.append(Int32(truncatingIfNeeded: number))
    }
    let start = output.count
    let room = places.count * (Self.mostBytes + longestMiddle)
    output.append(contentsOf: repeatElement(0, count: room))
    let end = write(flows, places, batch, tellsHash: shapes.tellsHash, index: index, to: &output, at: start)
    output.removeLast(start + room - end)
  }

  /// - Returns: where the rows end.
  private func write(
    _ flows: borrowing FlowColumns, _ places: Range<Int>, _ batch: borrowing DecisionBatch, tellsHash: [Bool],
    index: Int, to output: inout [UInt8], at start: Int
  ) -> Int {
    let (kinds, sources, destinations) = (flows.kinds.span, flows.sources4.span, flows.destinations4.span)
    let (headers, ports) = (flows.headers6.span, flows.ports.span)
    let (shapes, hashes) = (batch.shapes.span, batch.hashes.span)
    let comma = UInt8(ascii: ",")
    var span = output.mutableSpan
    var bytes = span.mutableBytes
    var end = start
    for place in places {
      let kind = kinds[place]
      put(UInt64(truncatingIfNeeded: index &+ place), comma, &bytes, &end)
      if kind.isIPv6 {
        let header = headers[place]
        if header.sourceHigh | header.sourceLow == 0 {
          put(comma, &bytes, &end)
        } else {
          put(IPAddress(ipv6High: header.sourceHigh, low: header.sourceLow), &bytes, &end)
        }
        put(IPAddress(ipv6High: header.destinationHigh, low: header.destinationLow), &bytes, &end)
      } else {
        if sources[place] == 0 { put(comma, &bytes, &end) } else { put(sources[place], &bytes, &end) }
        put(destinations[place], &bytes, &end)
      }
      if kind.ipProtocol == 0 {
        put(comma, &bytes, &end)
      } else {
        putShort(UInt32(kind.ipProtocol), comma, &bytes, &end)
      }
      if ports[place] == 0 {
        put(comma, &bytes, &end)
        put(comma, &bytes, &end)
      } else {
        putMiddling(ports[place] & 0xffff, comma, &bytes, &end)
        putMiddling(ports[place] &>> 16, comma, &bytes, &end)
      }
      // The middle begins with a comma of its own.
      end &-= 1
      put(middles[Int(numbers[place &- places.lowerBound])], &bytes, &end)
      if tellsHash[Int(shapes[place])] {
        put(UInt64(hashes[place]), comma, &bytes, &end)
        end &-= 1
      }
      put(ends[Int(shapes[place])], &bytes, &end)
    }
    return end
  }

  /// The number of the middle of a row.
  private mutating func middle(_ shape: UInt32, _ route: Int32, by shapes: DecisionShapes) -> Int {
    while middleOfShape.count <= Int(shape) {
      middleOfShape.append(-2)
      let isExact = shapes.shapes[ends.count].isExact
      ends.append(text(Array((isExact ? ",exact\n" : ",uncertain\n").utf8)))
    }
    if middleOfShape[Int(shape)] >= 0 { return middleOfShape[Int(shape)] }
    return newMiddle(shape, route, by: shapes)
  }

  private mutating func newMiddle(_ shape: UInt32, _ route: Int32, by shapes: DecisionShapes) -> Int {
    var decision = shapes.shapes[Int(shape)]
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
  private mutating func text(_ bytes: [UInt8]) -> Text {
    let text = Text(first: words.count, length: bytes.count)
    for start in stride(from: 0, to: bytes.count, by: 8) {
      words.append(bytes[start..<min(start + 8, bytes.count)].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    return text
  }

  // MARK: Bytes
  // There is room behind: what is not meant to be there is written over.

  @inline(__always)
  private func put(_ text: Text, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    var (place, word) = (end, text.first)
    end &+= text.length
    while place < end {
      bytes.storeBytes(of: words[word].littleEndian, toByteOffset: place, as: UInt64.self)
      place &+= 8
      word &+= 1
    }
  }

  @inline(__always)
  private func put(_ mark: UInt8, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    bytes.storeBytes(of: mark, toByteOffset: end, as: UInt8.self)
    end &+= 1
  }

  /// A number below 1000, and a byte behind it.
  @inline(__always)
  private func putShort(_ number: UInt32, _ mark: UInt8, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    let text = digits[Int(number)]
    bytes.storeBytes(of: text.littleEndian, toByteOffset: end, as: UInt32.self)
    end &+= Int(text &>> 24)
    bytes.storeBytes(of: mark, toByteOffset: end, as: UInt8.self)
    end &+= 1
  }

  /// A number below 1 000 000, and a byte behind it.
  @inline(__always)
  private func putMiddling(_ number: UInt32, _ mark: UInt8, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    guard number >= 1000 else { return putShort(number, mark, &bytes, &end) }
    putShort(number / 1000, mark, &bytes, &end)
    end &-= 1
    putThree(number % 1000, &bytes, &end)
    bytes.storeBytes(of: mark, toByteOffset: end, as: UInt8.self)
    end &+= 1
  }

  @inline(__always)
  private func putThree(_ number: UInt32, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    bytes.storeBytes(of: threeDigits[Int(number)].littleEndian, toByteOffset: end, as: UInt32.self)
    end &+= 3
  }

  /// Any number, and a byte behind it.
  @inline(__always)
  private func put(_ number: UInt64, _ mark: UInt8, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    guard number >= 1_000_000 else {
      return putMiddling(UInt32(truncatingIfNeeded: number), mark, &bytes, &end)
    }
    let high = number / 1_000_000
    let low = UInt32(truncatingIfNeeded: number % 1_000_000)
    if high >= 1_000_000 {
      put(high, mark, &bytes, &end)
    } else {
      putMiddling(UInt32(truncatingIfNeeded: high), mark, &bytes, &end)
    }
    end &-= 1
    putThree(low / 1000, &bytes, &end)
    putThree(low % 1000, &bytes, &end)
    bytes.storeBytes(of: mark, toByteOffset: end, as: UInt8.self)
    end &+= 1
  }

  /// An IPv4 address and a comma.
  @inline(__always)
  private func put(_ address: UInt32, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    let dot = UInt8(ascii: ".")
    putShort(address &>> 24, dot, &bytes, &end)
    putShort(address &>> 16 & 0xff, dot, &bytes, &end)
    putShort(address &>> 8 & 0xff, dot, &bytes, &end)
    putShort(address & 0xff, UInt8(ascii: ","), &bytes, &end)
  }

  /// An address and a comma.
  private func put(_ address: IPAddress, _ bytes: inout MutableRawSpan, _ end: inout Int) {
    var text: [UInt8] = []
    address.appendText(to: &text)
    text.append(UInt8(ascii: ","))
    for byte in text {
      bytes.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
      end &+= 1
    }
  }
}
