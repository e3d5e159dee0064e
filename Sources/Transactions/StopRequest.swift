internal import Netlink

/// What wants a transaction to end: the first signal that has come, which is not forgotten.
final class StopRequest {
  private let signals: SignalWatch?
  /// nil while none has come.
  private(set) var signal: Int32?

  /// - Parameter signals: nil where nothing ends it.
  init(_ signals: consuming SignalWatch?) { self.signals = signals }

  /// Whether one has come by now.
  func hasCome() -> Bool {
    if signal == nil { signal = signals?.next() }
    return signal != nil
  }

  /// Why everything is undone.
  var undoing: TransactionError.Undoing {
    TransactionError.Undoing(kind: .signal, cause: "stopped by signal \(signal ?? 0)")
  }
}
