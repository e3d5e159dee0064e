internal import Netlink
internal import Routing

extension RouteQuery {
  /// The payload of the RTM_GETROUTE request.
  var payload: [UInt8] {
    var flags: UInt32 = wantsRoute ? RTM_F_FIB_MATCH : 0
    // IPv6 names the table without being asked, and refuses to be asked.
    if destination.family == .ipv4 { flags |= RTM_F_LOOKUP_TABLE }
    var writer = AttributeWriter()
    writer.append(
      header: [
        destination.family.kernelValue, destination.family.addressLength, source?.family.addressLength ?? 0, tos,
        0, 0, 0, 0,
      ] + AttributeWriter.bytes(of: flags))
    writer.append(RTA_DST, bytes: destination.networkBytes)
    if let source { writer.append(RTA_SRC, bytes: source.networkBytes) }
    if let inputInterface { writer.append(RTA_IIF, inputInterface) }
    if let outputInterface { writer.append(RTA_OIF, outputInterface) }
    if mark != 0 { writer.append(RTA_MARK, mark) }
    if let userID { writer.append(RTA_UID, userID) }
    if let ipProtocol { writer.append(RTA_IP_PROTO, ipProtocol) }
    if let sourcePort { writer.append(RTA_SPORT, bigEndian: sourcePort) }
    if let destinationPort { writer.append(RTA_DPORT, bigEndian: destinationPort) }
    if let flowLabel { writer.append(RTA_FLOWLABEL, bigEndian: flowLabel) }
    return writer.bytes
  }
}
