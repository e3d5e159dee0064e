/// Why the kernel does not forward the bytes of a frame, whatever its tables hold.
package enum PacketFault: Error, Hashable, Sendable {
  /// Something else than IP, by its name or number.
  case notIP(String)
  /// The capture ends before the addresses do: nothing can be said.
  case captureCut
  case shortFrame
  case shortHeader
  case version
  case headerLength
  case checksum
  case totalLength
  case longerThanFrame
  case options
  case hopByHop

  /// What is wrong, as a part of a sentence.
  package var text: String {
    switch self {
    case .notIP(let name): "no IP packet: \(name)"
    case .captureCut: "the capture ends before the IP header does"
    case .shortFrame: "the frame ends before its link-layer header does"
    case .shortHeader: "the frame ends before its IP header does"
    case .version: "the version of the IP header is wrong"
    case .headerLength: "the IPv4 header claims fewer than 20 bytes"
    case .checksum: "the IPv4 header checksum is wrong"
    case .totalLength: "the IPv4 total length does not cover the header"
    case .longerThanFrame: "the packet claims more bytes than its frame has"
    case .options: "an IPv4 option is malformed"
    case .hopByHop: "a hop-by-hop option is malformed, or asks that the packet be dropped"
    }
  }
}
