import Synchronization

/// How far the products of portions are taken.
final class PortionProgress: Sendable {
  /// How many were taken.
  let taken = Atomic<Int>(0)
  /// Whether nothing more will be.
  let isOver = Atomic<Bool>(false)
}

/// Hands products to a sink in the order of their portions, whichever is ready first.
final class PortionOutlet<Sink: PortionSink>: Sendable {
  private struct Entry {
    var product: Sink.Product?
    var failure: CommandFailure?
  }

  private struct State {
    var sink: Sink
    var waiting: [Int: Entry] = [:]
    var failure: (any Error)?
  }

  let state = PortionProgress()
  private let locked: Mutex<State>

  init(_ sink: Sink) { locked = Mutex(State(sink: sink)) }

  /// Takes a product, or keeps it until its turn comes.
  ///
  /// - Parameter failure: what ended the work on the portion; nothing behind it is taken.
  func put(_ product: Sink.Product?, _ failure: CommandFailure?, number: Int) {
    locked.withLock { locked in
      locked.waiting[number] = Entry(product: product, failure: failure)
      while locked.failure == nil, let entry = locked.waiting.removeValue(forKey: state.taken.load(ordering: .relaxed))
      {
        do {
          if let product = entry.product { try locked.sink.take(product) }
          locked.failure = entry.failure
        } catch {
          locked.failure = error
        }
        state.taken.add(1, ordering: .relaxed)
      }
      if locked.failure != nil {
        locked.waiting = [:]
        state.isOver.store(true, ordering: .relaxed)
      }
    }
  }

  /// The sink, when all threads are done.
  ///
  /// - Throws: what ended the work before the end.
  func finish() throws -> Sink {
    try locked.withLock { locked in
      if let failure = locked.failure {
        if failure is CommandFailure { try locked.sink.flush() }
        throw failure
      }
      return locked.sink
    }
  }
}
