import Captures
import Forwarding
import Measurement
import MultipathHash
import Routing

/// One thing to predict: a flow, or a frame with the flow that it belongs to.
struct PredictionSubject: Sendable {
  /// nil for a frame that carries no packet.
  var flow: Flow?
  var packet: DissectedPacket?
  /// The frame that the packet was in.
  private var frame: CaptureFrame?
  /// Why the frame can not be taken apart.
  var fault: PacketFault?
  /// What reports sum up; the bytes of a frame.
  var weight: UInt64

  init(_ flow: Flow) {
    self.flow = flow
    weight = flow.weight
  }

  /// - Parameter arrival: how frames arrive: ingress interface, mark and layer-4 hash.
  init(_ frame: CaptureFrame, arrival: Flow) {
    self.frame = frame
    weight = UInt64(frame.originalLength)
    do throws(PacketFault) {
      let packet = try frame.dissect()
      var flow = packet.flow(inputInterface: arrival.inputInterface)
      flow.mark = arrival.mark
      flow.layer4Hash = arrival.layer4Hash
      flow.weight = weight
      self.flow = flow
      self.packet = packet
    } catch {
      fault = error
    }
  }

  /// nil for a frame that carries no packet.
  var family: AddressFamily? { flow?.family ?? frame?.family }

  /// What becomes of each of them, in order.
  static func decisions(_ subjects: [PredictionSubject], _ decider: inout Decider) throws -> [Decision] {
    let isMeasuring = decider.measures
    var decided = try decider.decide(subjects.compactMap { $0.question(isMeasuring: isMeasuring) })[...]
    return subjects.map { subject in
      subject.fault.map { Decision(fault: $0) } ?? decided.popFirst() ?? Decision(outcome: .undetermined)
    }
  }

  /// What becomes of it, with every step.
  func explanation(_ decider: inout Decider) throws -> (Decision, DecisionTrace) {
    if let fault { return (Decision(fault: fault), DecisionTrace()) }
    return try question(isMeasuring: decider.measures).map { try decider.explain($0) }
      ?? (Decision(outcome: .undetermined), DecisionTrace())
  }

  /// Measuring takes the whole packet along: some hashes can be measured of no other one.
  private func question(isMeasuring: Bool) -> Decider.Subject? {
    guard fault == nil, let flow else { return nil }
    return Decider.Subject(flow, packet: packet, bytes: isMeasuring ? frame?.packetBytes : nil)
  }
}
