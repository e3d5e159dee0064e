package import MultipathHash
package import Routing

/// What a change means for services that several servers behind the nexthops share an address for.
package struct AnycastJudgement: Hashable, Sendable {
  /// Whether ICMP errors about a flow take the nexthop of the flow, in a sample of the flows.
  package struct Errors: Hashable, Sendable {
    /// Flows asked about: forwarded ones of a transport protocol that a hash spreads.
    package var asked = 0
    /// The error takes the nexthop of its flow.
    package var same = 0
    /// It can not be computed where the error goes.
    package var unknown = 0

    package init() {}
  }

  /// Clients that have several flows to one destination, in a sample.
  package struct Clients: Hashable, Sendable {
    package var sampled: Int
    /// Whether that is all of them.
    package var isWhole: Bool
    /// Those whose flows take different nexthops.
    package var splitBefore: Int
    package var splitAfter: Int

    package init(sampled: Int, isWhole: Bool, splitBefore: Int, splitAfter: Int) {
      self.sampled = sampled
      self.isWhole = isWhole
      self.splitBefore = splitBefore
      self.splitAfter = splitAfter
    }
  }

  /// Flows from an address that is routed to several nexthops itself, in a sample.
  package struct Outbound: Hashable, Sendable {
    /// Such flows: the source has a host route over several interfaces.
    package var asked = 0
    /// Their replies come back to where the flow came from.
    package var returns = 0
    /// One of the addresses.
    package var example: IPAddress?

    package init() {}
  }

  /// What holds for the routes of one family.
  package struct Family: Hashable, Sendable {
    package var family: AddressFamily
    package var policyBefore: HashPolicy
    package var policyAfter: HashPolicy
    package var errorsBefore = Errors()
    package var errorsAfter = Errors()
    package var clients: Clients
    package var outbound = Outbound()

    /// Whether errors follow their flows by design: policy 0 hashes the header that they quote (RFC 7690).
    package var followsQuoted: Bool { policyAfter == .layer3 }
  }

  /// The families that had flows to judge by.
  package var families: [Family]

  package init(families: [Family]) {
    self.families = families
  }
}
