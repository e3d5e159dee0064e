import Forwarding
package import Placement
package import Routing

/// Names the ways of two states: an interface that a change removes keeps its name in the report about it.
package struct WayNames: Sendable {
  let links: [UInt32: String]

  package init(before: RoutingState, after: RoutingState) {
    links = Dictionary(
      (after.links + before.links).map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  /// The interface's name; `ifN` for one that neither state has, as `ip` prints it.
  func linkName(_ index: UInt32) -> String { links[index] ?? "if\(index)" }

  /// `via 10.0.0.1 dev eth0`, or what becomes of the flow: `local`, `unreachable`, `dropped`.
  package func text(_ way: Way) -> String {
    switch way {
    case .sent(let gateway, let interface):
      (gateway.map { "via \($0) " } ?? "") + "dev \(linkName(interface))"
    case .dropped(let reason): "dropped: \(reason.text)"
    default: Self.word(way)
    }
  }

  /// The word for a way that is no nexthop; `nexthop` for one.
  static func word(_ way: Way) -> String {
    switch way {
    case .sent: "nexthop"
    case .local: "local"
    case .broadcast: "broadcast"
    case .refused(let type): type.name
    case .dropped: "dropped"
    case .undetermined: "undetermined"
    }
  }

  /// `id 1 via 10.0.0.1 dev eth0`.
  func text(_ nexthop: Disruption.Nexthop) -> String { text(nexthop.id, nexthop.gateway, nexthop.interface) }

  /// As above.
  func text(_ nexthop: Decision.Choice) -> String { text(nexthop.id, nexthop.gateway, nexthop.interface) }

  private func text(_ id: UInt32?, _ gateway: IPAddress?, _ interface: UInt32) -> String {
    (id.map { "id \($0) " } ?? "") + text(.sent(gateway: gateway, interface: interface))
  }
}
