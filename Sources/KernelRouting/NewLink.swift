/// A virtual network interface to be made.
package struct NewLink: Hashable, Sendable {
  /// One interface: what is nil is left to the kernel.
  package struct End: Hashable, Sendable {
    package var name: String
    package var index: UInt32?
    /// The link-layer address; empty for a random one.
    package var address: [UInt8]
    package var mtu: UInt32?
    /// An open file of the network namespace to make it in; nil for that of the request.
    package var namespace: Int32?

    package init(
      _ name: String, index: UInt32? = nil, address: [UInt8] = [], mtu: UInt32? = nil, namespace: Int32? = nil
    ) {
      self.name = name
      self.index = index
      self.address = address
      self.mtu = mtu
      self.namespace = namespace
    }
  }

  /// IFLA_INFO_KIND with what that kind needs.
  package enum Kind: Hashable, Sendable {
    /// A pair, whose other end is made in the same namespace unless it names one. What one end sends, the other receives.
    case veth(peer: End)
    case vrf(table: UInt32)
    /// An interface for the tag `id`, on top of interface index `lower`.
    case vlan(id: UInt16, lower: UInt32)
    /// An interface with an address of its own, on top of interface index `lower`.
    case macvlan(lower: UInt32)
    /// Any kind that needs no more than its name: "bridge", "dummy".
    case plain(String)
  }

  package var end: End
  package var kind: Kind

  package init(_ end: End, _ kind: Kind) {
    self.end = end
    self.kind = kind
  }
}
