package import Routing

/// What the kernel has by now of what changes lean on: it removes nexthop objects together with their links, and with
/// them the groups and routes that have no others.
package struct RemainingObjects: Hashable, Sendable {
  /// Ids of single nexthops.
  private let nexthops: Set<UInt32>
  private let links: [UInt32: Link]

  package init(nexthops: [Nexthop], links: [Link]) {
    self.nexthops = Set(nexthops.map(\.id))
    self.links = Dictionary(links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether there is a nexthop of that id.
  fileprivate func has(_ id: UInt32) -> Bool { nexthops.contains(id) }

  /// Why the interface can not have a leg; nil where it can. The kernel takes legs of a link without carrier.
  fileprivate func whyNoLeg(_ index: UInt32) -> String? {
    guard let link = links[index] else { return "its interface is gone" }
    return link.isUp ? nil : "\(link.name) is down"
  }

  /// Why the interface can not have a nexthop object; nil where it can.
  fileprivate func whyNoNexthop(_ index: UInt32) -> String? {
    if let reason = whyNoLeg(index) { return reason }
    guard let link = links[index], !link.hasCarrier else { return nil }
    return "\(link.name) has no carrier"
  }
}

extension PlannedChange {
  /// What is left of a change where some of it can not be had any more.
  package struct Rest: Hashable, Sendable {
    /// nil where nothing of it is left: the kernel would have removed the object by itself.
    package var change: PlannedChange?
    /// A clause about what the object lacks then, such as "without nexthop 2, which is gone"; nil for nothing.
    package var reason: String?
  }

  /// The change without the members and legs that the kernel has removed since; nil where all can be had.
  ///
  /// On the way back it leads to what the kernel itself would have made of the object, had nobody touched it; legs of
  /// IPv4 apart, which would have come back with their link.
  package func rest(in remaining: RemainingObjects) -> Rest? {
    switch self {
    case .addNexthop(let nexthop):
      guard let interface = nexthop.interface, let reason = remaining.whyNoNexthop(interface) else { return nil }
      return Rest(change: nil, reason: "without it, as \(reason)")
    case .addGroup(let group), .removeGroup(let group):
      guard let (left, reason) = group.rest(in: remaining) else { return nil }
      guard let left else { return Rest(change: nil, reason: reason) }
      if case .addGroup = self { return Rest(change: .addGroup(left), reason: reason) }
      return Rest(change: .removeGroup(left))
    case .replaceGroup(let old, let new):
      let (former, latter) = (old.rest(in: remaining), new.rest(in: remaining))
      guard former != nil || latter != nil else { return nil }
      guard let left = latter.map(\.group) ?? new else { return Rest(change: nil, reason: latter?.reason) }
      return Rest(change: .replaceGroup(from: former?.group ?? old, to: left), reason: latter?.reason)
    case .replaceRoute(let old, let new):
      let (former, latter) = (old.rest(in: remaining), new.rest(in: remaining))
      guard former != nil || latter != nil else { return nil }
      return Rest(change: .replaceRoute(from: former?.route ?? old, to: latter?.route ?? new), reason: latter?.reason)
    case .removeNexthop, .addRoute, .removeRoute, .addRule, .removeRule: return nil
    }
  }
}

extension NexthopGroup {
  /// The group without the members that are gone, nil without any that is left; nothing where none is gone.
  fileprivate func rest(in remaining: RemainingObjects) -> (group: NexthopGroup?, reason: String)? {
    let lost = members.filter { !remaining.has($0.id) }
    guard !lost.isEmpty else { return nil }
    let one = lost.count == 1
    let reason =
      "without nexthop\(one ? "" : "s") \(lost.map { String($0.id) }.joined(separator: ", ")), "
      + "which \(one ? "is" : "are") gone"
    var group = self
    group.members.removeAll { !remaining.has($0.id) }
    return (group.members.isEmpty ? nil : group, reason)
  }
}

extension Route {
  /// The route without the legs that it can not have now; nil where it can have all, or none.
  fileprivate func rest(in remaining: RemainingObjects) -> (route: Route, reason: String)? {
    let legs = legs.list
    var left = legs.filter { remaining.whyNoLeg($0.interface) == nil }
    guard nexthopID == nil, !left.isEmpty, left.count < legs.count else { return nil }
    let reasons = legs.compactMap { leg in
      remaining.whyNoLeg(leg.interface).map {
        "\(leg.gateway.map { "via \($0)" } ?? "of interface \(leg.interface)"), as \($0)"
      }
    }
    // One that is alone has no weight.
    if left.count == 1 { left[0].weight = 1 }
    return (
      over(.legs(left.count == 1 ? .single(left[0]) : .multipath(left))),
      "without the leg\(reasons.count == 1 ? "" : "s") \(reasons.joined(separator: ", "))"
    )
  }
}
