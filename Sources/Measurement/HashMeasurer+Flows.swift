package import Forwarding
package import KernelRouting
package import MultipathHash
package import Routing

extension HashMeasurer {
  /// A flow whose hash may be wanted, with the packet that it was made of where there is one.
  package struct Subject: Sendable {
    package var flow: Flow
    package var packet: DissectedPacket?
    /// The whole packet, from the network header on, where it is at hand: any hash of it can be measured by itself.
    package var bytes: [UInt8]?

    package init(_ flow: Flow, packet: DissectedPacket? = nil, bytes: [UInt8]? = nil) {
      self.flow = flow
      self.packet = packet
      self.bytes = bytes
    }
  }

  /// How many hashes one decision may need one after the other: a connecting socket looks up twice.
  private static let rounds = 3

  /// The hashes that `table` needs to decide each flow; none where it needs none, or none can be had.
  package mutating func hashes(
    of subjects: [Subject], for question: ForwardingTable.Question = .traffic, in table: ForwardingTable
  ) throws(KernelError) -> [[HashMeasurement]] {
    var known = [[HashMeasurement]](repeating: [], count: subjects.count)
    var open = Array(subjects.indices)
    for _ in 0..<Self.rounds where !open.isEmpty {
      var wanted: [(index: Int, need: HashNeed)] = []
      for index in open {
        let subject = subjects[index]
        let needs = table.needs(of: subject.flow, packet: subject.packet, for: question, measured: known[index])
        for need in needs { wanted.append((index, need)) }
      }
      let hashes = try measure(
        wanted.map { index, need in
          HashQuestion(
            need.trace, hasher: table.hasher(subjects[index].flow.family),
            weights: need.route.flatMap { table.weights(ofRoute: $0) }, packet: subjects[index].bytes)
        })
      var progress: Set<Int> = []
      for (wish, hash) in zip(wanted, hashes) {
        guard let hash else { continue }
        known[wish.index].append(HashMeasurement(wish.need, hash))
        progress.insert(wish.index)
      }
      open = open.filter { progress.contains($0) }
    }
    return known
  }
}
