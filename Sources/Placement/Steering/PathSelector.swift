package import Forwarding
package import Routing

/// What a user says of a nexthop; what is not said does not count.
package struct PathSelector: Hashable, Sendable {
  /// The id of the nexthop object.
  package var id: UInt32?
  package var gateway: IPAddress?
  /// Interface index.
  package var interface: UInt32?

  package init(id: UInt32? = nil, gateway: IPAddress? = nil, interface: UInt32? = nil) {
    self.id = id
    self.gateway = gateway
    self.interface = interface
  }

  package func selects(_ nexthop: Decision.Choice) -> Bool {
    (id == nil || id == nexthop.id) && (gateway == nil || gateway == nexthop.gateway)
      && (interface == nil || interface == nexthop.interface)
  }
}
