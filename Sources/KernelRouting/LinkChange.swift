/// A change of an interface that exists (`ip link set`); what is nil stays.
package struct LinkChange: Hashable, Sendable {
  /// Interface index.
  package var index: UInt32
  package var isUp: Bool?
  package var mtu: UInt32?
  /// The index of the interface to be enslaved to; 0 sets it free.
  package var master: UInt32?
  package var group: UInt32?
  /// Whether it resolves addresses of neighbours: the opposite of IFF_NOARP.
  package var usesARP: Bool?

  package init(
    index: UInt32, isUp: Bool? = nil, mtu: UInt32? = nil, master: UInt32? = nil, group: UInt32? = nil,
    usesARP: Bool? = nil
  ) {
    self.index = index
    self.isUp = isUp
    self.mtu = mtu
    self.master = master
    self.group = group
    self.usesARP = usesARP
  }
}
