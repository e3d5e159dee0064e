/// Something that decides what a change does and that no state tells.
package enum SimulationDoubt: Hashable, Sendable {
  /// Whether the bucket was used since it was moved to its member: one that was not is idle at once.
  case bucketActivity(group: UInt32)
  /// The kernel keeps the upper bounds of routes over links without carrier until their next event.
  case staleBounds
  /// A dump does not show the weight of an IPv6 leg that is alone.
  case hiddenWeight
  /// Whether the kernel itself made an IPv6 route of a router advertisement, which then stays apart from others.
  case advertisedRoute
  /// In which order the kernel removes nexthops of one resilient group that are on the same interface.
  case removalOrder(group: UInt32)
  /// Which number the kernel gives to a nexthop without one.
  case nexthopNumber
  /// What the interface does when the one below it goes down or up.
  case stackedInterface(String)
  /// Whether an interface that is set up has carrier.
  case carrier(String)

  /// The code of every case.
  package static let codes = [
    "bucket-activity", "stale-bounds", "hidden-weight", "advertised-route", "removal-order", "nexthop-number",
    "stacked-interface", "carrier-unknown",
  ]

  /// As a code for programs.
  package var code: String {
    switch self {
    case .bucketActivity: "bucket-activity"
    case .staleBounds: "stale-bounds"
    case .hiddenWeight: "hidden-weight"
    case .advertisedRoute: "advertised-route"
    case .removalOrder: "removal-order"
    case .nexthopNumber: "nexthop-number"
    case .stackedInterface: "stacked-interface"
    case .carrier: "carrier-unknown"
    }
  }

  /// As a sentence for people.
  package var text: String {
    switch self {
    case .bucketActivity(let group):
      "group \(group): the kernel does not tell whether a bucket was used since it last moved, which decides if it moves"
    case .staleBounds:
      "the kernel goes by the old value of ignore_routes_with_linkdown until the next event of each route"
    case .hiddenWeight:
      "the kernel does not show the weight of an IPv6 leg that is alone until another joins it; it is taken for 1"
    case .advertisedRoute:
      "whether the kernel or a daemon made an IPv6 route of a router advertisement, which others join only in the latter case"
    case .removalOrder(let group):
      "group \(group) loses several members at once; which buckets move where depends on an order that no dump tells"
    case .nexthopNumber: "the kernel chooses the id of a nexthop that is added without one: give it an id"
    case .stackedInterface(let name):
      "what \(name) does when an interface below it, or a port of it, changes is not simulated"
    case .carrier(let name): "whether \(name) has carrier once it is up is not known; it is taken to have"
    }
  }
}
