import Files
import JSON
import Rendering

/// A JSON writer in the layout that the options ask for.
struct JSONSink {
  var json: JSONWriter

  init(_ choices: some JSONChoices) {
    json = JSONWriter(choices.layout)
  }

  /// Moves what was written so far to the output.
  mutating func move(to output: inout OutputBuffer) {
    json.flush { output.bytes.append(contentsOf: $0) }
  }
}

extension JSONChoices {
  /// Where blanks and line breaks go.
  var layout: JSONWriter.Layout { pretty ? .indented(width: 2) : .compact }

  /// Writes JSON in the layout asked for, a line of it.
  func write(to bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(layout)
    body(&writer)
    writer.endLine()
    bytes.append(contentsOf: writer.bytes)
  }

  /// Prints one report, as JSON or as lines.
  func print(
    _ report: some JSONEncodable, lines: [String], _ display: (any DisplayChoices)? = nil
  ) throws(FileError) {
    var output = OutputBuffer(painter: json ? nil : display?.painter)
    if json {
      write(to: &output.bytes) { report.write(to: &$0) }
    } else {
      for line in lines { output.print(line) }
    }
    try output.flush()
  }

  /// The same choice for the style of iproute2.
  var iproute2: OutputFormat { json ? (pretty ? .prettyJSON : .json) : .text }
}
