import ArgumentParser
import Routing

/// The fields of one flow as options: the flags of cl-ecmpcalc, and more.
struct FlowOptions: ParsableArguments {
  @Option(name: [.customShort("s"), .customLong("src")], help: ArgumentHelp("Source address.", valueName: "address"))
  var source: String?

  @Option(
    name: [.customShort("d"), .customLong("dst")], help: ArgumentHelp("Destination address.", valueName: "address"))
  var destination: String?

  @Option(name: .customShort("p"), help: ArgumentHelp("IP protocol, by name or number.", valueName: "proto"))
  var ipProtocol: String?

  @Option(help: ArgumentHelp("Source port.", valueName: "port"))
  var sport: String?

  @Option(help: ArgumentHelp("Destination port.", valueName: "port"))
  var dport: String?

  @Option(
    name: [.customShort("i"), .customLong("iif")],
    help: ArgumentHelp("Ingress interface; the flow is then forwarded.", valueName: "dev"))
  var iif: String?

  @Option(help: ArgumentHelp("Interface that the socket is bound to.", valueName: "dev"))
  var oif: String?

  @Option(help: ArgumentHelp("Firewall mark.", valueName: "number"))
  var mark: String?

  @Option(help: ArgumentHelp("TOS or traffic class byte.", valueName: "byte"))
  var tos: String?

  @Option(help: ArgumentHelp("IPv6 flow label.", valueName: "label"))
  var flowlabel: String?

  @Option(help: ArgumentHelp("User id of the socket's owner.", valueName: "uid"))
  var uid: String?

  @Option(help: ArgumentHelp("forwarded or local; forwarded when there is an ingress interface.", valueName: "origin"))
  var origin: String?

  @Flag(help: "The local socket is connected: connect() looked the route up.")
  var connected = false

  @Flag(help: "The local socket is not connected: each sendto() looks the route up.")
  var unconnected = false

  @Option(help: ArgumentHelp("ICMP type, by name or number.", valueName: "type"))
  var icmpType: String?

  @Option(help: ArgumentHelp("ICMP code.", valueName: "code"))
  var icmpCode: String?

  @Option(
    help: ArgumentHelp("Layer-4 hash that the NIC or a socket has put on the packet, or none.", valueName: "hash"))
  var l4hash: String?

  @Option(help: ArgumentHelp("Source address of the inner header.", valueName: "address"))
  var innerSrc: String?

  @Option(help: ArgumentHelp("Destination address of the inner header.", valueName: "address"))
  var innerDst: String?

  @Option(help: ArgumentHelp("IP protocol of the inner header.", valueName: "proto"))
  var innerProto: String?

  @Option(help: ArgumentHelp("Source port of the inner header.", valueName: "port"))
  var innerSport: String?

  @Option(help: ArgumentHelp("Destination port of the inner header.", valueName: "port"))
  var innerDport: String?

  @Option(help: ArgumentHelp("Flow label of the inner header.", valueName: "label"))
  var innerFlowlabel: String?

  /// The fields given, by the names that CSV columns have.
  var fields: [(name: String, value: String)] {
    let all: [(String, String?)] = [
      ("src", source), ("dst", destination), ("proto", ipProtocol), ("sport", sport), ("dport", dport),
      ("iif", iif), ("oif", oif), ("mark", mark), ("tos", tos), ("flowlabel", flowlabel), ("uid", uid),
      ("origin", origin), ("socket", connected ? Flow.Socket.connected.rawValue : nil),
      ("socket", unconnected ? Flow.Socket.unconnected.rawValue : nil), ("icmp_type", icmpType),
      ("icmp_code", icmpCode), ("l4hash", l4hash), ("inner_src", innerSrc), ("inner_dst", innerDst),
      ("inner_proto", innerProto), ("inner_sport", innerSport), ("inner_dport", innerDport),
      ("inner_flowlabel", innerFlowlabel),
    ]
    return all.compactMap { name, value in value.map { (name, $0) } }
  }

  /// The name of an option that is given; nil for none.
  var option: String? {
    guard let name = fields.first?.name else { return nil }
    return switch name {
    case "proto": "-p"
    case "socket": connected ? "--connected" : "--unconnected"
    default: "--" + name.split(separator: "_").joined(separator: "-")
    }
  }
}
