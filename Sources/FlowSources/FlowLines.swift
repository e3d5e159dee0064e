internal import Files
package import Routing

/// Whole lines of a file of flows, cut out of it to be read anywhere: on another thread, for one.
package struct FlowLines: Sendable {
  /// How lines are read: plain ones first, and the others in all generality.
  enum Format: Sendable {
    case csv(CSVFlowFormat, PlainCSV?)
    case ndjson(NDJSONFlowFormat, PlainNDJSON)
  }

  /// The lines, and zeros behind them.
  private let bytes: [UInt8]
  /// Where the lines end.
  private let end: Int
  private var format: Format
  private let name: String
  /// The number of the line before the next one.
  private var line: Int
  private var position = 0

  /// So many zeros stand behind the lines, for those that read several bytes at once.
  static let padding = 24

  /// - Parameters:
  ///   - bytes: Whole lines, each with its line end, and `padding` zeros.
  ///   - line: How many lines stand before them.
  ///   - name: What errors call the source.
  init(padded bytes: [UInt8], format: Format, after line: Int, of name: String) {
    self.bytes = bytes
    end = max(bytes.count - Self.padding, 0)
    self.format = format
    self.line = line
    self.name = name
  }

  /// The lines of a text, the first of them the header if they are CSV; nil for one without any.
  package init?(text: [UInt8]) {
    let header = Self.endOfLine(text.span, from: 0)
    guard header > 0 else { return nil }
    let isJSON = text[0] == UInt8(ascii: "{")
    let csv = isJSON ? nil : try? CSVFlowFormat(header: text.span.extracting(first: header))
    guard isJSON || csv != nil else { return nil }
    var bytes = isJSON ? text : Array(text.dropFirst(header + 1))
    if let last = bytes.last, last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    bytes += repeatElement(0, count: Self.padding)
    let format: Format = csv.map { .csv($0, $0.plain) } ?? .ndjson(NDJSONFlowFormat(), PlainNDJSON(FlowDefaults()))
    self.init(padded: bytes, format: format, after: isJSON ? 0 : 1, of: "text")
  }

  /// How many lines there are.
  package var lineCount: Int { Self.count(bytes.span).lines }

  /// How many of the lines are neither blank nor comments: as many flows, unless one is bad.
  package var flowCount: Int {
    let all = bytes.span
    let bytes = all.extracting(first: end)
    guard !bytes.isEmpty else { return 0 }
    // Lines that hold none begin like no flow does.
    let (lines, odd) = Self.count(all)
    guard odd > 0 || bytes[0] <= UInt8(ascii: "#") else { return lines }
    var (flows, start) = (0, 0)
    while start < bytes.count {
      let end = Self.endOfLine(bytes, from: start)
      if Self.content(of: bytes, start..<end) != nil { flows += 1 }
      start = end + 1
    }
    return flows
  }

  /// How many lines end in padded bytes, and how many bytes up to # stand behind a line end in front of other bytes.
  private static func count(_ bytes: Span<UInt8>) -> (lines: Int, odd: Int) {
    let (high, low): (UInt64, UInt64) = (0x8080_8080_8080_8080, 0x7f7f_7f7f_7f7f_7f7f)
    var (lines, odd, place) = (0, 0, 0)
    while place &+ 16 <= bytes.count {
      // In each byte of them a count that does not run over.
      var (lineCounts, oddCounts): (UInt64, UInt64) = (0, 0)
      let stop = min(place &+ 8 &* 255, bytes.count &- 15)
      while place < stop {
        // The highest bit of each byte that is a line end.
        let others = bytes.word(at: place) ^ 0x0a0a_0a0a_0a0a_0a0a
        let ends = ~((others & low) &+ low | others) & high
        let next = bytes.word(at: place &+ 1)
        // Zeros are the padding.
        let isThere = (next & low) &+ low | next
        lineCounts &+= ends &>> 7
        oddCounts &+= (ends & ~((next | high) &- 0x2424_2424_2424_2424) & ~next & isThere) &>> 7
        place &+= 8
      }
      // The sum of the bytes, two at a time.
      let pairs: UInt64 = 0x00ff_00ff_00ff_00ff
      lines &+= Int((((lineCounts & pairs) &+ (lineCounts &>> 8 & pairs)) &* 0x0001_0001_0001_0001) &>> 48)
      odd &+= Int((((oddCounts & pairs) &+ (oddCounts &>> 8 & pairs)) &* 0x0001_0001_0001_0001) &>> 48)
    }
    return (lines, odd)
  }

  /// Reads on, until the list is full or there are no more lines.
  ///
  /// - Parameter flows: Takes the flows behind those that it holds; those before a bad line, too.
  /// - Throws: `FlowInputError` with its place; the rest can be read afterwards.
  package mutating func read(
    into flows: inout FlowColumns, interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) {
    let all = bytes
    let bytes = all.span
    while !flows.isFull, position < end {
      if readPlain(bytes, &flows, interface) { continue }
      let start = position
      let lineEnd = Self.endOfLine(bytes, from: start)
      position = lineEnd &+ 1
      line &+= 1
      do throws(FlowInputError) {
        guard lineEnd - start <= FlowReader.longestLine else { throw FlowReader.tooLong }
        guard let content = Self.content(of: bytes, start..<lineEnd) else { continue }
        flows.append(try flow(bytes.extracting(content), interface))
      } catch {
        var error = error
        error.file = name
        error.line = line
        throw error
      }
    }
  }

  /// Reads lines while they are plain and there is room.
  ///
  /// - Returns: whether nothing is left to read, or no room.
  private mutating func readPlain(
    _ bytes: Span<UInt8>, _ flows: inout FlowColumns, _ interface: FlowBuilder.InterfaceResolver
  ) -> Bool {
    var position = position
    var line = line
    defer {
      self.position = position
      self.line = line
    }
    switch format {
    case .csv(let csv, var plain?):
      defer { format = .csv(csv, plain) }
      while !flows.isFull, position < end {
        guard plain.read(bytes, at: &position, &flows, interface: interface) else { return false }
        line &+= 1
      }
      return true
    case .csv(_, nil): return false
    case .ndjson(let ndjson, var plain):
      defer { format = .ndjson(ndjson, plain) }
      while !flows.isFull, position < end {
        guard plain.read(bytes, at: &position, &flows, interface: interface) else { return false }
        line &+= 1
      }
      return true
    }
  }

  private func flow(
    _ line: Span<UInt8>, _ interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) -> Flow {
    switch format {
    case .csv(let csv, _): try csv.flow(line, interface: interface)
    case .ndjson(let ndjson, _): try ndjson.flow(line, interface: interface)
    }
  }

  /// Where the line end is; the end of the bytes where there is none.
  static func endOfLine(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end &+= 1 }
    return end
  }

  /// What a line holds, without a CR at its end; nil for a blank one and for a comment.
  static func content(of bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
    var end = line.upperBound
    if end > line.lowerBound, bytes[end &- 1] == UInt8(ascii: "\r") { end &-= 1 }
    var first = line.lowerBound
    while first < end, bytes[first] == UInt8(ascii: " ") || bytes[first] == UInt8(ascii: "\t") { first &+= 1 }
    guard first < end, bytes[first] != UInt8(ascii: "#") else { return nil }
    return line.lowerBound..<end
  }
}
