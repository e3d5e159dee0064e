import MultipathHash

/// The packet taken apart, with or without a link layer's announcement of its protocol.
func dissect(_ packet: [UInt8], etherType: UInt16? = nil) -> DissectedPacket? {
  guard let etherType else { return try? PacketDissector.dissect(packet.span) }
  return try? PacketDissector.dissect(packet.span, etherType: etherType)
}
