/// What is known about layer-4 hashes on packets that arrive on an interface (`skb->l4_hash`). Numbers are interface
/// indexes: the interface itself or one below it.
package enum HashEvidence: Hashable, Sendable {
  /// Nothing sets one: no NIC hash, no steering, no sender on this machine.
  case nothing
  /// Receive packet steering hashes in software.
  case steering(UInt32)
  /// The driver puts the NIC's hash on packets.
  case hashingDevice(UInt32)
  /// The interface hands on what the sender or another interface has put on the packet.
  case handedOn(UInt32)
  /// Steering or features of the interface could not be read.
  case unread(UInt32)
}
