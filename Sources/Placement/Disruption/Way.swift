package import Forwarding
package import Routing

/// Where flows end up, as far as two states are compared: two nexthop objects with one gateway are the same way.
package enum Way: Hashable, Sendable {
  case sent(gateway: IPAddress?, interface: UInt32)
  case local
  case broadcast
  /// A route or a rule of this type, or no route at all (`unreachable`).
  case refused(RouteType)
  case dropped(Decision.DropReason)
  case undetermined

  package init(_ decision: Decision) {
    switch decision.outcome {
    case .sent: self = .sent(gateway: decision.nexthop?.gateway, interface: decision.nexthop?.interface ?? 0)
    case .local: self = .local
    case .broadcast: self = .broadcast
    case .refused(let type): self = .refused(type)
    case .dropped(let reason): self = .dropped(reason)
    case .undetermined: self = .undetermined
    }
  }

  package init(_ choice: Decision.Choice) {
    self = .sent(gateway: choice.gateway, interface: choice.interface)
  }

  package var isSent: Bool { if case .sent = self { true } else { false } }

  /// Neither sent nor delivered.
  package var isLost: Bool {
    switch self {
    case .refused, .dropped: true
    case .sent, .local, .broadcast, .undetermined: false
    }
  }
}
