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
  private let defaults: FlowDefaults
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
  ///   - defaults: What holds for flows that do not tell it.
  ///   - interface: The index of an interface by its name; nil when there is none.
  package init(
    path: String, format: Format? = nil, defaults: FlowDefaults = FlowDefaults(),
    interface: @escaping FlowBuilder.InterfaceResolver
  ) throws(FlowInputError) {
    do throws(FileError) {
      self.init(
        try InputFile(path: path, chunkSize: Self.chunkSize), format: format, defaults: defaults, interface: interface)
    } catch {
      throw FlowInputError(message: error.description, isRecoverable: false)
    }
  }

  /// Reads what is left of a file.
  package init(
    _ input: InputFile, format: Format? = nil, defaults: FlowDefaults = FlowDefaults(),
    interface: @escaping FlowBuilder.InterfaceResolver
  ) {
    name = input.path == "-" ? "standard input" : input.path
    self.input = input
    self.format = format
    self.defaults = defaults
    resolve = interface
  }

  /// The next flow; nil at the end, and after an error that is not recoverable.
  package mutating func next() throws(FlowInputError) -> Flow? {
    do throws(FlowInputError) {
      try begin()
      guard let range = try nextLine() else { return nil }
      switch parser {
      case .csv(let csv): return try csv.flow(buffer.span.extracting(range), interface: resolve)
      case .ndjson(let ndjson): return try ndjson.flow(buffer.span.extracting(range), interface: resolve)
      case .undecided, .ended: return nil
      }
    } catch {
      throw placed(error)
    }
  }

  /// Takes whole lines that follow, about `size` bytes of them, for somebody else to read; fewer where more can not be
  /// had without waiting.
  ///
  /// nil where that can not be: at the end, and before a line that is longer than `size`. `next()` then tells what
  /// comes next.
  package mutating func takeLines(_ size: Int) throws(FlowInputError) -> FlowLines? {
    do throws(FlowInputError) {
      try begin()
      let format: FlowLines.Format
      switch parser {
      case .csv(let csv): format = .csv(csv, csv.plain)
      case .ndjson(let ndjson): format = .ndjson(ndjson, PlainNDJSON(defaults))
      case .undecided, .ended: return nil
      }
      guard let bytes = try lines(size) else { return nil }
      let lines = FlowLines(padded: bytes, format: format, after: line, of: name)
      line += lines.lineCount
      return lines
    } catch {
      throw placed(error)
    }
  }

  /// Whether a line follows, or the end, that can be had without waiting; waits for it so many milliseconds.
  package mutating func isReady(within milliseconds: Int32) -> Bool {
    isAtEnd || newline(from: position) != nil || input.isReady(within: milliseconds)
  }

  /// How many bytes of the file were read so far, and how many there are; nil for what is no regular file.
  package mutating func progress() -> (done: UInt64, total: UInt64)? { input.size.map { (input.byteCount, $0) } }

  /// The error with its place; after one that is not recoverable there is nothing more to read.
  private mutating func placed(_ error: FlowInputError) -> FlowInputError {
    var error = error
    if !error.isRecoverable { parser = .ended }
    if error.column != nil {
      error.file = name
      error.line = line
    }
    return error
  }

  /// Finds out the format and reads the header of CSV, unless that is done.
  private mutating func begin() throws(FlowInputError) {
    guard case .undecided = parser else { return }
    guard let range = try nextLine() else {
      guard format != .ndjson else { return }
      line = max(line, 1)
      throw FlowInputError(
        column: 1, message: "there is no header line, such as src,dst,proto,sport,dport", isRecoverable: false)
    }
    guard buffer[range.lowerBound] != UInt8(ascii: "[") else {
      throw FlowInputError(
        column: 1, message: "this is a JSON array; flows come one object a line, as jq -c '.[]' prints them",
        isRecoverable: false)
    }
    guard format ?? (buffer[range.lowerBound] == UInt8(ascii: "{") ? .ndjson : .csv) == .csv else {
      parser = .ndjson(NDJSONFlowFormat(defaults))
      // The line is one of those to come.
      position = range.lowerBound
      line -= 1
      return
    }
    do throws(FlowInputError) {
      parser = .csv(try CSVFlowFormat(header: buffer.span.extracting(range), defaults: defaults))
    } catch {
      // Without its header the rest means nothing.
      var error = error
      error.isRecoverable = false
      throw error
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

  /// Whole lines as `FlowLines` want them; nil where there is none of at most `size` bytes.
  private mutating func lines(_ size: Int) throws(FlowInputError) -> [UInt8]? {
    var block: [UInt8]
    do throws(FileError) {
      block = try input.readBlock(
        behind: buffer[position...], size: size, room: FlowLines.padding + 1, isAtEnd: &isAtEnd)
    } catch {
      throw FlowInputError(message: error.description, isRecoverable: false)
    }
    position = 0
    var end = block.count
    while end > 0, block[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    // The last line of a file may lack its line end.
    let isLast = isAtEnd && end < block.count && block.count - end <= Self.longestLine
    guard end > 0 || isLast else {
      buffer = block
      return nil
    }
    if isLast {
      buffer = []
      block.append(UInt8(ascii: "\n"))
    } else {
      buffer = Array(block[end...])
      block.removeLast(block.count - end)
    }
    block.append(contentsOf: repeatElement(0, count: FlowLines.padding))
    return block
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
    let end = FlowLines.endOfLine(buffer.span, from: start)
    return end < buffer.count ? end : nil
  }

  private mutating func load() throws(FlowInputError) -> Bool {
    do throws(FileError) {
      return try input.read(appendingTo: &buffer) > 0
    } catch {
      throw FlowInputError(message: error.description, isRecoverable: false)
    }
  }
}
