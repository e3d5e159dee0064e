/// A policy routing rule (RTM_NEWRULE).
package struct Rule: Hashable, Sendable {
  /// `FR_ACT_*`.
  package enum Action: Hashable, Sendable {
    /// Look in the table; an absent route continues with the next rule.
    case lookup(table: UInt32)
    /// Continue at the first rule with this priority; the kernel marks a missing target as unresolved.
    case goto(priority: UInt32)
    case nop
    case blackhole
    case unreachable
    case prohibit
    /// An action this program does not know: `FR_ACT_*` as a number.
    case other(UInt8)
  }

  /// An inclusive range of ports or user ids.
  package struct Range: Hashable, Sendable {
    package var first: UInt32
    package var last: UInt32

    package init(first: UInt32, last: UInt32) {
      self.first = first
      self.last = last
    }

    package func contains(_ value: UInt32) -> Bool { first <= value && value <= last }
  }

  package var family: AddressFamily
  /// Smaller is earlier.
  package var priority: UInt32
  package var action: Action
  /// `not`: the rule matches what its selectors do not.
  package var isInverted = false
  package var source: Prefix?
  package var destination: Prefix?
  /// The name of the ingress interface; `lo` stands for locally generated traffic.
  package var inputInterface: String?
  package var outputInterface: String?
  /// FRA_FWMARK and FRA_FWMASK; the mask is 0xffffffff when only the mark was given.
  package var mark: UInt32 = 0
  package var markMask: UInt32 = 0
  /// The header's `tos`; 0 matches everything.
  package var tos: UInt8 = 0
  /// FRA_DSCP (6.12 and later), 0 to 63, with its mask (0x3f when the kernel sent none).
  package var dscp: UInt8?
  package var dscpMask: UInt8 = 0x3f
  /// The IP protocol number.
  package var ipProtocol: UInt8?
  package var sourcePorts: Range?
  /// FRA_SPORT_MASK; nil when the kernel sent none, which compares the whole port.
  package var sourcePortMask: UInt16?
  package var destinationPorts: Range?
  package var destinationPortMask: UInt16?
  package var userIDs: Range?
  /// FRA_TUN_ID.
  package var tunnelID: UInt64?
  /// FRA_L3MDEV: look in the table of the VRF that the flow belongs to.
  package var isL3MasterDevice = false
  /// FRA_FLOWLABEL and its mask (IPv6 only, 6.14 and later).
  package var flowLabel: UInt32?
  package var flowLabelMask: UInt32?
  /// `suppress_prefixlength`: a result whose prefix is no longer than this is discarded.
  package var suppressPrefixLength: UInt32?
  /// `suppress_ifgroup`: a result through an interface of this group is discarded.
  package var suppressInterfaceGroup: UInt32?
  /// FRA_FLOW: realms, kept for display.
  package var realms: UInt32?
  package var `protocol`: UInt8 = 0
  /// `FIB_RULE_*` flags of the header.
  package var flags: UInt32 = 0

  /// FIB_RULE_IIF_DETACHED: the rule has found no interface of the name, or has lost it. An alternative name counts only
  /// where an interface has it when the rule is made.
  package var isInputDetached: Bool {
    get { flags & 0x8 != 0 }
    set { flags = flags & ~0x8 | (newValue ? 0x8 : 0) }
  }

  /// FIB_RULE_OIF_DETACHED.
  package var isOutputDetached: Bool {
    get { flags & 0x10 != 0 }
    set { flags = flags & ~0x10 | (newValue ? 0x10 : 0) }
  }

  package init(family: AddressFamily, priority: UInt32, action: Action) {
    self.family = family
    self.priority = priority
    self.action = action
  }
}

extension Rule {
  /// The rules that a new namespace has.
  package static func defaults(_ family: AddressFamily) -> [Rule] {
    var rules = [
      Rule(family: family, priority: 0, action: .lookup(table: RouteTable.local)),
      Rule(family: family, priority: 32766, action: .lookup(table: RouteTable.main)),
    ]
    if family == .ipv4 {
      rules.append(Rule(family: family, priority: 32767, action: .lookup(table: RouteTable.default)))
    }
    return rules
  }
}
