import Measurement

/// Reads what is to be predicted, many at a time.
enum SubjectBatches {
  /// Hands on batch after batch, in input order; a smaller one where more can not be read without waiting.
  ///
  /// What can not be read ends the reading, but not before what stands above it is handed on.
  ///
  /// - Returns: how many lines or frames were passed over.
  static func forEach(
    of input: consuming PredictionInput, _ body: ([PredictionSubject]) throws -> Void
  ) throws -> Int {
    var batch: [PredictionSubject] = []
    // A regular file is there.
    let mayWait = input.progress() == nil
    var isAtEnd = false
    var failure: CommandFailure?
    while !isAtEnd {
      do throws(CommandFailure) {
        let subject = try input.next()
        if let subject { batch.append(subject) }
        isAtEnd = subject == nil
      } catch {
        failure = error
        isAtEnd = true
      }
      let isWanted = isAtEnd || batch.count == Decider.batch || (mayWait && !input.isReady(within: 0))
      guard isWanted else { continue }
      try body(batch)
      batch.removeAll(keepingCapacity: true)
    }
    if let failure { throw failure }
    return input.bad
  }
}
