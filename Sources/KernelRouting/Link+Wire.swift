internal import Netlink
internal import Routing

extension Link {
  /// `struct ifinfomsg`.
  static let headerSize = 16

  /// Reads the payload of an RTM_NEWLINK message; nil for one without a name, such as a bridge port's.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Self.headerSize else {
      throw .truncated(needed: Self.headerSize, available: wire.byteCount)
    }
    guard try wire.uint8(at: 0) == 0 else { return nil }
    self.init(index: try wire.uint32(at: 4), name: "", flags: try wire.uint32(at: 8), mtu: 0)
    var isLowerElsewhere = false
    var hasQueue = false
    var cursor = AttributeCursor(from: Self.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case IFLA_IFNAME: name = value.text()
      case IFLA_MTU: mtu = try value.uint32()
      case IFLA_MASTER: master = try value.uint32()
      case IFLA_LINK: lower = try value.uint32()
      case IFLA_LINK_NETNSID: isLowerElsewhere = true
      case IFLA_OPERSTATE: operationalState = try value.uint8()
      case IFLA_QDISC: hasQueue = value.text() != "noqueue"
      case IFLA_GROUP: group = try value.uint32()
      case IFLA_LINKINFO: try readInfo(value)
      case IFLA_PROP_LIST: try readProperties(value)
      case IFLA_AF_SPEC: try readFamilies(value)
      default: break
      }
    }
    if isLowerElsewhere || lower == index || lower == 0 { lower = nil }
    if ipv6MTU == mtu { ipv6MTU = nil }
    queues = vrfTable != nil && hasQueue
    guard !name.isEmpty else { return nil }
  }

  /// Of IPv6 there is a list of settings, in which the MTU has a fixed place (DEVCONF_MTU6).
  private mutating func readFamilies(_ bytes: RawSpan) throws(WireError) {
    let place = 2 * MemoryLayout<UInt32>.size
    var cursor = AttributeCursor()
    while let family = try cursor.next(in: bytes) {
      guard family.type == UInt16(AddressFamily.ipv6.kernelValue) else { continue }
      let details = bytes.extracting(family.range)
      var inner = AttributeCursor()
      while let attribute = try inner.next(in: details) {
        guard attribute.type == IFLA_INET6_CONF, attribute.range.count >= place + 4 else { continue }
        ipv6MTU = try details.extracting(attribute.range).uint32(at: place)
      }
    }
  }

  private mutating func readProperties(_ bytes: RawSpan) throws(WireError) {
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      guard attribute.type == IFLA_ALT_IFNAME else { continue }
      alternativeNames.append(bytes.extracting(attribute.range).text())
    }
  }

  private mutating func readInfo(_ bytes: RawSpan) throws(WireError) {
    var data: Attribute?
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      switch attribute.type {
      case IFLA_INFO_KIND: kind = bytes.extracting(attribute.range).text()
      case IFLA_INFO_DATA: data = attribute
      default: break
      }
    }
    guard let kind, let data else { return }
    let details = bytes.extracting(data.range)
    var inner = AttributeCursor()
    while let attribute = try inner.next(in: details) {
      let value = details.extracting(attribute.range)
      switch (kind, attribute.type) {
      case ("vrf", IFLA_VRF_TABLE): vrfTable = try value.uint32()
      case ("macvlan", IFLA_MACVLAN_MODE), ("macvtap", IFLA_MACVLAN_MODE):
        takesAllOfLower = try value.uint32() == MACVLAN_MODE_PASSTHRU
      default: break
      }
    }
  }
}
