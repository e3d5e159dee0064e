import Forwarding
import MultipathHash
import Placement
import Routing
import Testing

@Suite("What hash-threshold moves when one of N equal members is removed (RFC 2992)")
struct ThresholdOverlapTests {
  /// The hashes of 200000 flows, in ascending order.
  private static let hashes: [UInt32] = {
    let lab = MultipathLab.equal(2)
    let hasher = ForwardingTable(lab.state).hasher(.ipv4)
    return lab.flows(200_000).map { hasher.hash($0, as: .packet) >> 1 }.sorted()
  }()

  private static func spread(_ lab: MultipathLab) -> Spread { ForwardingTable(lab.state).spread(ofRoute: 0) }

  /// How many of the hashes are not above a bound.
  private static func count(upTo bound: UInt32) -> Int {
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] <= bound { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The part of the hashes that lie in ranges of different members before and after.
  private static func measured(_ before: Spread, _ after: Spread) -> Double {
    func interface(_ spread: Spread, _ hash: UInt32) -> UInt32? {
      spread.ranges.first { hash <= $0.last }.map { spread.members[$0.member].choice.interface }
    }
    var (below, moved) = (0, 0)
    for bound in Set((before.ranges + after.ranges).map(\.last)).sorted() {
      let count = count(upTo: bound)
      if interface(before, bound) != interface(after, bound) { moved += count - below }
      below = count
    }
    #expect(below == hashes.count)
    return Double(moved) / Double(hashes.count)
  }

  @Test(
    "The closed form has the known values",
    arguments: [
      (2, [1, 2], [1, 2]), (3, [1, 2], [1, 3]), (4, [1, 2], [1, 3]), (5, [1, 2], [3, 10]), (8, [1, 2], [2, 7]),
      (16, [1, 2], [4, 15]), (32, [1, 2], [8, 31]), (64, [1, 2], [16, 63]),
    ] as [(Int, [Double], [Double])])
  func closedForm(count: Int, end: [Double], middle: [Double]) {
    #expect(ThresholdOverlap.movedShare(removing: 1, of: count) == end[0] / end[1])
    #expect(ThresholdOverlap.movedShare(removing: count, of: count) == end[0] / end[1])
    #expect(abs(ThresholdOverlap.movedShare(removing: (count + 1) / 2, of: count) - middle[0] / middle[1]) < 1e-12)
    // The mean over all members is 1/3 and 1/(3N).
    let mean = (1...count).reduce(0) { $0 + ThresholdOverlap.movedShare(removing: $1, of: count) } / Double(count)
    #expect(abs(mean - (1.0 / 3 + 1 / (3 * Double(count)))) < 1e-12)
  }

  @Test("The share of five members, one after the other")
  func five() {
    let shares = (1...5).map { ThresholdOverlap.movedShare(removing: $0, of: 5) }
    #expect(zip(shares, [0.5, 0.35, 0.3, 0.35, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("Of 200000 real hashes as many move as the closed form says, within 0.5 %", arguments: 2...64)
  func measuredShare(count: Int) {
    let lab = MultipathLab.equal(count)
    let before = Self.spread(lab)
    for position in Set([1, (count + 1) / 2, count]) {
      let after = Self.spread(lab.without(UInt32(position)))
      let closed = ThresholdOverlap.movedShare(removing: position, of: count)
      // Bounds are whole numbers, so that the ranges are not quite equal.
      #expect(abs((ThresholdOverlap.movedShare(before: before, after: after) ?? 0) - closed) < 1e-6)
      let measured = Self.measured(before, after)
      #expect(abs(measured - closed) < 0.005, "\(position) of \(count): \(measured), not \(closed)")
    }
  }

  @Test("Any weights, dead legs and failed neighbours: the overlap is what the hashes show", arguments: 1...12)
  func weights(round: Int) {
    var before = MultipathLab.equal(2 + round % 5, round % 2 == 0 ? .legacy : .threshold)
    for index in before.members.indices { before.members[index].weight = UInt32(1 + (index * 7 + round * 3) % 11) }
    var after = before
    after.members[round % after.members.count].weight += 5
    if round % 3 == 0 { after.members[0].isDead = before.kind == .legacy }
    if round % 4 == 1 { after.members[1].neighbour = .failed }
    let (old, new) = (Self.spread(before), Self.spread(after))
    let expected = ThresholdOverlap.movedShare(before: old, after: new) ?? -1
    #expect(abs(Self.measured(old, new) - expected) < 0.005)
    #expect(expected > 0)
  }

  @Test("The flows that a report counts move by the expected share")
  func report() throws {
    let lab = MultipathLab.equal(5, .legacy)
    let flows = lab.flows(4000)
    let (disruption, _) = lab.change(to: lab.without(3), flows, comparesSchemes: true)
    let threshold = try #require(disruption.comparison?.threshold)
    #expect(threshold.flows == 4000)
    #expect(threshold.moved == disruption.moved.flows)
    #expect(abs(threshold.expected - 0.3) < 1e-6)
    #expect(abs(Double(threshold.moved) / 4000 - 0.3) < 0.02)
    // From one nexthop to two: half of the flows.
    let (grown, _) = lab.without(1, 2, 3, 4).change(to: lab.without(1, 2, 3), flows, comparesSchemes: true)
    #expect(abs((grown.comparison?.threshold?.expected ?? 0) - 0.5) < 1e-6)
    #expect(grown.comparison?.compared.flows == 4000)
    let resilient = MultipathLab.equal(5, .resilient)
    #expect(
      resilient.change(to: resilient.without(3), flows, comparesSchemes: true).disruption.comparison?.threshold == nil)
  }
}
