import ArgumentParser
import Forwarding
import KernelRouting
import Measurement
import Rendering
import Routing
import SeedRecovery

/// Where the hash key comes from.
enum KeyChoice: String, WordArgument {
  case auto, known, measure
}

/// How predictions come by the hash key, or do without it.
struct KeyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The hash seed, where the kernel does not tell it.", valueName: "number"))
  var seed: String?

  @Option(
    help: ArgumentHelp(
      "Where the hash comes from: known, measure, or auto, which says what it took (default: known).",
      valueName: "how"))
  var key: KeyChoice?

  @Flag(help: "Let the kernel itself hash each flow, in a scratch network namespace; the same as --key measure.")
  var measure = false

  func validate() throws {
    if measure, let key, key != .measure {
      throw ValidationError("--measure is --key measure, and not --key \(key.rawValue): leave one of them out")
    }
    if choice == .measure && seed != nil { throw ValidationError("--seed and measuring exclude each other") }
  }

  /// What was asked for, in one way or the other.
  var choice: KeyChoice { measure ? .measure : key ?? .known }

  /// The name of an option that is given; nil for none.
  var option: String? { seed != nil ? "--seed" : key != nil ? "--key" : measure ? "--measure" : nil }

  /// Decides flows of the state in the way that was asked for; `auto` tells what it is on standard error.
  ///
  /// What the release of the live kernel does not tell of its behaviour is found out.
  ///
  /// - Parameters:
  ///   - many: whether so many flows may come that a search of all seeds costs less than measuring them.
  ///   - before: the state before a change, whose other seed has been told already. A seed that the change sets goes before
  ///     that of the command line.
  func decider(
    _ state: RoutingState, _ source: SourceOptions, many: Bool, after before: RoutingState? = nil
  ) throws -> Decider {
    var state = state
    let isSeedSet = before.map { $0.settings.hashSeed != state.settings.hashSeed } ?? false
    let seed = isSeedSet && state.settings.hashSeed != 0 ? nil : seed
    if source.snapshot == nil { state.behaviour = BehaviourProbe.completing(state.behaviour) }
    let table = try ForwardingTable(state, seed: seed, source: source)
    if before == nil { try tellOfOtherSeed(state, source) }
    switch choice {
    case .known: return Decider(table, measures: false)
    case .measure:
      if let obstacle = obstacle(state) { throw CommandFailure.usage(obstacle) }
      return Decider(table, measures: true)
    case .auto:
      return try automatic(table, state, many: many)
    }
  }

  /// Says that flows are not placed as they are here, where a seed is given and another is set.
  private func tellOfOtherSeed(_ state: RoutingState, _ source: SourceOptions) throws(CommandFailure) {
    guard let seed, let set = state.settings.hashSeed, set != 0 else { return }
    let given = try SeedArgument.number(seed)
    guard given != set else { return }
    let place = source.snapshot.map { "in \($0)" } ?? "here"
    complain("what is told holds for the seed \(given) of --seed; \(place) net.ipv4.fib_multipath_hash_seed is \(set)")
  }

  private func automatic(_ table: ForwardingTable, _ state: RoutingState, many: Bool) throws -> Decider {
    if let origin = table.keyDescription {
      complain("key: \(origin)")
      return Decider(table, measures: false)
    }
    if let obstacle = obstacle(state) {
      complain("key: unknown; \(obstacle)")
      return Decider(table, measures: false)
    }
    if many, state.settings.hashSeed == 0 {
      complain("key: unknown; the boot seed is searched for")
      if let seed = try recoveredSeed(state.kernel) {
        return Decider(ForwardingTable(state, bootSeed: seed), measures: false)
      }
    }
    complain("key: unknown; the kernel is asked for the hash of each flow in a scratch namespace")
    return Decider(table, measures: true)
  }

  /// The boot seed, found and kept for the next time; nil where it can not be found.
  private func recoveredSeed(_ kernel: KernelIdentity) throws -> UInt32? {
    var finder = try BootSeedFinder(kernel)
    do {
      let seed = try finder.find().seed
      // A seed that can not be kept serves this time.
      _ = try? SeedCache().write(seed: seed, for: kernel)
      return seed
    } catch let failure as CommandFailure {
      if let message = failure.message { complain(message) }
      return nil
    }
  }

  /// The state with the seed of the command line in place of the boot seed of another boot.
  func rebuildable(_ state: RoutingState) throws(CommandFailure) -> RoutingState {
    guard let text = seed, state.settings.hashSeed == 0, state.kernel.bootID != KernelIdentity.running.bootID
    else { return state }
    var state = state
    state.settings.hashSeed = try SeedArgument.number(text)
    return state
  }

  /// Why the hashes of a state can not be measured on this machine; nil when they can.
  ///
  /// The boot key is that of all namespaces, and of this boot only.
  private func obstacle(_ state: RoutingState) -> String? {
    guard let bootID = state.kernel.bootID, bootID == KernelIdentity.running.bootID else {
      return "the snapshot is of another machine or an earlier boot, whose hashes can not be measured here"
    }
    return nil
  }
}
