import ArgumentParser
import Captures
import MultipathHash

extension LinkType: ExpressibleByArgument {}

/// The value of `--packet`: a frame in hexadecimal.
enum PacketArgument {
  /// The frame; white space and colons between the digits do not count.
  ///
  /// - Parameter linkType: nil judges by the bytes.
  static func frame(_ text: String, linkType: LinkType?) throws(CommandFailure) -> CaptureFrame {
    var bytes: [UInt8] = []
    var high: UInt8?
    for (index, character) in text.enumerated() where !character.isWhitespace && character != ":" {
      guard character.isASCII, let digit = character.hexDigitValue else {
        throw .usage("--packet: \"\(character)\" at position \(index + 1) is no hexadecimal digit")
      }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    guard high == nil else { throw .usage("--packet: an odd number of hexadecimal digits; two make a byte") }
    guard !bytes.isEmpty else { throw .usage("--packet: there are no bytes") }
    return CaptureFrame(
      linkType: linkType ?? LinkType(guessedFrom: bytes.span), bytes: bytes, originalLength: bytes.count)
  }
}
