import Forwarding
import Routing

/// A number for each way that a flow was seen to take.
struct WayTable: Sendable {
  private var table = InternTable()
  private(set) var ways: [Way] = []
  private var drops: [Decision.DropReason: UInt64] = [:]

  mutating func number(of decision: Decision) -> Int {
    let key: InternTable.Key
    switch decision.outcome {
    case .sent: key = Self.key(decision.nexthop?.gateway, decision.nexthop?.interface ?? 0)
    case .local: key = Self.key(kind: 3, 0)
    case .broadcast: key = Self.key(kind: 4, 0)
    case .refused(let type): key = Self.key(kind: 5, UInt64(type.rawValue))
    case .dropped(let reason): key = Self.key(kind: 6, number(of: reason))
    case .undetermined: key = Self.key(kind: 7, 0)
    }
    let (number, isNew) = table.number(of: key)
    if isNew { ways.append(Way(decision)) }
    return number
  }

  mutating func number(of choice: Decision.Choice) -> Int {
    let (number, isNew) = table.number(of: Self.key(choice.gateway, choice.interface))
    if isNew { ways.append(Way(choice)) }
    return number
  }

  private static func key(_ gateway: IPAddress?, _ interface: UInt32) -> InternTable.Key {
    guard let gateway else { return key(kind: 0, UInt64(interface)) }
    let kind: UInt64 = gateway.family == .ipv4 ? 1 : 2
    return InternTable.Key(first: gateway.low, second: gateway.high, third: kind << 32 | UInt64(interface))
  }

  private static func key(kind: UInt64, _ detail: UInt64) -> InternTable.Key {
    InternTable.Key(first: detail, second: 0, third: kind << 32)
  }

  private mutating func number(of reason: Decision.DropReason) -> UInt64 {
    if let number = drops[reason] { return number }
    let number = UInt64(drops.count)
    drops[reason] = number
    return number
  }
}
