import ArgumentParser
import JSON
import Planning
import Rendering
import Transactions

/// `ecmpctl check`: what is wrong or risky.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: "ecmpctl",
    abstract: "Say what is wrong or risky here, each finding with its fix.",
    discussion: """
      The whole state is looked at and nothing is changed. Each finding has a severity (note, warning, or
      refusal: what resilient plan would refuse to make), a code that the manual page explains, and where there
      is one a command that can be pasted. Many routes with one problem are one finding.

      The exit status is 1 when something of the severity asked for, or above, is found.

      EXAMPLES
        ecmpctl check
        ecmpctl check --severity note
        ecmpctl check --severity refusal -j
        ecmpctl check --snapshot spine02.json -4
        ecmpctl check -j | jq -r '.[].fix // empty'
      """)

  @Option(help: ArgumentHelp("The least severity that counts: note, warning or refusal.", valueName: "level"))
  var severity: Severity = .warning

  @Flag(name: .shortAndLong, help: "Every command of a fix, also where there are many.")
  var details = false

  @Option(
    help: ArgumentHelp(
      "The directory that tells which groups resilient guard keeps (default: \(TransactionDirectory.standardPath)).",
      valueName: "dir"))
  var journal: String?

  @OptionGroup var source: SourceOptions
  @OptionGroup var format: JSONOptions

  /// The words for severities.
  enum Severity: String, WordArgument {
    case note, warning, refusal

    var level: Finding.Severity {
      switch self {
      case .note: .note
      case .warning: .warning
      case .refusal: .refusal
      }
    }
  }

  func validate() throws { try source.check(journal: journal) }

  func run() throws {
    let state = try StateSource(source).completedState()
    var surroundings = CheckSurroundings()
    surroundings.bootSeed = RecoveredSeed.seed(for: state, source)
    if source.snapshot == nil { surroundings.look(in: TransactionDirectory(argument: journal)) }
    let findings = StateCheck.findings(in: state, family: source.family, surroundings: surroundings)
    let report = CheckReport(findings, threshold: severity.level, in: state, namespace: source.netns)
    var output = OutputBuffer()
    if format.json {
      var sink = JSONSink(format)
      report.write(to: &sink.json)
      sink.json.endLine()
      sink.move(to: &output)
    } else {
      report.appendText(to: &output.bytes, details: details)
    }
    try output.flush()
    guard report.lines.isEmpty else { throw CommandFailure(.negative, nil) }
  }
}
