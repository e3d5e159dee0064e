import Routing

/// A neighbour of the lab's router, on one of its egress devices.
struct Gateway: Hashable {
  /// The device: `o1` to `o8`.
  var device: Int
  /// 1 to `Gateway.perDevice`.
  var number: Int

  static let perDevice = 4
  /// The devices that always forward.
  static let soundDevices = 1...5
  /// A device that a configuration may take down.
  static let fallibleDevice = 7
  /// A device without carrier.
  static let carrierlessDevice = 8
  static let devices = [1, 2, 3, 4, 5, fallibleDevice, carrierlessDevice]

  var interface: String { "o\(device)" }

  func address(_ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: 0x0a01_0000 | UInt32(device) << 8 | UInt32(number + 1))
    case .ipv6: IPAddress(ipv6High: 0xfd00_0000_0000_0000 | UInt64(device) << 32, low: UInt64(number + 1))
    }
  }

  var linkLayerAddress: String { "02:00:00:00:0\(String(device, radix: 16)):0\(number)" }

  /// The id of its nexthop object of a family.
  func nexthopID(_ family: AddressFamily) -> UInt32 {
    UInt32((family == .ipv4 ? 1000 : 2000) + device * 16 + number)
  }

  /// Every gateway on the devices.
  static func all(on devices: some Sequence<Int>) -> [Gateway] {
    devices.flatMap { device in (1...perDevice).map { Gateway(device: device, number: $0) } }
  }
}
