package import Planning
package import Routing

/// The findings of a check for people and programs, with commands that can be pasted.
package struct CheckReport: Sendable {
  /// A finding, with what is typed to be rid of it.
  package struct Line: Hashable, Sendable {
    package let finding: Finding
    /// Commands for a shell, in this order; empty where none helps, or where `ip` can not be told.
    package let commands: [String]
  }

  /// The most severe first; those below the threshold are left out.
  package let lines: [Line]
  /// How many are below the threshold.
  package let hidden: Int
  let threshold: Finding.Severity

  /// - Parameters:
  ///   - namespace: the namespace that the state is of, as it was named: commands are to be run in it; nil for that of the
  ///     shell.
  package init(
    _ findings: [Finding], threshold: Finding.Severity, in state: RoutingState, namespace: String? = nil
  ) {
    let text = IPCommandText(state)
    let prefix = namespace.map(Self.prefix) ?? ""
    let shown = findings.filter { $0.severity >= threshold }
    lines = shown.map { finding in
      Line(finding: finding, commands: Self.commands(finding, text).map { Self.isOfMachine($0) ? $0 : prefix + $0 })
    }
    hidden = findings.count - shown.count
    self.threshold = threshold
  }

  /// Runs a command in a namespace, named as for `--netns`.
  private static func prefix(_ namespace: String) -> String {
    if namespace.contains("/") { return "nsenter --net=\(FixText.word(namespace)) " }
    if namespace.allSatisfy(\.isNumber) { return "nsenter --target \(namespace) --net " }
    return "ip netns exec \(FixText.word(namespace)) "
  }

  /// Whether the command is about the machine, wherever it is run.
  private static func isOfMachine(_ command: String) -> Bool {
    ["systemctl ", "mkdir ", "printf "].contains { command.hasPrefix($0) }
  }

  /// All of them, or none: half of a fix is worse.
  private static func commands(_ finding: Finding, _ text: IPCommandText) -> [String] {
    let commands = finding.fix.map { fix -> String? in
      switch fix {
      case .command(let command): command
      case .change(let change): text.line(change).map { "ip " + $0 } ?? tuning(change)
      }
    }
    return commands.contains(nil) ? [] : commands.compactMap(\.self)
  }

  /// What does the same where `ip` can not be told.
  private static func tuning(_ change: PlannedChange) -> String? {
    guard case .replaceGroup(let old, let new) = change, new.kind == .resilient, old.resilient == new.resilient else {
      return nil
    }
    let members = new.members.map { $0.weight == 1 ? "\($0.id)" : "\($0.id),\($0.weight)" }.joined(separator: "/")
    return "ecmpctl resilient tune --group \(new.id) --members \(members)"
  }
}
