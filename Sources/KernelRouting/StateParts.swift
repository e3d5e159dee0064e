/// Parts of a `RoutingState`, for those who need not all of it: each is a question to the kernel, or many files.
package struct StateParts: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// As any option set has it, but for its search for what arrays can do, which each start of the program would pay.
  package init(arrayLiteral parts: StateParts...) {
    rawValue = parts.reduce(0) { $0 | $1.rawValue }
  }

  /// The sysctls of the namespace and of its interfaces.
  package static let settings = StateParts(rawValue: 1)
  /// What tells of the interfaces whether packets come in with a hash on them; it is kept with the settings.
  package static let devices = StateParts(rawValue: 2)
  package static let addresses = StateParts(rawValue: 4)
  package static let neighbours = StateParts(rawValue: 8)
  package static let rules = StateParts(rawValue: 16)
  /// Nexthop objects and groups.
  package static let nexthops = StateParts(rawValue: 32)
  /// The bucket tables of resilient groups; none without the groups.
  package static let buckets = StateParts(rawValue: 64)
  package static let routes = StateParts(rawValue: 128)

  /// Everything that decides where a packet goes.
  package static let all = StateParts(rawValue: .max)
  /// What tells how nexthops share flows, and which of them are alive.
  package static let liveness: StateParts = [.settings, .neighbours, .nexthops, .buckets]
}
