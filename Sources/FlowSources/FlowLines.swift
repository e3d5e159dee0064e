package import Routing

/// Whole lines of a CSV file of flows, cut out of it to be read anywhere: on another thread, for one.
package struct FlowLines: Sendable {
  private let bytes: [UInt8]
  private var format: CSVFlowFormat
  private let name: String
  /// The number of the line before the next one.
  private var line: Int
  private var position = 0
  /// How many lines there are.
  package let lineCount: Int
  /// How many of them are neither blank nor comments: as many flows, unless one is bad.
  package let flowCount: Int

  /// - Parameters:
  ///   - bytes: Whole lines; the last one may lack its line end.
  ///   - line: How many lines stand before them.
  ///   - name: What errors call the source.
  init(_ bytes: [UInt8], format: CSVFlowFormat, after line: Int, of name: String) {
    self.bytes = bytes
    self.format = format
    self.line = line
    self.name = name
    (lineCount, flowCount) = Self.count(bytes.span)
  }

  /// Reads on, until there are `limit` flows or no more lines.
  ///
  /// - Parameter flows: Takes the flows in the place of what it holds; those before a bad line, too.
  /// - Throws: `FlowInputError` with its place; the rest can be read afterwards.
  package mutating func read(
    _ limit: Int, into flows: inout [Flow], interface: FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) {
    flows.removeAll(keepingCapacity: true)
    let all = bytes
    let bytes = all.span
    while flows.count < limit, position < bytes.count {
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position &+= 1 }
      let end = position
      position &+= 1
      line &+= 1
      do throws(FlowInputError) {
        guard end - start <= FlowReader.longestLine else { throw FlowReader.tooLong }
        guard let content = Self.content(of: bytes, start..<end) else { continue }
        flows.append(try format.flow(bytes.extracting(content), interface: interface))
      } catch {
        var error = error
        error.file = name
        error.line = line
        throw error
      }
    }
  }

  /// What a line holds, without a CR at its end; nil for a blank one and for a comment.
  @inline(__always)
  static func content(of bytes: Span<UInt8>, _ line: Range<Int>) -> Range<Int>? {
    var end = line.upperBound
    if end > line.lowerBound, bytes[end &- 1] == UInt8(ascii: "\r") { end &-= 1 }
    var first = line.lowerBound
    while first < end, bytes[first] == UInt8(ascii: " ") || bytes[first] == UInt8(ascii: "\t") { first &+= 1 }
    guard first < end, bytes[first] != UInt8(ascii: "#") else { return nil }
    return line.lowerBound..<end
  }

  private static func count(_ bytes: Span<UInt8>) -> (lines: Int, flows: Int) {
    var ends = 0
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { ends &+= 1 }
    let lines = bytes.isEmpty || bytes[bytes.count - 1] == UInt8(ascii: "\n") ? ends : ends + 1
    // Lines that hold none begin like no flow does.
    var odd = 0
    var isStart: UInt8 = 1
    for index in bytes.indices {
      let byte = bytes[index]
      odd &+= Int(isStart & (byte <= UInt8(ascii: "#") ? 1 : 0))
      isStart = byte == UInt8(ascii: "\n") ? 1 : 0
    }
    guard odd > 0 else { return (lines, lines) }
    var (flows, start) = (0, 0)
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end &+= 1 }
      if content(of: bytes, start..<end) != nil { flows += 1 }
      start = end + 1
    }
    return (lines, flows)
  }
}
