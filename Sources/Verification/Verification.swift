package import Forwarding
package import KernelRouting
package import Measurement
package import MultipathHash
package import Routing

/// Holds predictions against the kernel's own lookup, many flows a system call.
///
/// What is compared is what the query computes: RTM_GETROUTE hashes a packet of its own for IPv4 and the bare lookup key
/// for IPv6, which is not in every case what real traffic hashes; the prediction for the query follows it in that.
package struct Verification: ~Copyable {
  /// A flow on which prediction and kernel differ.
  package struct Mismatch: Sendable {
    package var flow: Flow
    package var predicted: String
    package var kernel: String
    /// Where the two part, as far as the kernel's answer tells.
    package var reason: String
  }

  /// How many mismatches are kept with their details; the rest is only counted.
  package static let keptMismatches = 100
  private static let batch = 256

  /// Flows that were asked about and compared.
  private(set) package var compared = 0
  /// Of these, flows whose nexthop was chosen by hash.
  private(set) package var hashed = 0
  /// Flows whose prediction is uncertain; they count as neither equal nor different.
  private(set) package var uncertain = 0
  /// Flows that RTM_GETROUTE can not ask about.
  private(set) package var notAskable = 0
  private(set) package var mismatchCount = 0
  private(set) package var mismatches: [Mismatch] = []
  /// The caveats of the uncertain flows.
  private(set) package var caveats: Caveats = []

  private var decider: Decider
  private let tableName: (UInt32) -> String
  private var waiting: [Flow] = []
  private var queries: [RouteQuery] = []

  /// - Parameter tableName: the name of a routing table, or its number.
  package init(_ decider: consuming Decider, tableName: @escaping (UInt32) -> String = { "\($0)" }) {
    self.decider = decider
    self.tableName = tableName
  }

  package init(_ table: ForwardingTable, tableName: @escaping (UInt32) -> String = { "\($0)" }) {
    self.init(Decider(table), tableName: tableName)
  }

  /// What the predictions are made with.
  package var table: ForwardingTable { decider.table }

  /// Takes one more flow; the kernel is asked when enough have gathered.
  ///
  /// - Parameters:
  ///   - flow: nil for a frame that carries none.
  ///   - packet: what the flow was made of, where it was made of a packet.
  package mutating func add(
    _ flow: Flow?, packet: DissectedPacket? = nil, kernel: inout Kernel
  ) throws(KernelError) {
    guard let flow, packet?.isForwardable != false, let query = RouteQuery(asking: flow) else {
      notAskable += 1
      return
    }
    waiting.append(flow)
    queries.append(query)
    if queries.count == Self.batch { try flush(kernel: &kernel) }
  }

  /// Asks about the flows that are left.
  package mutating func flush(kernel: inout Kernel) throws(KernelError) {
    guard !queries.isEmpty else { return }
    let answers = try kernel.lookup(queries)
    let decisions = try decider.decide(waiting.map { Decider.Subject($0) }, for: .query)
    for ((flow, decision), answer) in zip(zip(waiting, decisions), answers) { compare(flow, decision, answer) }
    waiting.removeAll(keepingCapacity: true)
    queries.removeAll(keepingCapacity: true)
  }

  private mutating func compare(_ flow: Flow, _ decision: Decision, _ answer: RouteAnswer) {
    compared += 1
    if decision.isHashed, decision.outcome != .undetermined { hashed += 1 }
    switch Comparison(decision, answer, name: decider.table.interfaceName) {
    case .equal: break
    case .uncertain:
      uncertain += 1
      caveats.formUnion(decision.caveats)
    case .different(let predicted, let kernel):
      mismatchCount += 1
      if mismatches.count < Self.keptMismatches {
        let reason = Comparison.reason(
          decision, answer, in: decider.table.state, tableName: tableName)
        mismatches.append(Mismatch(flow: flow, predicted: predicted, kernel: kernel, reason: reason))
      }
    }
  }
}

extension DissectedPacket {
  /// Whether a query can stand for the packet: it knows no malformed headers, and nothing that was not captured.
  fileprivate var isForwardable: Bool { facts?.fault == nil && !isTruncated }
}
