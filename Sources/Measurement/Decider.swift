package import Forwarding
package import KernelRouting
import MultipathHash
import Routing

/// Decides where flows go, by a key or by measured hashes.
package struct Decider: ~Copyable {
  package typealias Subject = HashMeasurer.Subject

  /// How many flows are decided at once: enough for measuring to be fast, few enough for the memory.
  package static let batch = 2048

  package let table: ForwardingTable
  /// Whether hashes are measured where the table lacks the key.
  package let measures: Bool
  /// Made for the first flow that needs it.
  private var measurer: HashMeasurer?
  /// Made for the first flows that no hash is measured for.
  private var batches: BatchDecider?
  private var decisions = DecisionBatch()

  /// - Parameter measures: Whether to measure where the table lacks the key; it takes the privilege for a namespace.
  package init(_ table: ForwardingTable, measures: Bool = false) {
    self.table = table
    self.measures = measures
    measurer = nil
  }

  /// The hashes that the decisions need and that a key does not give.
  package mutating func hashes(
    of subjects: [Subject], for question: ForwardingTable.Question = .traffic
  ) throws(KernelError) -> [[HashMeasurement]] {
    guard measures else { return [[HashMeasurement]](repeating: [], count: subjects.count) }
    if measurer == nil { measurer = try HashMeasurer() }
    return try measurer?.hashes(of: subjects, for: question, in: table) ?? []
  }

  /// Where each flow goes, in order.
  package mutating func decide(
    _ subjects: [Subject], for question: ForwardingTable.Question = .traffic
  ) throws(KernelError) -> [Decision] {
    if !measures, question == .traffic, subjects.allSatisfy({ $0.packet == nil }) {
      return decideTogether(subjects.map(\.flow))
    }
    let hashes = try hashes(of: subjects, for: question)
    return zip(subjects, hashes).map { subject, hash in
      table.decide(subject.flow, packet: subject.packet, for: question, measured: hash)
    }
  }

  private mutating func decideTogether(_ flows: [Flow]) -> [Decision] {
    var decider = batches ?? BatchDecider(table)
    // One copy alone, or all that it knows is copied with it.
    batches = nil
    defer { batches = decider }
    decider.decide(flows, into: &decisions)
    return flows.indices.map { decider.decision($0, of: decisions) }
  }

  /// Where one flow goes, with every step.
  package mutating func explain(_ subject: Subject) throws(KernelError) -> (Decision, DecisionTrace) {
    let hashes = try hashes(of: [subject]).first ?? []
    return table.explain(subject.flow, packet: subject.packet, measured: hashes)
  }
}
