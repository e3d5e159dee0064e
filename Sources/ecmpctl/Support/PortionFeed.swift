import Glibc
import Synchronization

/// Where threads get portions of the input from, numbered in their order.
final class PortionFeed: Sendable {
  /// What a thread is given.
  enum Taken {
    /// - Parameter index: the number of the first flow.
    case portion(PredictionPortion, number: Int, index: Int)
    /// The input can not be read on.
    case failure(CommandFailure, number: Int)
    /// Nothing yet; the thread has waited a moment.
    case wait
    case end
  }

  private struct State: ~Copyable {
    var input: PredictionInput
    var number = 0
    var index = 0
    var isOver = false
  }

  private let state: Mutex<State>
  private let numbersFlows: Bool
  private let most: Int

  /// - Parameters:
  ///   - numbersFlows: whether the numbers of flows are told.
  ///   - most: how many portions may be on their way.
  init(_ input: consuming sending PredictionInput, numbersFlows: Bool, most: Int) {
    state = Mutex(State(input: input))
    self.numbersFlows = numbersFlows
    self.most = most
  }

  /// The next portion.
  ///
  /// - Parameter outlet: what became of those before.
  func take(_ outlet: PortionProgress) -> Taken {
    let taken: Taken = state.withLock { state in
      guard !state.isOver, !outlet.isOver.load(ordering: .relaxed) else { return .end }
      // A failure further up ends everything, even where nothing more comes in.
      guard state.number - outlet.taken.load(ordering: .relaxed) < most, state.input.isReady(within: 50) else {
        return .wait
      }
      let number = state.number
      do throws(CommandFailure) {
        guard let portion = try state.input.takePortion() else {
          state.isOver = true
          return .end
        }
        let index = state.index
        state.number += 1
        if numbersFlows { state.index += portion.count }
        return .portion(portion, number: number, index: index)
      } catch {
        state.isOver = true
        return .failure(error, number: number)
      }
    }
    // A thread that is far ahead of the slowest one.
    if case .wait = taken { usleep(100) }
    return taken
  }

  /// How many bytes of the file were read so far, and how many there are; nil where that is not known.
  var progress: (done: UInt64, total: UInt64)? { state.withLock { $0.input.progress() } }

  /// How many lines or frames were passed over.
  var bad: Int { state.withLock { $0.input.bad } }
}
