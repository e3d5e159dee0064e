/// An entry of the ARP or neighbour-discovery table (RTM_NEWNEIGH).
package struct Neighbour: Hashable, Sendable {
  /// `NUD_*`: exactly one bit is set, or none.
  package struct State: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let none = State(rawValue: 0)
    package static let incomplete = State(rawValue: 0x01)
    package static let reachable = State(rawValue: 0x02)
    package static let stale = State(rawValue: 0x04)
    package static let delay = State(rawValue: 0x08)
    package static let probe = State(rawValue: 0x10)
    package static let failed = State(rawValue: 0x20)
    package static let noARP = State(rawValue: 0x40)
    package static let permanent = State(rawValue: 0x80)

    /// NUD_VALID: permanent, noarp, reachable, probe, stale or delay (include/net/neighbour.h).
    package var isValid: Bool { rawValue & 0xde != 0 }

    /// The word that `ip neigh` prints.
    package var name: String {
      switch self {
      case .none: "NONE"
      case .incomplete: "INCOMPLETE"
      case .reachable: "REACHABLE"
      case .stale: "STALE"
      case .delay: "DELAY"
      case .probe: "PROBE"
      case .failed: "FAILED"
      case .noARP: "NOARP"
      case .permanent: "PERMANENT"
      default: "0x" + String(rawValue, radix: 16)
      }
    }
  }

  package var address: IPAddress
  /// Interface index.
  package var interface: UInt32
  package var state: State
  /// The link-layer address, empty while unresolved.
  package var linkLayerAddress: [UInt8]

  package init(address: IPAddress, interface: UInt32, state: State, linkLayerAddress: [UInt8] = []) {
    self.address = address
    self.interface = interface
    self.state = state
    self.linkLayerAddress = linkLayerAddress
  }
}
