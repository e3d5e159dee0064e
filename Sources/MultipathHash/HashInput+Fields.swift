import Routing

extension HashInput {
  /// One named field of the hashed bytes.
  package struct Field: Hashable, Sendable {
    /// The word of the command line; `src` and `dst` name the place, which ordering may have given to the other end.
    package var name: String
    /// Bytes from the start of the input.
    package var offset: Int
    package var length: Int
    /// The address or the decimal number; a flow label in hexadecimal.
    package var value: String
  }

  /// The hashed bytes: 48 or 72.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wordCount * 8)
    for index in 0..<wordCount {
      for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: words[index] >> shift))
      }
    }
    return bytes
  }

  /// Headers that give these bytes; fields that were not copied are 0.
  ///
  /// Where both of two fields were copied they are in the canonical order.
  package var headers: PacketHeaders {
    let bytes = bytes
    let length = addressBytes
    let label = bytes[4..<8]
    let nothing = IPAddress.unspecified(family)
    var headers = PacketHeaders(
      source: IPAddress(networkBytes: bytes[36..<36 + length]) ?? nothing,
      destination: IPAddress(networkBytes: bytes[36 + length..<36 + 2 * length]) ?? nothing,
      ipProtocol: bytes[2], sourcePort: UInt16(truncatingIfNeeded: number(bytes[28..<30])),
      destinationPort: UInt16(truncatingIfNeeded: number(bytes[30..<32])),
      flowLabel: isFlowLabelBigEndian ? number(label) : number(label.reversed()))
    // The other one of two is 0, and the smaller: it stands first.
    if !fields.contains(.destination) { swap(&headers.source, &headers.destination) }
    if !fields.contains(.destinationPort) { swap(&headers.sourcePort, &headers.destinationPort) }
    return headers
  }

  /// The fields that were copied, by offset, with the values that stand there; everything else is 0.
  package var namedFields: [Field] {
    let bytes = bytes
    let layout: [(field: HashFields, offset: Int, length: Int)] = [
      (.ipProtocol, 2, 1), (.flowLabel, 4, 4), (.sourcePort, 28, 2), (.destinationPort, 30, 2),
      (.source, 36, addressBytes), (.destination, 36 + addressBytes, addressBytes),
    ]
    return layout.compactMap { field, offset, length in
      guard fields.contains(field) else { return nil }
      let name = level == .inner ? HashFields(rawValue: field.rawValue << 6) : field
      let value = text(of: bytes[offset..<offset + length], as: field)
      return Field(name: name.names.joined(), offset: offset, length: length, value: value)
    }
  }

  private var addressBytes: Int { Int(family.addressLength) / 8 }

  private func text(of bytes: ArraySlice<UInt8>, as field: HashFields) -> String {
    switch field {
    case .source, .destination:
      return IPAddress(networkBytes: bytes)?.description ?? ""
    case .flowLabel:
      return "0x" + String(isFlowLabelBigEndian ? number(bytes) : number(bytes.reversed()), radix: 16)
    default:
      return String(number(bytes))
    }
  }

  private func number(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}
