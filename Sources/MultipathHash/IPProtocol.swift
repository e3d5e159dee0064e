package import Routing

/// The IP protocol numbers that the flow dissector treats specially.
package enum IPProtocol {
  package static let hopByHop: UInt8 = 0
  package static let icmp: UInt8 = 1
  package static let ipv4: UInt8 = 4
  package static let tcp: UInt8 = 6
  package static let udp: UInt8 = 17
  package static let dccp: UInt8 = 33
  package static let ipv6: UInt8 = 41
  package static let routing: UInt8 = 43
  package static let fragment: UInt8 = 44
  package static let gre: UInt8 = 47
  package static let esp: UInt8 = 50
  package static let ah: UInt8 = 51
  package static let icmpv6: UInt8 = 58
  package static let destinationOptions: UInt8 = 60
  package static let sctp: UInt8 = 132
  package static let udpLite: UInt8 = 136
  package static let mplsInIP: UInt8 = 137

  /// Where the four bytes stand that count as ports, in bytes from the start of the transport header; nil for none.
  ///
  /// Mirrors proto_ports_offset(), include/linux/in.h, Linux 6.12.
  package static func portsOffset(_ ipProtocol: UInt8) -> Int? {
    switch ipProtocol {
    case tcp, udp, dccp, esp, sctp, udpLite: 0
    // The first four bytes of AH are lengths; its SPI follows them.
    case ah: 4
    default: nil
    }
  }

  /// Whether an ICMP or ICMPv6 type is one of the errors that quote the packet they are about.
  package static func isICMPError(_ type: UInt8, family: AddressFamily) -> Bool {
    family == .ipv4 ? [3, 4, 5, 11, 12].contains(type) : (1...4).contains(type)
  }

  /// Whether the dissector sees a packet of this protocol as a tunnel: IPv4 or IPv6 in IP, or GRE.
  package static func isEncapsulation(_ ipProtocol: UInt8) -> Bool {
    ipProtocol == ipv4 || ipProtocol == ipv6 || ipProtocol == gre
  }
}
