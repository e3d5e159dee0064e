import KernelRouting
import Measurement
import Routing
import Snapshots

/// Opens what the source options name: the live kernel, a namespace of it, or a snapshot.
struct StateSource {
  let options: SourceOptions

  init(_ options: SourceOptions) {
    self.options = options
  }

  /// The state.
  ///
  /// - Parameter parts: what of the live kernel's is asked for; a snapshot is read whole.
  func state(_ parts: StateParts = .all) throws -> RoutingState {
    if let path = options.snapshot { return try Self.snapshot(path) }
    var kernel = try kernel()
    return try kernel.readSettledState(parts)
  }

  /// The whole state, and of the live kernel's behaviour what its release does not tell, found out by experiment.
  func completedState() throws -> RoutingState {
    var state = try state()
    if options.snapshot == nil { state.behaviour = BehaviourProbe.completing(state.behaviour) }
    return state
  }

  /// The whole state as a snapshot tells it.
  func savedState() throws -> RoutingState {
    var state = try state()
    if options.snapshot == nil { state.behaviour = BehaviourProbe.updating(state.behaviour) }
    return state
  }

  /// The state that a file holds.
  static func snapshot(_ path: String) throws -> RoutingState {
    try Snapshot(path: path).state
  }

  /// The live kernel, in the namespace asked for.
  func kernel() throws -> Kernel {
    try Kernel(namespace: options.netns.map(NetworkNamespace.init))
  }
}

extension Prefix {
  /// A prefix from the command line.
  init(argument text: String) throws(CommandFailure) {
    do throws(PrefixSyntaxError) {
      try self.init(parsing: text)
    } catch {
      throw .usage(error.description)
    }
  }
}
