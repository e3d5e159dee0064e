package import Routing

/// The parameters of a resilient group that a command gives; what is nil is left to the kernel.
package struct ResilientRequest: Hashable, Sendable {
  package var buckets: UInt16?
  /// USER_HZ ticks, 1/100 s.
  package var idleTimer: UInt32?
  /// USER_HZ ticks, 1/100 s.
  package var unbalancedTimer: UInt32?

  package init() {}
}

/// `ip nexthop add`, `replace` and `del`: RTM_NEWNEXTHOP or RTM_DELNEXTHOP.
///
/// Nothing keeps a command from mixing what can not be mixed, such as a group with a gateway: the kernel refuses that.
package struct NexthopRequest: Hashable, Sendable {
  /// `add`, `replace` or `delete`.
  package var mode: RequestMode
  package var id: UInt32?
  /// `nh_family`; nil for a group, unless the command gives a family.
  package var family: AddressFamily?
  package var interface: String?
  package var gateway: IPAddress?
  package var isBlackhole = false
  package var isFDB = false
  /// RTNH_F_ONLINK.
  package var isOnlink = false
  package var encapsulation: EncapsulationRequest?
  /// NHA_GROUP, in the order of the command; the weights are 1 to 256.
  package var group: [NexthopGroup.Member]?
  /// NHA_GROUP_TYPE.
  package var groupType: NexthopGroup.Kind?
  /// NHA_RES_GROUP; nil when the command does not send the nest at all.
  package var resilient: ResilientRequest?
  package var `protocol`: UInt8 = 0

  package init(mode: RequestMode) { self.mode = mode }
}

/// Which nexthop objects `ip nexthop flush` deletes: those that the kernel lists under all of these.
package struct NexthopSelector: Hashable, Sendable {
  package var family: AddressFamily?
  /// The command has no selection: it deletes the groups, then the rest.
  package var isEverything = false
  package var interface: String?
  package var onlyGroups = false
  package var onlyFDB = false
  /// The interface, a bridge or VRF, that the nexthop's interface is enslaved to.
  package var master: String?
  /// Whether `master` has to be a VRF.
  package var masterIsVRF = false
  /// 0 selects every protocol.
  package var `protocol`: UInt32 = 0

  package init() {}
}

extension NexthopSelector {
  /// The selection that counts after an earlier one in the same run of `ip -batch`.
  ///
  /// iproute2 6.1 keeps what an earlier `nexthop flush` selected, and adds to it; a flush of everything forgets the
  /// interface, the master and the groups, but neither the protocol nor the FDB.
  func continuing(_ earlier: NexthopSelector) -> NexthopSelector {
    var selector = self
    if selector.protocol == 0 { selector.protocol = earlier.protocol }
    selector.onlyFDB = onlyFDB || earlier.onlyFDB
    guard !isEverything, !earlier.isEverything else { return selector }
    selector.interface = interface ?? earlier.interface
    selector.onlyGroups = onlyGroups || earlier.onlyGroups
    if master == nil {
      selector.master = earlier.master
      selector.masterIsVRF = earlier.masterIsVRF
    }
    return selector
  }
}
