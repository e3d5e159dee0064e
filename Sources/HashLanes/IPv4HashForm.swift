internal import CSipHash
package import MultipathHash
internal import Routing

/// How packets with an IPv4 header of one protocol are hashed, where nothing but ports is looked at behind that header.
///
/// The inputs are put together in the lanes themselves, as `HashInput` puts them together on a little-endian machine.
package struct IPv4HashForm: Sendable {
  private let form: csh_ipv4

  /// - Parameters:
  ///   - fields: what is hashed; the fields of an inner header do not count.
  ///   - ipProtocol: of all packets.
  ///   - hasPorts: whether the packets have ports.
  package init(_ fields: HashFields, ipProtocol: UInt8, hasPorts: Bool, key: HashKey) {
    let portMask: UInt32 =
      (fields.contains(.sourcePort) ? 0xffff : 0) | (fields.contains(.destinationPort) ? 0xffff_0000 : 0)
    let readsPorts = hasPorts && portMask != 0
    let first = fields.contains(.ipProtocol) ? UInt64(ipProtocol) << 16 : 0
    // Protocol, two words of zeros, and the ports where they are 0 in all packets.
    let words = [first, 0, 0] + (readsPorts ? [] : [0])
    let begun = unsafe words.withUnsafeBufferPointer {
      unsafe csh_begin(key.word0, key.word1, $0.baseAddress, $0.count)
    }
    form = csh_ipv4(
      begun: begun, has_ports: readsPorts, port_mask: portMask, source_mask: fields.contains(.source) ? .max : 0,
      destination_mask: fields.contains(.destination) ? .max : 0)
  }

  /// The hash of each packet, equal to `HashInput.hash(key:)`.
  ///
  /// - Parameters:
  ///   - sources: addresses as numbers.
  ///   - ports: the source port in the low half, the destination port in the high one.
  ///   - count: how many packets; none of the four lists has fewer.
  ///   - hashes: takes the hashes.
  package func hash(
    sources: [UInt32], destinations: [UInt32], ports: [UInt32], count: Int, lanes: LaneCount = .widest,
    into hashes: inout [UInt32]
  ) {
    guard count >= 0, count <= min(sources.count, destinations.count, ports.count, hashes.count) else { return }
    unsafe sources.withUnsafeBufferPointer { sources in
      unsafe destinations.withUnsafeBufferPointer { destinations in
        unsafe ports.withUnsafeBufferPointer { ports in
          unsafe hashes.withUnsafeMutableBufferPointer { hashes in
            unsafe withUnsafePointer(to: form) { form in
              unsafe csh_hash_ipv4(
                UInt32(lanes.rawValue), form, sources.baseAddress, destinations.baseAddress, ports.baseAddress, count,
                hashes.baseAddress)
            }
          }
        }
      }
    }
  }
}
