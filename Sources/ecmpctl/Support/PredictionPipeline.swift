import FlowSources
import Forwarding
import HashLanes
import Placement
import Rendering
import Routing
import Synchronization

/// Predicts a CSV file of flows on all CPUs, in input order.
///
/// In each round every thread reads, decides and renders some lines of its own, while the results of the round before
/// are written and the lines of the next one are cut out of the file. Memory is that of two rounds, some 10 MB for each
/// CPU at the most, beside what the deciders keep.
struct PredictionPipeline: ~Copyable {
  /// Bytes of lines that a thread takes at a time: some milliseconds of work.
  private static let size = 1 << 20
  /// Flows that are decided together: few enough for the cache.
  private static let batch = 512

  /// What a thread is given.
  private enum Portion: Sendable {
    case lines(FlowLines)
    case flow(Flow)

    var flowCount: Int {
      switch self {
      case .lines(let lines): lines.flowCount
      case .flow: 1
      }
    }
  }

  /// What a thread has to itself.
  private struct Work: Sendable {
    var decider: BatchDecider
    var batch = DecisionBatch()
    var flows: [Flow] = []
    var rows: PredictionRows?
    var tally: BatchTally
    var portion: Portion?
    /// The number of the portion's first flow.
    var index = 0
    var output: [UInt8] = []
    var failure: FlowInputError?

    mutating func run() {
      switch portion {
      case .flow(let flow):
        flows = [flow]
        decide()
      case .lines(var lines):
        portion = nil
        let table = decider.table
        repeat {
          do throws(FlowInputError) {
            try lines.read(PredictionPipeline.batch, into: &flows) { table.interfaceIndex($0) }
          } catch {
            failure = error
          }
          decide()
        } while !flows.isEmpty && failure == nil
      case nil: break
      }
      portion = nil
    }

    private mutating func decide() {
      decider.decide(flows, into: &batch)
      if rows == nil {
        tally.add(batch, of: flows)
      } else {
        rows?.append(flows, batch, by: decider, index: index, to: &output)
      }
      index += flows.count
    }
  }

  private final class Lane: Sendable {
    let work: Mutex<Work>
    init(_ work: Work) { self.work = Mutex(work) }
  }

  private let lanes: [Lane]
  private var input: PredictionInput
  private var writer: PredictionWriter
  private var index = 0
  /// Why it ends before the end of the file.
  private var failure: CommandFailure?
  /// Whether a thread has met with a bad line, behind which nothing counts.
  private var hasFailed = false

  /// - Parameter decider: Of the flows, by a key.
  init(
    _ input: consuming PredictionInput, _ decider: BatchDecider, _ writer: consuming PredictionWriter,
    rows: PredictionRows?
  ) {
    let tally = writer.emptyTally
    lanes = (0..<Processors.count).map { _ in Lane(Work(decider: decider, rows: rows, tally: tally)) }
    self.input = input
    self.writer = writer
  }

  /// Reads, predicts and writes everything.
  ///
  /// - Throws: what stands in the way, after everything before it is written.
  consuming func run() throws {
    var portions = read()
    var finished: [[UInt8]] = []
    while !portions.isEmpty {
      let threads = start(portions)
      var writing: (any Error)?
      do { for bytes in finished { try writer.write(bytes) } } catch { writing = error }
      let next = read()
      for thread in threads { thread.join() }
      if let writing { throw writing }
      finished = collect(portions.count)
      portions = failure == nil || !hasFailed ? next : []
    }
    for bytes in finished { try writer.write(bytes) }
    if let failure {
      try writer.flush()
      throw failure
    }
    for lane in lanes { lane.work.withLock { writer.add($0.tally, shapes: $0.decider.shapes) } }
    try writer.finish()
  }

  /// The next portions, in order, one for each thread at the most; none at the end.
  private mutating func read() -> [Portion] {
    var portions: [Portion] = []
    guard failure == nil else { return portions }
    do throws(CommandFailure) {
      while portions.count < lanes.count {
        if let lines = try input.takeLines(Self.size) {
          portions.append(.lines(lines))
        } else if let flow = try input.next()?.flow {
          portions.append(.flow(flow))
        } else {
          break
        }
      }
    } catch {
      failure = error
    }
    return portions
  }

  private mutating func start(_ portions: [Portion]) -> [WorkerThread] {
    var threads: [WorkerThread] = []
    for (lane, portion) in zip(lanes, portions) {
      let first = index
      index += portion.flowCount
      lane.work.withLock {
        $0.portion = portion
        $0.index = first
      }
      // A thread that can not be had leaves its share to this one.
      if let thread = WorkerThread({ lane.work.withLock { $0.run() } }) {
        threads.append(thread)
      } else {
        lane.work.withLock { $0.run() }
      }
    }
    return threads
  }

  /// What the threads have written, up to the first that failed.
  private mutating func collect(_ count: Int) -> [[UInt8]] {
    var outputs: [[UInt8]] = []
    for lane in lanes.prefix(count) where !hasFailed {
      let (output, bad) = lane.work.withLock { work in
        defer { work.output = [] }
        return (work.output, work.failure)
      }
      outputs.append(output)
      if let bad {
        failure = .usage(bad.description)
        hasFailed = true
      }
    }
    return outputs
  }
}
