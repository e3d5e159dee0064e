import Captures
import FlowSources
import Forwarding
import MultipathHash
import Routing

/// Reads a portion, some flows at a time.
struct PortionReader: Sendable {
  private let table: ForwardingTable
  private var portion = Self.nothing
  private var plain: PlainFrames?
  /// The flows that were read last.
  private(set) var flows = FlowColumns()
  /// What stands aside there, where that are frames.
  private var frames: [PredictionSubject] = []

  /// The portion behind the last flow.
  private static let nothing = PredictionPortion.flows(FlowColumns(capacity: 0))

  init(_ table: ForwardingTable) { self.table = table }

  /// Begins another portion.
  mutating func begin(_ portion: PredictionPortion) {
    self.portion = portion
    guard plain == nil, case .frames(let block, let arrival) = portion else { return }
    plain = PlainFrames(block.linkType, arrival: arrival, longest: Int(table.smallestMTU4))
  }

  /// Reads the next flows of the portion; none at its end.
  ///
  /// - Throws: `FlowInputError` for a bad line; `flows` are those before it.
  mutating func read() throws(FlowInputError) {
    flows.removeAll()
    frames.removeAll(keepingCapacity: true)
    switch portion {
    case .lines(var lines):
      // There is one copy of them alone, or all of them are copied.
      portion = Self.nothing
      let table = table
      defer { portion = .lines(lines) }
      try lines.read(into: &flows) { table.interfaceIndex($0) }
    case .frames(var block, let arrival):
      portion = Self.nothing
      readFrames(&block, arrival)
      portion = .frames(block, arrival: arrival)
    case .generated(var generated):
      while !flows.isFull, let flow = generated.next() { flows.append(flow) }
      portion = .generated(generated)
    case .flows(let columns):
      portion = Self.nothing
      if columns.count > 0 { flows = columns }
    }
  }

  private mutating func readFrames(_ block: inout CaptureBlock, _ arrival: Flow) {
    while !flows.isFull {
      if let plain, block.readPlain(plain, into: &flows) { return }
      guard let frame = block.next() else { return }
      let subject = PredictionSubject(frame, arrival: arrival)
      flows.append(aside: subject.flow, weight: subject.weight)
      frames.append(subject)
    }
  }

  /// What is to be predicted at a place of `flows`.
  func subject(_ place: Int) -> PredictionSubject? {
    if flows.kinds[place].isOther, !frames.isEmpty { return frames[Int(flows.sources4[place])] }
    return flows.flow(at: place).map { PredictionSubject($0) }
  }

  /// What becomes of what stands aside at a place of `flows`.
  func decide(aside place: Int, by table: ForwardingTable) -> Decision {
    guard !frames.isEmpty else {
      return flows.flow(at: place).map { table.decide($0) } ?? Decision(outcome: .undetermined)
    }
    let subject = frames[Int(flows.sources4[place])]
    if let fault = subject.fault { return Decision(fault: fault) }
    return subject.flow.map { table.decide($0, packet: subject.packet) } ?? Decision(outcome: .undetermined)
  }
}
