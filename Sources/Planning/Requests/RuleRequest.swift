package import Routing

/// `ip rule add` and `del`: RTM_NEWRULE or RTM_DELRULE.
package struct RuleRequest: Hashable, Sendable {
  /// `add` or `delete`.
  package var mode: RequestMode
  /// IPv4 unless the command gives a family; the prefixes do not tell it.
  package var family: AddressFamily
  /// `FR_ACT_*`; 0 in a deletion that names none, which matches every action.
  package var action: UInt8
  /// 0 when there is none.
  package var table: UInt32 = 0
  /// The priority that `goto` goes on at.
  package var target: UInt32?
  package var isInverted = false
  /// nil also for a prefix of length 0, which the kernel does not look at.
  package var source: AddressPrefix?
  package var destination: AddressPrefix?
  package var priority: UInt32?
  package var tos: UInt8 = 0
  package var mark: UInt32?
  /// FRA_FWMASK; the kernel takes all bits when there is only a mark.
  package var markMask: UInt32?
  package var realms: UInt32?
  package var `protocol`: UInt8?
  package var tunnelID: UInt64?
  package var suppressPrefixLength: UInt32?
  package var suppressInterfaceGroup: UInt32?
  package var inputInterface: String?
  package var outputInterface: String?
  package var isL3MasterDevice = false
  package var userIDs: Rule.Range?
  package var ipProtocol: UInt8?
  package var sourcePorts: Rule.Range?
  package var destinationPorts: Rule.Range?

  package init(mode: RequestMode, family: AddressFamily, action: UInt8) {
    self.mode = mode
    self.family = family
    self.action = action
  }
}

/// Which rules `ip rule flush` deletes: those that match all that is not nil, except those of priority 0.
package struct RuleSelector: Hashable, Sendable {
  /// IPv4 unless the command gives a family.
  package var family: AddressFamily
  package var priority: UInt32?
  package var onlyInverted = false
  package var tos: UInt8?
  /// 0 selects every mark.
  package var mark: UInt32 = 0
  /// 0 selects every mask.
  package var markMask: UInt32 = 0
  package var inputInterface: String?
  package var outputInterface: String?
  package var onlyL3MasterDevice = false
  package var userIDs: Rule.Range?
  /// 0 selects every tunnel.
  package var tunnelID: UInt64 = 0
  /// 0 selects every table.
  package var table: UInt32 = 0
  /// Rules whose prefix lies in this one.
  package var source: AddressPrefix?
  package var destination: AddressPrefix?
  package var `protocol`: UInt8?
  /// 0 selects every IP protocol.
  package var ipProtocol: UInt8 = 0
  /// A range that starts at 0 selects every port.
  package var sourcePorts: Rule.Range?
  package var destinationPorts: Rule.Range?

  package init(family: AddressFamily) { self.family = family }
}
