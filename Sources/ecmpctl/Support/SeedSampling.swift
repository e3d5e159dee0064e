import FlowSources
import Forwarding
import Placement
import Routing

/// Finds out of portions of a stream what is hashed of its flows, and where each hash leads.
struct SamplingWorker: PortionWorker {
  private var divider: FlowDivider
  private var reader: PortionReader
  private let passesOver: Bool
  /// Lines that were passed over.
  private(set) var bad = 0

  /// - Parameter passesOver: whether a bad line is reported and counted, and does not end the work.
  init(_ table: ForwardingTable, passesOver: Bool) {
    divider = FlowDivider(table)
    reader = PortionReader(table)
    self.passesOver = passesOver
  }

  mutating func run(
    _ portion: PredictionPortion, index: Int
  ) -> (product: SeedSample, failure: CommandFailure?) {
    var sample = SeedSample()
    reader.begin(portion)
    while true {
      var failure: FlowInputError?
      do throws(FlowInputError) { try reader.read() } catch { failure = error }
      for place in 0..<reader.flows.count { add(place, to: &sample) }
      if let failure {
        guard passesOver else { return (sample, .usage(failure.description)) }
        complain(failure.description)
        bad += 1
      } else if reader.flows.count == 0 {
        return (sample, nil)
      }
    }
  }

  private mutating func add(_ place: Int, to sample: inout SeedSample) {
    let weight = reader.flows.weights[place]
    let subject = reader.subject(place)
    if let fault = subject?.fault {
      sample.add(FlowDivider.Dependence.none(Decision(fault: fault)), [], weight: weight)
    } else if let flow = subject?.flow {
      let dependence = divider.dependence(of: flow, packet: subject?.packet)
      sample.add(dependence, divider.divisions, weight: weight)
    } else {
      sample.add(nil, [], weight: weight)
    }
  }
}

/// Gathers what is hashed of all flows.
struct SamplingSink: PortionSink {
  private(set) var sample = SeedSample()

  mutating func take(_ product: SeedSample) { sample.add(product) }

  mutating func flush() {}
}

extension SeedSample {
  /// Takes all flows of the input, on all CPUs.
  ///
  /// - Returns: the sample, and how many lines or frames were passed over.
  static func read(
    _ input: consuming sending PredictionInput, table: ForwardingTable
  ) throws -> (sample: SeedSample, bad: Int) {
    let worker = SamplingWorker(table, passesOver: input.passesOver)
    var sink = SamplingSink()
    let (workers, unread) = try PortionPipeline.run(
      input, worker: worker, sink: &sink, numbersFlows: false, label: "reading flows")
    return (sink.sample, workers.reduce(unread) { $0 + $1.bad })
  }
}
