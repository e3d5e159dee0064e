package import Forwarding
package import KernelRouting
package import MultipathHash
package import Routing

extension HashMeasurer {
  /// A flow whose hash may be wanted, with the packet that it was made of where there is one.
  package struct Subject: Sendable {
    package var flow: Flow
    package var packet: DissectedPacket?

    package init(_ flow: Flow, packet: DissectedPacket? = nil) {
      self.flow = flow
      self.packet = packet
    }
  }

  /// The hashes that `table` needs to decide each flow; nil where it needs none, or none can be had.
  ///
  /// The decisions are made a first time to see which of them want a hash, and for which route.
  package mutating func hashes(
    of subjects: [Subject], for question: ForwardingTable.Question = .traffic, in table: ForwardingTable
  ) throws(KernelError) -> [MeasuredHash?] {
    var indices: [Int] = []
    var questions: [HashQuestion] = []
    for (index, subject) in subjects.enumerated() {
      let decision = table.decide(subject.flow, packet: subject.packet, for: question)
      guard decision.caveats.contains(.seedUnknown) else { continue }
      indices.append(index)
      questions.append(
        HashQuestion(
          table.hashTrace(of: subject.flow, packet: subject.packet, for: question),
          hasher: table.hasher(subject.flow.family),
          weights: decision.route.flatMap { table.weights(ofRoute: $0) }))
    }
    var answers = [MeasuredHash?](repeating: nil, count: subjects.count)
    guard !questions.isEmpty else { return answers }
    for (index, hash) in zip(indices, try measure(questions)) { answers[index] = hash }
    return answers
  }
}
