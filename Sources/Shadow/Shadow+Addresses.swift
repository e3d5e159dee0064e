internal import KernelRouting
internal import Routing
internal import Scratch

extension Shadow {
  /// Gives the interfaces their addresses, and takes those of a new namespace away.
  mutating func makeAddresses() throws(KernelError) {
    try correctAddresses()
    try awaitLinks()
  }

  /// Gives interfaces that are down the IPv6 addresses again that they have lost.
  mutating func restoreAddresses() throws(KernelError) {
    try correctAddresses()
  }

  private mutating func correctAddresses() throws(KernelError) {
    let found = try inside.kernel.addresses()
    let keys = Set(found.map(AddressKey.init))
    let wantedKeys = Set(wanted.addresses.map(AddressKey.init))
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    for address in found where !wantedKeys.contains(AddressKey(address)) {
      requests.append((address.place, .delete(.address(address))))
    }
    // The kernel lists the IPv6 address that came last first.
    let missing = wanted.addresses.filter { !keys.contains(AddressKey($0)) }
    let ordered =
      missing.filter { $0.address.family == .ipv4 } + missing.reversed().filter { $0.address.family == .ipv6 }
    for var address in ordered {
      address.flags &= InterfaceAddress.chosenFlags
      requests.append((address.place, .add(.address(address))))
    }
    try perform(requests)
  }
}

/// What makes two addresses one.
struct AddressKey: Hashable {
  var interface: UInt32
  var address: IPAddress
  var prefixLength: UInt8
  var peer: IPAddress?

  init(_ address: InterfaceAddress) {
    interface = address.interface
    self.address = address.address
    prefixLength = address.prefixLength
    peer = address.peer
  }
}

extension InterfaceAddress {
  /// IFA_F_NOPREFIXROUTE and IFA_F_HOMEADDRESS: flags that a user chooses and that decide something.
  static let chosenFlags: UInt32 = 0x200 | 0x10
  /// IFA_F_SECONDARY of an IPv4 address.
  static let secondary: UInt32 = 0x01

  /// IFA_F_TENTATIVE.
  var isTentative: Bool { flags & 0x40 != 0 }

  var place: ShadowDifference.Place {
    ShadowDifference.Place(.address, "\(address)/\(prefixLength) of interface \(interface)")
  }
}
