package import Files
package import Routing

/// Streams flows out of a file or standard input; memory does not grow with their number.
///
/// Blank lines and lines that begin with # are passed over, a byte order mark and CR before LF are accepted. After
/// an error that is recoverable, `next()` goes on with the following line.
package struct FlowReader: ~Copyable {
  package enum Format: String, Sendable, CaseIterable {
    case csv
    case ndjson
  }

  /// The longest line that is read, in bytes.
  package static let longestLine = 1 << 16
  private static let chunkSize = 1 << 18

  static let tooLong = FlowInputError(column: 1, message: "the line is longer than \(longestLine) bytes")

  private enum Parser {
    case undecided
    case csv(CSVFlowFormat)
    case ndjson(NDJSONFlowFormat)
    case ended
  }

  /// What errors call the source.
  package let name: String
  private let input: InputFile
  private let format: Format?
  private let resolve: FlowBuilder.InterfaceResolver
  private var parser = Parser.undecided
  private var buffer: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  private var line = 0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - format: Nil takes a first line that begins with `{` for NDJSON.
  ///   - interface: The index of an interface by its name; nil when there is none.
  package init(
    path: String, format: Format? = nil, interface: @escaping FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) {
    do throws(FileError) {
      self.init(try InputFile(path: path, chunkSize: Self.chunkSize), format: format, interface: interface)
    } catch {
      throw FlowInputError(message: error.description, isRecoverable: false)
    }
  }

  /// Reads what is left of a file.
  package init(_ input: InputFile, format: Format? = nil, interface: @escaping FlowBuilder.InterfaceResolver) {
    name = input.path == "-" ? "standard input" : input.path
    self.input = input
    self.format = format
    resolve = interface
  }

  /// The next flow; nil at the end, and after an error that is not recoverable.
  package mutating func next() throws(FlowInputError) -> Flow? {
    do throws(FlowInputError) {
      while let range = try nextLine() {
        if let flow = try flow(range) { return flow }
      }
      if case .undecided = parser, format != .ndjson {
        line = max(line, 1)
        throw FlowInputError(
          column: 1, message: "there is no header line, such as src,dst,proto,sport,dport", isRecoverable: false)
      }
      return nil
    } catch {
      var error = error
      if !error.isRecoverable { parser = .ended }
      if error.column != nil {
        error.file = name
        error.line = line
      }
      throw error
    }
  }

  /// The flow of a line; nil for the header.
  private mutating func flow(_ range: Range<Int>) throws(FlowInputError) -> Flow? {
    switch parser {
    case .csv(var csv):
      defer { parser = .csv(csv) }
      return try csv.flow(buffer.span.extracting(range), interface: resolve)
    case .ndjson(let ndjson):
      return try ndjson.flow(buffer.span.extracting(range), interface: resolve)
    case .ended:
      return nil
    case .undecided:
      guard format ?? (buffer[range.lowerBound] == UInt8(ascii: "{") ? .ndjson : .csv) == .csv else {
        let ndjson = NDJSONFlowFormat()
        parser = .ndjson(ndjson)
        return try ndjson.flow(buffer.span.extracting(range), interface: resolve)
      }
      do throws(FlowInputError) {
        parser = .csv(try CSVFlowFormat(header: buffer.span.extracting(range)))
      } catch {
        // Without its header the rest means nothing.
        var error = error
        error.isRecoverable = false
        throw error
      }
      return nil
    }
  }

  // MARK: Lines

  /// The next line that is neither blank nor a comment, as a range of the buffer; nil at the end.
  private mutating func nextLine() throws(FlowInputError) -> Range<Int>? {
    if case .ended = parser { return nil }
    while let (whole, isTooLong) = try takeLine() {
      line += 1
      if isTooLong { throw Self.tooLong }
      var range = whole
      if line == 1, range.count >= 3, buffer[range.lowerBound] == 0xef, buffer[range.lowerBound + 1] == 0xbb,
        buffer[range.lowerBound + 2] == 0xbf
      {
        range = range.lowerBound + 3..<range.upperBound
      }
      if let content = FlowLines.content(of: buffer.span, range) { return content }
    }
    return nil
  }

  /// Takes whole lines that follow, about `size` bytes of them, for somebody else to read.
  ///
  /// nil where that can not be: at the end, for NDJSON, and before a line that is longer than `size`. `next()` then tells
  /// what comes next.
  package mutating func takeLines(_ size: Int) throws(FlowInputError) -> FlowLines? {
    guard case .csv(let csv) = parser else { return nil }
    while !isAtEnd, buffer.count - position < size { isAtEnd = try !load() }
    var end = min(position + size, buffer.count)
    if !isAtEnd || end < buffer.count {
      let bytes = buffer.span
      while end > position, bytes[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    }
    guard end > position else { return nil }
    let lines = FlowLines(Array(buffer[position..<end]), format: csv, after: line, of: name)
    line += lines.lineCount
    position = end
    if position > Self.chunkSize {
      buffer.removeSubrange(..<position)
      position = 0
    }
    return lines
  }

  /// The next line without its LF; of one that is too long only the fact.
  private mutating func takeLine() throws(FlowInputError) -> (Range<Int>, isTooLong: Bool)? {
    var isTooLong = false
    var searched = position
    while true {
      if let end = newline(from: searched) {
        defer { position = end + 1 }
        return (position..<end, isTooLong || end - position > Self.longestLine)
      }
      if buffer.count - position > Self.longestLine {
        isTooLong = true
        position = buffer.count
      }
      buffer.removeSubrange(..<position)
      position = 0
      searched = buffer.count
      if !isAtEnd { isAtEnd = try !load() }
      if isAtEnd {
        defer { position = buffer.count }
        return buffer.isEmpty && !isTooLong ? nil : (0..<buffer.count, isTooLong)
      }
    }
  }

  private func newline(from start: Int) -> Int? {
    let bytes = buffer.span
    var index = start
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { return index }
      index += 1
    }
    return nil
  }

  private mutating func load() throws(FlowInputError) -> Bool {
    do throws(FileError) {
      return try input.read(appendingTo: &buffer) > 0
    } catch {
      throw FlowInputError(message: error.description, isRecoverable: false)
    }
  }
}
