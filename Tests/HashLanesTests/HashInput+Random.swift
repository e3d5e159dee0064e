import MultipathHash
import Routing

extension HashInput {
  /// An input of random headers and random fields of them, so that the words that are 0 differ.
  static func random(_ family: AddressFamily, using generator: inout some RandomNumberGenerator) -> HashInput {
    func address(_ generator: inout some RandomNumberGenerator) -> IPAddress {
      family == .ipv4 ? IPAddress(ipv4: generator.next()) : IPAddress(ipv6High: generator.next(), low: generator.next())
    }
    let headers = PacketHeaders(
      source: address(&generator), destination: address(&generator), ipProtocol: generator.next(),
      sourcePort: generator.next(), destinationPort: generator.next(), flowLabel: generator.next() & 0xf_ffff)
    let fields = HashFields(rawValue: generator.next()).intersection(.outerMask)
    return HashInput(fields, of: headers, family: family, flowLabelOrder: .host, isLittleEndian: true)
  }
}
