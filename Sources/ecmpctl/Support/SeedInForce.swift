import Routing
import SeedRecovery

/// The seed that a state hashes by.
enum SeedInForce {
  /// The seed of the sysctl; where that is 0 the one that is given, or that was recovered; nil where nobody knows it.
  ///
  /// - Throws: `usage` for a given one that is none, or that is not that of the sysctl.
  static func seed(of state: RoutingState, given: String?, _ source: SourceOptions) throws(CommandFailure) -> UInt32? {
    let given = try given.map { (text) throws(CommandFailure) in try SeedArgument.number(text) }
    guard let sysctl = state.settings.hashSeed, sysctl != 0 else {
      return given ?? RecoveredSeed.seed(for: state, source)
    }
    if let given, given != sysctl {
      throw .usage("the seed in force is known, and it is \(sysctl): net.ipv4.fib_multipath_hash_seed is set to it")
    }
    return sysctl
  }

  /// The seed of the sysctl; where that is 0 the one that was recovered, if the snapshot is of this boot.
  static func seed(ofSnapshot state: RoutingState) -> UInt32? {
    guard state.settings.hashSeed == 0 else { return state.settings.hashSeed }
    guard case .seed(let seed) = SeedCache().read(for: state.kernel) else { return nil }
    return seed
  }
}
