package import Forwarding
package import KernelRouting
import Netlink
import Routing

/// A prediction held against the kernel's answer to the same query.
package enum Comparison: Hashable, Sendable {
  case equal
  /// The prediction does not claim to know.
  case uncertain
  /// The two differ, with what each says.
  case different(predicted: String, kernel: String)

  /// - Parameters:
  ///   - decision: what was predicted for the query (`ForwardingTable.Question.query`).
  ///   - name: the name of an interface by its index.
  package init(_ decision: Decision, _ answer: RouteAnswer, name: (UInt32) -> String) {
    if case .undetermined = decision.outcome {
      self = .uncertain
    } else if Self.agree(decision, answer) {
      self = .equal
    } else if !decision.isExact {
      self = .uncertain
    } else {
      self = .different(
        predicted: Self.describe(decision, name: name), kernel: Self.describe(answer, name: name))
    }
  }

  private static let messageTooLong: Int32 = 90
  private static let unreachableErrors: Set<Int32> = [101, 113]

  private static func agree(_ decision: Decision, _ answer: RouteAnswer) -> Bool {
    switch decision.outcome {
    case .sent:
      guard let route = answer.route, [.unicast, .multicast].contains(route.type), let leg = answer.leg,
        let nexthop = decision.nexthop
      else { return false }
      return leg.interface == nexthop.interface && leg.gateway == nexthop.gateway
    case .local: return answer.route?.type == .local || answer.route?.type == .anycast
    case .broadcast:
      // The kernel finds the route of an IPv6 group for a packet that came in, and has no way to write it down
      // (`ip6mr_get_route()` in `rt6_fill_node()`).
      return [.broadcast, .multicast, .anycast].contains(answer.route?.type)
        || answer.refusal?.errno.rawValue == messageTooLong
    case .refused(let type): return refuses(answer, type)
    case .dropped: return answer.refusal != nil
    case .undetermined: return false
    }
  }

  /// The errno that stands for a refusing route or rule (`fib_props`, `fib6_rule_action()`); IPv6 may answer with the
  /// route itself.
  private static func refuses(_ answer: RouteAnswer, _ type: RouteType) -> Bool {
    if let route = answer.route { return route.type == type }
    guard let errno = answer.refusal?.errno.rawValue else { return false }
    switch type {
    case .prohibit: return errno == 13
    case .blackhole: return errno == 22
    default: return unreachableErrors.contains(errno)
    }
  }

  private static func describe(_ decision: Decision, name: (UInt32) -> String) -> String {
    switch decision.outcome {
    case .sent: decision.nexthop.map { describe($0.gateway, $0.interface, name: name) } ?? "sent"
    case .local: "local"
    case .broadcast: "broadcast"
    case .refused(let type): type.name
    case .dropped(let reason): "dropped: \(reason.text)"
    case .undetermined: "undetermined"
    }
  }

  private static func describe(_ answer: RouteAnswer, name: (UInt32) -> String) -> String {
    switch answer {
    case .route(let route):
      guard [.unicast, .multicast].contains(route.type), let leg = answer.leg else { return route.type.name }
      return describe(leg.gateway, leg.interface, name: name)
    case .refused(let refusal): return "refused: \(refusal)"
    }
  }

  private static func describe(
    _ gateway: IPAddress?, _ interface: UInt32, name: (UInt32) -> String
  ) -> String {
    (gateway.map { "via \($0) " } ?? "") + "dev \(name(interface))"
  }
}
