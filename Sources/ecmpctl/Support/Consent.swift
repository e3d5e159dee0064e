import Files

/// The question before something is changed.
enum Consent {
  /// Whether there is somebody to be asked.
  static var isToBeAsked: Bool { StandardStream.inputIsTerminal }

  /// Asks, and goes on only after a yes.
  ///
  /// - Parameters:
  ///   - question: without its mark.
  ///   - isGiven: whether the command line has answered.
  static func ask(_ question: String, isGiven: Bool) throws(CommandFailure) {
    guard !isGiven else { return }
    guard isToBeAsked else {
      throw CommandFailure.usage("nobody is there to be asked; look at the plan with --dry-run, and add --yes")
    }
    StandardStream.error.write("\(question)? [y/N] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw CommandFailure(.negative, "nothing was changed")
    }
  }
}
