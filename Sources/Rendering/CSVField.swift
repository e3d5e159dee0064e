import Routing

/// Fields of CSV, as RFC 4180 has them.
enum CSVField {
  private static let quote = UInt8(ascii: "\"")

  /// A text as a field: in quotes where a reader would take it apart or trim it.
  ///
  /// An interface may be called by almost anything, and by anything at all in a snapshot.
  static func append(_ text: some Collection<UInt8>, to output: inout [UInt8]) {
    guard needsQuotes(text) else { return output.append(contentsOf: text) }
    output.append(quote)
    for byte in text {
      if byte == quote { output.append(byte) }
      output.append(byte)
    }
    output.append(quote)
  }

  private static func needsQuotes(_ text: some Collection<UInt8>) -> Bool {
    var last: UInt8?
    for byte in text {
      switch byte {
      case UInt8(ascii: ","), quote, UInt8(ascii: "\n"), UInt8(ascii: "\r"): return true
      case UInt8(ascii: " "), UInt8(ascii: "\t"): if last == nil { return true }
      default: break
      }
      last = byte
    }
    return last == UInt8(ascii: " ") || last == UInt8(ascii: "\t")
  }

  /// A number in decimal digits; nothing for none.
  static func append(_ number: UInt64?, to output: inout [UInt8]) {
    guard let number else { return }
    if number >= 10 { append(number / 10, to: &output) }
    output.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  /// The fields `src,dst,proto,sport,dport`; those that do not apply are empty.
  ///
  /// - Parameter flow: nil for a frame that carries none.
  static func append(_ flow: Flow?, to output: inout [UInt8]) {
    let comma = UInt8(ascii: ",")
    if let flow, !flow.source.isUnspecified { flow.source.appendText(to: &output) }
    output.append(comma)
    flow?.destination.appendText(to: &output)
    output.append(comma)
    if let flow, flow.ipProtocol != 0 { append(UInt64(flow.ipProtocol), to: &output) }
    output.append(comma)
    guard let flow, flow.bringsPorts else { return output.append(comma) }
    append(UInt64(flow.sourcePort), to: &output)
    output.append(comma)
    append(UInt64(flow.destinationPort), to: &output)
  }
}
