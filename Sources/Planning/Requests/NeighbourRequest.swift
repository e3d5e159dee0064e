package import Routing

/// `ip neighbour add`, `change`, `replace` and `del`: RTM_NEWNEIGH or RTM_DELNEIGH.
package struct NeighbourRequest: Hashable, Sendable {
  package var mode: RequestMode
  package var address: IPAddress
  /// nil is only for a proxy entry of every interface.
  package var interface: String?
  /// Permanent unless the command says otherwise.
  package var state = Neighbour.State.permanent
  package var linkLayerAddress: [UInt8]?
  package var isProxy = false
  package var isRouter = false
  /// NTF_USE: start resolving at once.
  package var isUsed = false
  /// NTF_EXT_MANAGED: the kernel keeps it resolved.
  package var isManaged = false
  /// NTF_EXT_LEARNED.
  package var isExternallyLearned = false
  package var `protocol`: UInt8?

  package init(mode: RequestMode, address: IPAddress) {
    self.mode = mode
    self.address = address
  }
}

/// Which neighbours `ip neighbour flush` deletes: those that match all that is not nil.
package struct NeighbourSelector: Hashable, Sendable {
  /// Both families when nil.
  package var family: AddressFamily?
  package var interface: String?
  package var master: LinkRequest.Master?
  package var onlyUnused = false
  /// The states, one bit each (`NUD_*`; 0x100 stands for none), that are deleted. The first round deletes failed
  /// entries, the later ones leave them.
  package var states: UInt32
  package var onlyProxies = false
  /// 0 selects every protocol.
  package var `protocol`: UInt8 = 0
  package var prefix: AddressPrefix?

  /// Every state except permanent and noarp.
  package static let defaultStates = ~UInt32(Neighbour.State.permanent.rawValue | Neighbour.State.noARP.rawValue)

  package init() { states = Self.defaultStates }
}
