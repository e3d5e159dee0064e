import Forwarding
import MultipathHash
import Placement
import Rendering
import Routing
import Synchronization

/// The routers before this one, each by its snapshot.
final class UpstreamRouters: Sendable {
  /// What becomes of a flow on the way here.
  enum Arrival {
    /// - Parameter branch: a position in `branches`; -1 where no ways are told apart.
    case here(branch: Int)
    case elsewhere
    case unknown
  }

  let reports: [SeedTuningReport.Upstream]
  private let routers: [UpstreamRouter]
  private let names: [WayNames]
  /// The ways that flows were seen to take.
  private let known = Mutex<(numbers: [[Way]: Int], list: [[Way]])>(([:], []))

  /// - Parameters:
  ///   - paths: of the snapshots.
  ///   - text: the seed of those that do not tell it.
  ///   - state: of this router.
  ///   - today: the seed of this router, where it is known.
  init(_ paths: [String], seed text: String?, here state: RoutingState, seed today: UInt32?) throws(CommandFailure) {
    let given = try text.map { (text) throws(CommandFailure) in try SeedArgument.number(text) }
    var (routers, names, reports): ([UpstreamRouter], [WayNames], [SeedTuningReport.Upstream]) = ([], [], [])
    var isGivenIdle = given != nil
    for path in paths {
      let other = try StateSource.upstream(path)
      let told = SeedInForce.seed(ofSnapshot: other)
      if told == nil { isGivenIdle = false }
      guard let seed = told ?? given else {
        throw .usage("\(path) does not tell the seed of its router: give --upstream-seed, or set one there")
      }
      let router = UpstreamRouter(other, ForwardingTable(other, key: HashKey(seed: seed)), here: state)
      routers.append(router)
      names.append(WayNames(before: other, after: other))
      let shared = AddressFamily.allCases.filter { Self.hashesAlike(other.settings.hash($0), state.settings.hash($0)) }
      reports.append(
        SeedTuningReport.Upstream(
          path: path, seed: seed, isNextTo: router.isNextTo, sharedFamilies: shared,
          hasSeedOfToday: today.map { $0 == seed }))
    }
    guard !isGivenIdle else {
      throw .usage("--upstream-seed is for snapshots that do not tell their seed, and each of these does: leave it out")
    }
    (self.routers, self.names, self.reports) = (routers, names, reports)
  }

  private static func hashesAlike(_ left: HashSettings, _ right: HashSettings) -> Bool {
    let policy = left.policy ?? 0
    guard policy == right.policy ?? 0 else { return false }
    return policy != HashPolicy.custom.rawValue
      || left.fields ?? HashSettings.defaultFields == right.fields ?? HashSettings.defaultFields
  }

  /// What becomes of a flow that this router gets, on the way here.
  func arrival(of flow: Flow, packet: DissectedPacket?) -> Arrival {
    var ways: [Way] = []
    for router in routers {
      switch router.passage(of: flow, packet: packet) {
      case .here: break
      case .elsewhere: return .elsewhere
      case .unknown: return .unknown
      case .way(let way): ways.append(way)
      }
    }
    guard !ways.isEmpty else { return .here(branch: -1) }
    return known.withLock { known in
      if let number = known.numbers[ways] { return .here(branch: number) }
      known.numbers[ways] = known.list.count
      known.list.append(ways)
      return .here(branch: known.list.count - 1)
    }
  }

  /// The ways of the routers that are not known to be next to this one, in words.
  var branches: [String] {
    let names = zip(names, routers).filter { !$1.isNextTo }.map(\.0)
    return known.withLock { known in
      known.list.map { ways in zip(names, ways).map { $0.text($1) }.joined(separator: ", then ") }
    }
  }
}

extension StateSource {
  /// The state of another router.
  ///
  /// - Throws: `usage` for a file that can not be read.
  static func upstream(_ path: String) throws(CommandFailure) -> RoutingState {
    do {
      return try snapshot(path)
    } catch {
      throw .usage("\(error)")
    }
  }
}
