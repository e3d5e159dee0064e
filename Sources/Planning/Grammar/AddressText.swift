package import Routing

/// An address or a prefix as iproute2 reads it: it may have no bytes, and no family yet.
package struct AddressText: Hashable {
  /// nil for `default`, `any` and `all` where no family is known.
  package var family: AddressFamily?
  /// nil where `ip` sends no bytes: for `any` and `all`, and for `default` without a family.
  package var address: IPAddress?
  /// Of the prefix; that of a single address is its family's.
  package var length: UInt8
  /// The word has a length, or is `default`.
  package var isLengthGiven: Bool

  /// An address, of the family where one is given.
  init?(_ text: String, family: AddressFamily?) {
    switch text {
    case "default":
      self.init(family: family, address: family.map(IPAddress.unspecified), length: 0, isLengthGiven: true)
    case "all", "any":
      self.init(family: family, address: nil, length: 0, isLengthGiven: false)
    default:
      let isIPv6 = text.utf8.contains(UInt8(ascii: ":"))
      guard family == nil || family == (isIPv6 ? .ipv6 : .ipv4) else { return nil }
      guard let address = isIPv6 ? IPAddress(text) : Self.dotted(text) else { return nil }
      let length = address.family.addressLength
      self.init(family: address.family, address: address, length: length, isLengthGiven: false)
    }
  }

  /// An address with or without a length or, for either family, a netmask in dotted form.
  package init?(prefix text: String, family: AddressFamily?) {
    guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      self.init(text, family: family)
      return
    }
    self.init(String(text[..<slash]), family: family)
    // The word `default` has a length already, and `any` none to alter.
    guard length > 0, let own = self.family else { return nil }
    let mask = String(text[text.utf8.index(after: slash)...])
    guard let bits = NumberText.unsigned(mask, as: UInt32.self) ?? Self.netmaskLength(mask),
      bits <= own.addressLength
    else { return nil }
    length = UInt8(bits)
    isLengthGiven = true
  }

  private init(family: AddressFamily?, address: IPAddress?, length: UInt8, isLengthGiven: Bool) {
    self.family = family
    self.address = address
    self.length = length
    self.isLengthGiven = isLengthGiven
  }

  /// One to four numbers with points between, decimal, octal or hexadecimal; 10.8 is 10.8.0.0.
  private static func dotted(_ text: String) -> IPAddress? {
    var rest = Substring(text).utf8
    var value: UInt32 = 0
    for shift in [24, 16, 8, 0] as [UInt32] {
      guard let part = NumberText.leading(rest), part.value <= 255 else { return nil }
      value |= UInt32(part.value) << shift
      rest = part.rest
      if rest.isEmpty { return IPAddress(ipv4: value) }
      guard rest.first == UInt8(ascii: ".") else { return nil }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static func netmaskLength(_ text: String) -> UInt32? {
    guard let mask = AddressText(text, family: .ipv4) else { return nil }
    let host = ~(mask.address?.ipv4Value ?? 0)
    guard host & (host &+ 1) == 0 else { return nil }
    return UInt32(host.leadingZeroBitCount)
  }

  /// The prefix, of a family that is known by now.
  func prefix(_ family: AddressFamily) -> AddressPrefix {
    AddressPrefix(address ?? .unspecified(self.family ?? family), length: length)
  }
}
