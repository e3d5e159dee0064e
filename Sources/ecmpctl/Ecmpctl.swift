import ArgumentParser
import Files
import FlowSources
import Glibc
import KernelRouting
import Paths
import Shadow
import Snapshots
import Transactions

/// The command line: parses, runs one command, and turns every error into one line and an exit status.
@main
struct Ecmpctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecmpctl",
    abstract: "Show and predict how Linux places flows on equal-cost nexthops.",
    discussion: """
      EXAMPLES
        ecmpctl show                          every multipath route, with shares and liveness
        ecmpctl show policy                   what is hashed, and what else decides
        ecmpctl predict -s 10.2.0.100 -d 172.16.255.66 -p udp --sport 32700 --dport 53 -i swp51
        ecmpctl predict --flows flows.csv --output summary
        ecmpctl whatif --change 'nexthop del id 3' --flows flows.csv
        ecmpctl verify 172.16.255.66/32 --count 10000
        ecmpctl steer -s 10.2.0.100 -d 172.16.255.66 -p udp --dport 53 -i swp51
        ecmpctl check                         what is wrong or risky, with its fix

      EXIT STATUS
        0 done, 1 the answer is no, 2 wrong usage or unreadable input,
        3 the kernel refused, 4 missing privilege
      """,
    subcommands: [
      ShowCommand.self, PredictCommand.self, WhatIfCommand.self, VerifyCommand.self, SteerCommand.self,
      ResilientCommand.self, CheckCommand.self, TraceCommand.self, SeedCommand.self, SnapshotCommand.self,
      WatchCommand.self, MetricsCommand.self,
    ])

  @Flag(name: .customLong("version"), help: "Print the versions of ecmpctl, libnl and the running kernel.")
  var showsVersion = false

  func run() throws {
    guard showsVersion else { throw CleanExit.helpRequest(self) }
    try Version.print()
  }

  static func main() {
    StandardStream.openMissing()
    do {
      let arguments = CommandLine.arguments.dropFirst()
      if GlobalOptions.askForVersion(arguments) { return try Version.print() }
      var command = try parse(GlobalOptions.moved(arguments, below: Self.self))
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Parses the words of a command line.
  ///
  /// Most name a command in full: that alone then parses the rest, which spares the process a third of its start; it names
  /// the commands above it in its configuration, which spares it a look for requests of completions. Whatever it does not
  /// take (help, an option of another command, a mistake) is parsed from the root, for an answer that knows the command's
  /// place.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    var type: any ParsableCommand.Type = Self.self
    var rest = arguments[...]
    while let word = rest.first,
      let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == word })
    {
      type = next
      rest.removeFirst()
    }
    if type.configuration.subcommands.isEmpty, let command = try? type.parseAsRoot(Array(rest)),
      Swift.type(of: command) == type
    {
      return command
    }
    return try parseAsRoot(arguments)
  }

  /// Columns that no example has.
  private static let wide = 1000

  /// Help as wide as the terminal, but for its examples, each of which is one line that can be pasted.
  ///
  /// - Parameter wide: the same help without a line that was broken.
  static func helpText(_ text: String, wide: String) -> String {
    let (begin, end) = ("\nEXAMPLES\n", "\n\n")
    guard let start = text.firstRange(of: begin), let wideStart = wide.firstRange(of: begin),
      let stop = text[start.upperBound...].firstRange(of: end),
      let wideStop = wide[wideStart.upperBound...].firstRange(of: end)
    else { return text }
    return "\(text[..<start.upperBound])\(wide[wideStart.upperBound..<wideStop.lowerBound])\(text[stop.lowerBound...])"
  }

  /// Prints what was asked for in place of a command's work, and ends the process.
  private static func help(_ text: String) -> Never {
    do throws(FileError) {
      try StandardStream.output.write(Array((text + "\n").utf8))
    } catch {
      end(with: error)
    }
    Glibc.exit(0)
  }

  /// Says what went wrong in one line and ends the process with the status that belongs to it.
  private static func end(with error: any Error) -> Never {
    let failure: CommandFailure
    switch error {
    case SnapshotError.unwritable(_, let error) where error.isLostReader: StandardStream.endForLostReader()
    case let error as FileError where error.isLostReader: StandardStream.endForLostReader()
    default: failure = known(error) ?? failureOfParsing(error)
    }
    if let message = failure.message { complain(message) }
    Glibc.exit(failure.status.rawValue)
  }

  /// An error of a command as what is said of it.
  static func failure(of error: any Error) -> CommandFailure { known(error) ?? .usage(message(for: error)) }

  /// nil for errors of the command line.
  private static func known(_ error: any Error) -> CommandFailure? {
    switch error {
    case let error as CommandFailure: error
    case let error as KernelError: CommandFailure(error)
    case let error as TransactionError: CommandFailure(error)
    case let error as ShadowError: CommandFailure(error)
    case let error as SnapshotError: CommandFailure(error)
    case let error as TopologyError: .usage(error.description)
    case let error as FlowInputError: .usage(error.description)
    case let error as FileError: CommandFailure(error.isForbiddenOutput ? .privilege : .usage, error.description)
    default: nil
    }
  }

  /// What is wrong with the command line; where help is asked for, prints it and ends the process.
  private static func failureOfParsing(_ error: any Error) -> CommandFailure {
    let arguments = CommandLine.arguments.dropFirst()
    let words = ["ecmpctl"] + GlobalOptions.commandWords(arguments, below: Self.self)
    let hint = "(see \(words.joined(separator: " ")) --help)"
    if let commands = GlobalOptions.lackedCommands(arguments, below: Self.self) {
      return .usage("no command given: \(commands.joined(separator: ", ")) \(hint)")
    }
    if exitCode(for: error) == .success {
      help(helpText(fullMessage(for: error), wide: fullMessage(for: error, columns: wide)))
    }
    let lines = message(for: error).split(separator: "\n")
    var line = lines.first.map(String.init) ?? "wrong usage"
    // A list of what there is to choose from has a line for each.
    if line.hasSuffix(":") {
      line += " " + lines.dropFirst().map { $0.drop { " -".contains($0) } }.joined(separator: ", ")
    }
    if line.hasPrefix("Unknown option '"), let number = line.split(separator: "'").dropFirst().first,
      GlobalOptions.isNegativeNumber(String(number))
    {
      line = "\(number) stands where no negative number can"
    }
    return .usage("\(line) \(hint)")
  }
}
