internal import Netlink
internal import Routing

extension NewLink {
  /// Writes the payload of a request that makes the interface.
  func encode(into writer: inout AttributeWriter) {
    end.encode(into: &writer, lower: kind.lower)
    writer.nest(IFLA_LINKINFO, flagged: false) { info in
      info.append(IFLA_INFO_KIND, bytes: Array(kind.name.utf8))
      switch kind {
      case .veth(let peer):
        info.nest(IFLA_INFO_DATA, flagged: false) { data in
          data.nest(VETH_INFO_PEER, flagged: false) { peer.encode(into: &$0) }
        }
      case .vrf(let table):
        info.nest(IFLA_INFO_DATA, flagged: false) { $0.append(IFLA_VRF_TABLE, table) }
      case .vlan(let id, _):
        info.nest(IFLA_INFO_DATA, flagged: false) { $0.append(IFLA_VLAN_ID, id) }
      case .macvlan, .plain: break
      }
    }
  }
}

extension NewLink.Kind {
  fileprivate var lower: UInt32? {
    switch self {
    case .vlan(_, let lower), .macvlan(let lower): lower
    case .veth, .vrf, .plain: nil
    }
  }

  fileprivate var name: String {
    switch self {
    case .veth: "veth"
    case .vrf: "vrf"
    case .vlan: "vlan"
    case .macvlan: "macvlan"
    case .plain(let name): name
    }
  }
}

extension NewLink.End {
  /// The fixed header and the attributes of one end.
  fileprivate func encode(into writer: inout AttributeWriter, lower: UInt32? = nil) {
    writer.append(header: Link.header(index: index ?? 0))
    if let lower { writer.append(IFLA_LINK, lower) }
    if !address.isEmpty { writer.append(IFLA_ADDRESS, bytes: address) }
    if let mtu { writer.append(IFLA_MTU, mtu) }
    if let namespace { writer.append(IFLA_NET_NS_FD, namespace) }
    writer.append(IFLA_IFNAME, text: name)
  }

  /// The payload of a request that deletes it by name.
  func encodeDeletion(into writer: inout AttributeWriter) {
    writer.append(header: Link.header(index: 0))
    writer.append(IFLA_IFNAME, text: name)
  }
}

extension LinkChange {
  /// Writes the payload of the RTM_NEWLINK request.
  func encode(into writer: inout AttributeWriter) {
    let (up, noARP): (UInt32, UInt32) = (0x1, 0x80)
    let flags = (isUp == true ? up : 0) | (usesARP == false ? noARP : 0)
    let changed = (isUp == nil ? 0 : up) | (usesARP == nil ? 0 : noARP)
    writer.append(header: Link.header(index: index, flags: flags, changed: changed))
    if let mtu { writer.append(IFLA_MTU, mtu) }
    if let master { writer.append(IFLA_MASTER, master) }
    if let group { writer.append(IFLA_GROUP, group) }
  }
}

extension Link {
  /// `struct ifinfomsg` of a request.
  fileprivate static func header(index: UInt32, flags: UInt32 = 0, changed: UInt32 = 0) -> [UInt8] {
    [0, 0, 0, 0] + AttributeWriter.bytes(of: index) + AttributeWriter.bytes(of: flags)
      + AttributeWriter.bytes(of: changed)
  }
}
