internal import CSipHash
package import MultipathHash
package import Routing

/// How packets with an IPv4 header are hashed, where nothing but ports is looked at behind that header.
///
/// The inputs are put together in the lanes themselves, as `HashInput` puts them together on a little-endian machine.
package struct IPv4HashForm: Sendable {
  /// For each protocol.
  private let begun: [csh_state]
  /// For each protocol all ones for what is hashed.
  private let portMasks: [UInt32]
  private let readsPorts: Bool
  private let isByProtocol: Bool
  private let sourceMask: UInt32
  private let destinationMask: UInt32

  /// - Parameters:
  ///   - fields: what is hashed; the fields of an inner header do not count.
  ///   - hasPorts: for each of the 256 protocols whether its packets have ports.
  package init(_ fields: HashFields, hasPorts: [Bool], key: HashKey) {
    let portMask: UInt32 =
      (fields.contains(.sourcePort) ? 0xffff : 0) | (fields.contains(.destinationPort) ? 0xffff_0000 : 0)
    let (readsPorts, hashesProtocol) = (portMask != 0, fields.contains(.ipProtocol))
    portMasks = (0..<256).map { $0 < hasPorts.count && hasPorts[$0] ? portMask : 0 }
    // Protocol, two words of zeros, and the ports where they are 0 in all packets.
    begun = (0..<256).map { ipProtocol in
      let first: UInt64 = hashesProtocol ? UInt64(ipProtocol) << 16 : 0
      return csh_state([first, 0, 0] + (readsPorts ? [] : [0]), key)
    }
    self.readsPorts = readsPorts
    isByProtocol = hashesProtocol
    sourceMask = fields.contains(.source) ? .max : 0
    destinationMask = fields.contains(.destination) ? .max : 0
  }

  /// The hash of each packet, equal to `HashInput.hash(key:)`.
  ///
  /// - Parameters:
  ///   - kinds: what tells the protocols.
  ///   - sources: addresses as numbers.
  ///   - ports: the source port in the low half, the destination port in the high one.
  ///   - count: how many packets; none of the five lists has fewer.
  ///   - hashes: takes the hashes.
  package func hash(
    kinds: [FlowKind], sources: [UInt32], destinations: [UInt32], ports: [UInt32], count: Int,
    lanes: LaneCount = .widest, into hashes: inout [UInt32]
  ) {
    guard count >= 0, count <= min(kinds.count, sources.count, destinations.count), count <= ports.count,
      count <= hashes.count
    else { return }
    unsafe sources.withUnsafeBufferPointer { sources in
      unsafe destinations.withUnsafeBufferPointer { destinations in
        unsafe ports.withUnsafeBufferPointer { ports in
          unsafe kinds.withUnsafeBytes { kinds in
            unsafe hashes.withUnsafeMutableBufferPointer { hashes in
              unsafe withForm { form in
                unsafe csh_hash_ipv4(
                  UInt32(lanes.rawValue), form, kinds.baseAddress?.assumingMemoryBound(to: UInt64.self),
                  sources.baseAddress, destinations.baseAddress, ports.baseAddress, count, hashes.baseAddress)
              }
            }
          }
        }
      }
    }
  }

  private func withForm(_ body: (UnsafePointer<csh_ipv4>) -> Void) {
    unsafe begun.withUnsafeBufferPointer { begun in
      unsafe portMasks.withUnsafeBufferPointer { masks in
        let form = unsafe csh_ipv4(
          begun: begun.baseAddress, port_masks: masks.baseAddress, by_protocol: isByProtocol, has_ports: readsPorts,
          source_mask: sourceMask, destination_mask: destinationMask)
        unsafe withUnsafePointer(to: form) { unsafe body($0) }
      }
    }
  }
}
