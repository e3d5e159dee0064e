import Captures
import FlowSources
import MultipathHash
import Routing

/// Some of what is to be predicted, to be read by whichever thread has the time.
enum PredictionPortion: Sendable {
  case lines(FlowLines)
  case frames(CaptureBlock, arrival: Flow)
  case flows(FlowColumns)
  case generated(GeneratedFlows)

  /// Bytes of lines in a portion: some milliseconds of work.
  static let bytes = 1 << 19
  static let frames = 1 << 12
  static let flows = 1 << 10
  static let generated = 1 << 13

  /// How many predictions come of it, unless a line is bad.
  var count: Int {
    switch self {
    case .lines(let lines): lines.flowCount
    case .frames(let block, _): block.count
    case .flows(let flows): flows.count
    case .generated(let flows): flows.count
    }
  }
}
