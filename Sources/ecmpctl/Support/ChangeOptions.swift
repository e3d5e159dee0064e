import ArgumentParser
import Files
import Planning
import Rendering
import Routing

/// What is about to change: commands, and events that no command makes.
struct ChangeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A command of ip or sysctl -w that is about to be run, with or without the leading ip.", valueName: "command"))
  var change: [String] = []

  @Option(help: ArgumentHelp("A file for ip -batch; - is standard input.", valueName: "file"))
  var batch: [String] = []

  @Option(help: ArgumentHelp("An interface that goes down.", valueName: "dev"))
  var linkDown: [String] = []

  @Option(help: ArgumentHelp("An interface that loses its carrier.", valueName: "dev"))
  var carrierDown: [String] = []

  @Option(help: ArgumentHelp("A gateway that stops answering.", valueName: "address"))
  var neighFail: [String] = []

  @Option(help: ArgumentHelp("A gateway that answers again.", valueName: "address"))
  var neighOk: [String] = []

  @Option(help: ArgumentHelp("A setting, as for sysctl -w.", valueName: "key=value"))
  var sysctl: [String] = []

  /// The options, and where their values are.
  private static let options: [(name: String, values: any KeyPath<ChangeOptions, [String]> & Sendable)] = [
    ("--change", \.change), ("--batch", \.batch), ("--link-down", \.linkDown), ("--carrier-down", \.carrierDown),
    ("--neigh-fail", \.neighFail), ("--neigh-ok", \.neighOk), ("--sysctl", \.sysctl),
  ]

  /// Every change, in the order of the command line.
  ///
  /// - Parameter arguments: of the program; they alone tell the order of different options.
  /// - Throws: `usage` for the first change that can not be read; nothing is to be done then.
  func steps(_ arguments: [String], family: AddressFamily?) throws(CommandFailure) -> [ChangeStep] {
    let parser = CommandParser(names: .installed, family: family)
    var steps: [ChangeStep] = []
    for (name, value) in ordered(arguments) { steps += try Self.steps(name, value, parser) }
    guard !steps.isEmpty else {
      throw .usage("nothing changes: give --change 'ip …', --batch FILE, --link-down DEV or another event")
    }
    return steps
  }

  private func ordered(_ arguments: [String]) -> [(name: String, value: String)] {
    var next: [String: Int] = [:]
    var result: [(String, String)] = []
    var skipsValue = false
    for argument in arguments {
      if skipsValue {
        skipsValue = false
        continue
      }
      let word = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let option = Self.options.first(where: { $0.name == word[0] }) else { continue }
      skipsValue = word.count == 1
      let values = self[keyPath: option.values]
      let index = next[option.name, default: 0]
      next[option.name] = index + 1
      if values.indices.contains(index) { result.append((option.name, values[index])) }
    }
    return result
  }

  private static func steps(
    _ name: String, _ value: String, _ parser: CommandParser
  ) throws(CommandFailure) -> [ChangeStep] {
    switch name {
    case "--change": return try commands(Array(value.utf8), of: "--change", parser, isFile: false)
    case "--batch": return try commands(try contents(value), of: value == "-" ? "standard input" : value, parser)
    case "--sysctl":
      guard let mark = value.firstIndex(of: "="), mark != value.startIndex else {
        throw .usage("--sysctl \(value): write KEY=VALUE, as for sysctl -w")
      }
      return try commands(Array("sysctl -w '\(value)'".utf8), of: "--sysctl", parser, isFile: false)
    case "--link-down": return [ChangeStep(.event(.linkDown(value)), place: name, text: "\(value) goes down")]
    case "--carrier-down":
      return [ChangeStep(.event(.carrierDown(value)), place: name, text: "\(value) loses its carrier")]
    default:
      guard let address = IPAddress(value) else { throw .usage("\(name) \(value): that is no address") }
      let fails = name == "--neigh-fail"
      return [
        ChangeStep(
          .event(fails ? .neighbourFails(address) : .neighbourAnswers(address)), place: name,
          text: fails ? "\(address) stops answering" : "\(address) answers")
      ]
    }
  }

  private static func contents(_ path: String) throws(CommandFailure) -> [UInt8] {
    do throws(FileError) { return try InputFile.contents(of: path) } catch { throw .usage(error.description) }
  }

  private static func commands(
    _ bytes: [UInt8], of source: String, _ parser: CommandParser, isFile: Bool = true
  ) throws(CommandFailure) -> [ChangeStep] {
    do throws(CommandError) {
      let steps = try parser.batch(bytes)
      guard !steps.isEmpty || isFile else { throw CommandError(.empty, line: 1, column: 1) }
      return steps.map { step in
        ChangeStep(
          .command(step.change, words: step.words), place: isFile ? "\(source):\(step.line)" : source,
          text: step.words.joined(separator: " "))
      }
    } catch {
      throw .usage("\(source):\(error)")
    }
  }
}

/// One thing that changes the state.
struct ChangeStep {
  enum Action {
    /// A command, and its words with `ip` or `sysctl` in front.
    case command(RoutingChange, words: [String])
    case event(RoutingEvent)
  }

  var action: Action
  /// The option, or the file and the line.
  var place: String
  /// As reports show it.
  var text: String

  init(_ action: Action, place: String, text: String) {
    self.action = action
    self.place = place
    self.text = text
  }

  /// Makes the change in a simulation.
  ///
  /// - Throws: `negative` where the machine would refuse it, `usage` where it can not be simulated.
  func apply(to simulation: inout Simulation) throws(CommandFailure) {
    do throws(ChangeRefusal) {
      switch action {
      case .command(let change, _): try simulation.apply(change)
      case .event(let event): try simulation.apply(event)
      }
    } catch {
      guard error.isCertain else { throw .usage("\(place): \"\(text)\": \(error)") }
      throw CommandFailure(.negative, "\(place): \"\(text)\" would be refused: \(error)")
    }
  }
}
