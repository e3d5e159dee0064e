/// The IP protocol numbers that the flow dissector treats specially.
package enum IPProtocol {
  static let hopByHop: UInt8 = 0
  static let icmp: UInt8 = 1
  static let ipv4: UInt8 = 4
  static let tcp: UInt8 = 6
  static let udp: UInt8 = 17
  static let dccp: UInt8 = 33
  static let ipv6: UInt8 = 41
  static let routing: UInt8 = 43
  static let fragment: UInt8 = 44
  static let gre: UInt8 = 47
  static let esp: UInt8 = 50
  static let ah: UInt8 = 51
  static let icmpv6: UInt8 = 58
  static let destinationOptions: UInt8 = 60
  static let sctp: UInt8 = 132
  static let udpLite: UInt8 = 136
  static let mplsInIP: UInt8 = 137

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

  /// Whether the dissector sees a packet of this protocol as a tunnel: IPv4 or IPv6 in IP, or GRE.
  package static func isEncapsulation(_ ipProtocol: UInt8) -> Bool {
    ipProtocol == ipv4 || ipProtocol == ipv6 || ipProtocol == gre
  }
}
