import Forwarding
import Glibc
import HashLanes
import Synchronization

/// What a thread does with portions of the input.
protocol PortionWorker: Sendable {
  /// What comes of a portion.
  associatedtype Product: Sendable

  /// - Parameters:
  ///   - index: the number of the portion's first flow, where flows are numbered and none is passed over.
  /// - Returns: the product, and what ended the reading before the end of the portion.
  mutating func run(_ portion: PredictionPortion, index: Int) -> (product: Product, failure: CommandFailure?)
}

/// What takes the products of all threads in input order.
protocol PortionSink: Sendable {
  associatedtype Product: Sendable

  mutating func take(_ product: Product) throws

  /// Writes out what was taken, where that is of use although not everything was.
  mutating func flush() throws
}

/// Works on a stream with all CPUs, in input order.
///
/// Each thread takes a portion of the input, works on it and hands the product in. Memory is bounded: no more than
/// `mostPortions` for each thread are on their way, each of half a megabyte of input at the most, and what is made of it.
enum PortionPipeline<Worker: PortionWorker, Sink: PortionSink> where Worker.Product == Sink.Product {
  /// Portions between the one whose product is taken next and the one that is read next, for each thread.
  private static var mostPortions: Int { 4 }

  private final class Lane: Sendable {
    let worker: Mutex<Worker>
    init(_ worker: Worker) { self.worker = Mutex(worker) }
  }

  /// Works on everything.
  ///
  /// - Parameters:
  ///   - worker: the beginning of each thread's.
  ///   - numbersFlows: whether the workers are told the numbers of flows, which costs a look at all lines.
  ///   - label: what a terminal is told of the progress.
  ///   - printsMeanwhile: whether the sink prints before the end, which must not be on the same terminal.
  /// - Returns: the workers and the sink at the end, and how many lines or frames were passed over.
  /// - Throws: what stands in the way, after the sink has taken everything before it.
  static func run(
    _ input: consuming sending PredictionInput, worker: Worker, sink: inout Sink, numbersFlows: Bool, label: String,
    printsMeanwhile: Bool = false
  ) throws -> (workers: [Worker], bad: Int) {
    // Bad lines are reported in their order, and how many there are tells which number the next flow has.
    let threads = input.passesOver ? 1 : Processors.count
    let outlet = PortionOutlet(sink)
    let feed = PortionFeed(input, numbersFlows: numbersFlows, most: mostPortions * threads)
    let lanes = (0..<threads).map { _ in Lane(worker) }
    // A thread that can not be had leaves its share to the others.
    let helpers = lanes.dropFirst().compactMap { lane in
      WorkerThread { lane.worker.withLock { worker in while step(&worker, feed, outlet) {} } }
    }
    var progress = ProgressLine(label, besideOutput: printsMeanwhile)
    lanes[0].worker.withLock { worker in
      while step(&worker, feed, outlet) {
        if let (done, total) = feed.progress { progress.update(done, of: total) }
      }
    }
    for helper in helpers { helper.join() }
    progress.end()
    sink = try outlet.finish()
    return (lanes.map { $0.worker.withLock { $0 } }, feed.bad)
  }

  /// Works on one portion.
  ///
  /// - Returns: false when there is none.
  private static func step(_ worker: inout Worker, _ feed: PortionFeed, _ outlet: PortionOutlet<Sink>) -> Bool {
    switch feed.take(outlet.state) {
    case .portion(let portion, let number, let index):
      let (product, failure) = worker.run(portion, index: index)
      outlet.put(product, failure, number: number)
      return true
    case .failure(let failure, let number):
      outlet.put(nil, failure, number: number)
      return false
    case .wait: return true
    case .end: return false
    }
  }
}
