extension RouteType {
  /// The word of `ip` for the type, or its number.
  package var name: String {
    switch self {
    case .unspecified: "none"
    case .unicast: "unicast"
    case .local: "local"
    case .broadcast: "broadcast"
    case .anycast: "anycast"
    case .multicast: "multicast"
    case .blackhole: "blackhole"
    case .unreachable: "unreachable"
    case .prohibit: "prohibit"
    case .throw: "throw"
    case .nat: "nat"
    case RouteType(rawValue: 11): "xresolve"
    default: String(rawValue)
    }
  }
}
