import Forwarding
import Routing
import SeedRecovery

/// The boot seed that an earlier `seed recover` has found.
enum RecoveredSeed {
  /// The boot seed of the kernel that the state is of, where that decides the hash and is known.
  ///
  /// A file that ought to hold it and can not be used is worth a line on standard error; for a snapshot, which may be of
  /// any boot of any machine, it is not.
  static func seed(for state: RoutingState, _ source: SourceOptions) -> UInt32? {
    seed(for: state, isLive: source.snapshot == nil)
  }

  /// As above.
  ///
  /// - Parameter isLive: whether the state was just read from a kernel.
  static func seed(for state: RoutingState, isLive: Bool) -> UInt32? {
    guard state.settings.hashSeed == 0 else { return nil }
    switch SeedCache().read(for: state.kernel) {
    case .seed(let seed): return seed
    case .absent, .unreadable: return nil
    case .ignored(let reason):
      if isLive { complain("no recovered seed is used: \(reason)") }
      return nil
    }
  }
}

extension ForwardingTable {
  /// Compiles a state under the seed of the command line; without one, under the seed of the state or the recovered one.
  convenience init(_ state: RoutingState, seed: String?, source: SourceOptions) throws(CommandFailure) {
    if let seed {
      self.init(state, key: try SeedArgument.key(seed))
    } else {
      self.init(state, bootSeed: RecoveredSeed.seed(for: state, source))
    }
  }
}
