import JSON
import Rendering

/// A JSON writer in the layout that the options ask for.
struct JSONSink {
  var json: JSONWriter

  init(_ options: JSONOptions) {
    json = JSONWriter(options.pretty ? .indented(width: 2) : .compact)
  }

  /// Moves what was written so far to the output.
  mutating func move(to output: inout OutputBuffer) {
    json.flush { output.bytes.append(contentsOf: $0) }
  }
}

extension JSONOptions {
  /// The same choice for the style of iproute2.
  var iproute2: OutputFormat { json ? (pretty ? .prettyJSON : .json) : .text }
}
