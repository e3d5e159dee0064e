package import Routing

/// The lightweight tunnel that a command gives to a nexthop.
package struct EncapsulationRequest: Hashable, Sendable {
  /// One attribute of the nest.
  package struct Attribute: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
      /// In this machine's byte order, or the network's, as the attribute demands.
      case bytes([UInt8])
      /// The index of the interface of this name.
      case interface(String)
      case nested([Attribute])
    }

    package var type: UInt16
    package var value: Value

    package init(_ type: UInt16, _ value: Value) {
      self.type = type
      self.value = value
    }

    init(_ type: UInt16, bytes: [UInt8]) { self.init(type, .bytes(bytes)) }

    init(_ type: UInt16, _ number: some FixedWidthInteger) { self.init(type, bytes: number.machineBytes) }
  }

  /// `LWTUNNEL_ENCAP_*`.
  package var type: UInt16
  /// In the order of the command.
  package var attributes: [Attribute]

  package init(type: UInt16, attributes: [Attribute]) {
    self.type = type
    self.attributes = attributes
  }

  /// The encapsulation in the form of netlink; nil where it names an interface that does not exist.
  package func resolved(interface: (String) -> UInt32?) -> Encapsulation? {
    guard let bytes = Self.encode(attributes, interface) else { return nil }
    return Encapsulation(type: type, attributes: bytes)
  }

  private static func encode(_ attributes: [Attribute], _ interface: (String) -> UInt32?) -> [UInt8]? {
    var bytes: [UInt8] = []
    for attribute in attributes {
      let payload: [UInt8]
      switch attribute.value {
      case .bytes(let value): payload = value
      case .interface(let name):
        guard let index = interface(name) else { return nil }
        payload = index.machineBytes
      case .nested(let inner):
        guard let value = encode(inner, interface) else { return nil }
        payload = value
      }
      bytes += UInt16(truncatingIfNeeded: payload.count + 4).machineBytes + attribute.type.machineBytes + payload
      bytes += Array(repeating: 0, count: -payload.count & 3)
    }
    return bytes
  }
}

extension FixedWidthInteger {
  /// The bytes of the integer as they lie in this machine's memory.
  var machineBytes: [UInt8] {
    #if _endian(big)
      networkBytes
    #else
      networkBytes.reversed()
    #endif
  }

  /// The bytes of the integer from the highest down.
  var networkBytes: [UInt8] {
    stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}
