import Files
import JSON
import Rendering

/// A JSON writer in the layout that the options ask for.
struct JSONSink {
  var json: JSONWriter

  init(_ options: JSONOptions) {
    json = JSONWriter(options.layout)
  }

  /// Moves what was written so far to the output.
  mutating func move(to output: inout OutputBuffer) {
    json.flush { output.bytes.append(contentsOf: $0) }
  }
}

extension JSONOptions {
  /// Where blanks and line breaks go.
  var layout: JSONWriter.Layout { pretty ? .indented(width: 2) : .compact }

  /// Prints one report, as JSON or as lines.
  func print(
    _ report: some JSONEncodable, lines: [String], _ display: DisplayOptions? = nil
  ) throws(FileError) {
    try Self.print(report, lines: lines, json: json, pretty: pretty, display)
  }

  /// Prints one report, as JSON or as lines.
  static func print(
    _ report: some JSONEncodable, lines: [String], json: Bool, pretty: Bool, _ display: DisplayOptions? = nil
  ) throws(FileError) {
    var output = OutputBuffer(painter: json ? nil : display?.painter)
    if json {
      var writer = JSONWriter(pretty ? .indented(width: 2) : .compact)
      report.write(to: &writer)
      writer.endLine()
      output.bytes.append(contentsOf: writer.bytes)
    } else {
      for line in lines { output.print(line) }
    }
    try output.flush()
  }

  /// The same choice for the style of iproute2.
  var iproute2: OutputFormat { json ? (pretty ? .prettyJSON : .json) : .text }
}
