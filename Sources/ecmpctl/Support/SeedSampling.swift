import FlowSources
import Forwarding
import Placement
import Routing

/// Finds out of portions of a stream what is hashed of its flows, and where each hash leads.
struct SamplingWorker: PortionWorker {
  private var divider: FlowDivider
  private var reader: PortionReader
  private let upstream: UpstreamRouters?
  private let passesOver: Bool
  /// Lines that were passed over.
  private(set) var bad = 0

  /// - Parameters:
  ///   - upstream: the routers before this one.
  ///   - passesOver: whether a bad line is reported and counted, and does not end the work.
  init(_ table: ForwardingTable, upstream: UpstreamRouters?, passesOver: Bool) {
    self.upstream = upstream
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
      let packet = subject?.packet
      switch upstream?.arrival(of: flow, packet: packet) {
      case .elsewhere?: sample.addElsewhere(weight: weight)
      case .unknown?: sample.add(nil, [], weight: weight)
      case .here(let branch)?:
        sample.add(divider.dependence(of: flow, packet: packet), divider.divisions, branch: branch, weight: weight)
      case nil: sample.add(divider.dependence(of: flow, packet: packet), divider.divisions, weight: weight)
      }
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
    _ input: consuming sending PredictionInput, table: ForwardingTable, upstream: UpstreamRouters?
  ) throws -> (sample: SeedSample, bad: Int) {
    let worker = SamplingWorker(table, upstream: upstream, passesOver: input.passesOver)
    var sink = SamplingSink()
    let (workers, unread) = try PortionPipeline.run(
      input, worker: worker, sink: &sink, numbersFlows: false, label: "reading flows")
    return (sink.sample, workers.reduce(unread) { $0 + $1.bad })
  }
}
