import Routing
import TestSupport
import Testing

/// One of four ways to an anycast address fails and returns under real flows: those that are seen to move are those that
/// `whatif --list moved` has named before.
@Suite("Live moves")
struct LiveMoveTests {
  private static let flows = 400

  /// Predicts a change, makes it, and looks.
  ///
  /// - Parameter ways: the link of every flow by source port, before the change and then after it.
  /// - Returns: the flows that moved.
  private static func change(
    _ commands: [String], _ traffic: MoveTraffic, _ ways: inout [UInt16: String], _ title: String
  ) throws -> Set<Move> {
    try withTemporaryDirectory { directory in
      let predicted = try Move.predicted(commands, traffic, directory)
      try run("ip -batch \(directory)/change.batch")
      // IPv6 takes a link that came up into use a moment later.
      if commands.contains(where: { $0.hasSuffix(" up") }) {
        try run("until ip link show \(MoveLab.failing) | grep -q 'state UP'; do sleep 0.05; done; sleep 0.2")
      }
      let after = try traffic.send()
      #expect(after.count == Self.flows, "\(title): \(after.count) of \(Self.flows) flows came out")
      let observed = Move.observed(ways, after)
      let differing = observed.symmetricDifference(predicted).map(\.description).sorted()
      #expect(differing.prefix(4) == [], "\(title): \(predicted.count) predicted, \(observed.count) observed")
      ways = after
      return observed
    }
  }

  @Test(
    "a member fails and returns, and the flows that move are those that were predicted",
    arguments: AddressFamily.allCases, MoveLab.Kind.allCases)
  func failAndReturn(family: AddressFamily, kind: MoveLab.Kind) throws {
    let lab = MoveLab(family: family, kind: kind)
    try withNetworkNamespace {
      try run(lab.script)
      let traffic = try MoveTraffic(lab, flows: Self.flows)
      var ways = try traffic.send()
      let start = ways
      let own = ways.values.count { $0 == MoveLab.failing }
      try #require(ways.count == Self.flows && own > 50, "\(lab): \(ways.count) flows, \(own) on the failing link")

      let lost = try Self.change(lab.failure, traffic, &ways, "\(lab) fails")
      #expect(lost.count { $0.hadTo } == own && lost.filter(\.hadTo).allSatisfy { $0.from == MoveLab.failing })
      let returned = try Self.change(lab.recovery, traffic, &ways, "\(lab) returns")
      guard kind == .resilient else {
        // Neighbouring ranges shift, and shift back.
        #expect(lost.count > own + 10)
        #expect(returned.count == lost.count && ways == start)
        return
      }
      #expect(lost.count == own)
      #expect(returned.isEmpty, "every bucket was in use")
      try run("sleep 1.1")
      let idle = try Self.change(lab.relaxation, traffic, &ways, "\(lab) returns to idle flows")
      #expect(idle.count > 50 && idle.allSatisfy { $0.to == MoveLab.failing })
    }
  }
}
