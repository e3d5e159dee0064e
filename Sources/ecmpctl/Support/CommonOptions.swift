import ArgumentParser
import Files
import Routing

/// What is shown, and how: choices that every command knows, also one where there is nothing for them to change.
protocol DisplayChoices {
  var ipv4Only: Bool { get }
  var ipv6Only: Bool { get }
  /// Nil where the user has said nothing.
  var color: ColorChoice? { get }
}

extension DisplayChoices {
  /// The one family asked for, or nil for both.
  var family: AddressFamily? { ipv4Only ? .ipv4 : ipv6Only ? .ipv6 : nil }

  func validateFamilies() throws {
    if ipv4Only && ipv6Only { throw ValidationError("-4 and -6 exclude each other") }
  }
}

/// Where the state comes from, and what of it is shown: the options of every reading command.
///
/// The display choices stand here once more, and are no group within the group: to take one apart costs each start of the
/// program as much as reading a small table from the kernel.
struct SourceOptions: ParsableArguments, DisplayChoices {
  @Option(
    help: ArgumentHelp(
      "Act in that network namespace: a name under /run/netns, a path, or a process id.", valueName: "name"))
  var netns: String?

  @Option(
    help: ArgumentHelp(
      "Read a saved state instead of the live kernel; nothing is sent to the kernel.", valueName: "file"))
  var snapshot: String?

  @Flag(name: .customShort("4"), help: "IPv4 only.")
  var ipv4Only = false

  @Flag(name: .customShort("6"), help: "IPv6 only.")
  var ipv6Only = false

  @Option(help: ArgumentHelp("Colour the output: auto (the default), always or never.", valueName: "when"))
  var color: ColorChoice?

  func validate() throws {
    if netns != nil && snapshot != nil { throw ValidationError("--netns and --snapshot exclude each other") }
    try validateFamilies()
  }

  /// The value of `--netns` in words that mean the same at any time and in every working directory; nil for a process, whose
  /// number another may have later, and for paths below /proc.
  var lastingNamespaceName: String? {
    guard var name = netns, !name.allSatisfy(\.isNumber) else { return nil }
    if name.contains("/"), !name.hasPrefix("/"), let here = Environment.directory { name = here + "/" + name }
    return name.hasPrefix("/proc/") ? nil : name
  }

  /// - Parameter journal: the value of `--journal`, if one is given.
  /// - Throws: `ValidationError` for one beside a snapshot.
  func check(journal: String?) throws {
    guard journal == nil || snapshot == nil else {
      throw ValidationError("--journal is of this machine, and --snapshot of any: leave one of them out")
    }
  }
}

/// The display choices of commands that read no state.
struct DisplayOptions: ParsableArguments, DisplayChoices {
  @Flag(name: .customShort("4"), help: "IPv4 only.")
  var ipv4Only = false

  @Flag(name: .customShort("6"), help: "IPv6 only.")
  var ipv6Only = false

  @Option(help: ArgumentHelp("Colour the output: auto (the default), always or never.", valueName: "when"))
  var color: ColorChoice?

  func validate() throws { try validateFamilies() }
}

enum ColorChoice: String, WordArgument {
  case auto, always, never
}

/// `--details` of commands that have nothing to add.
struct DetailOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Everything there is.")
  var details = false
}

/// `--details` of commands that take flows and have nothing to add: `-d` is their destination there.
struct FlowDetailOptions: ParsableArguments {
  @Flag(help: "Everything there is.")
  var details = false
}

/// Whether JSON is printed, and in which layout.
protocol JSONChoices {
  var asksForJSON: Bool { get }
  var pretty: Bool { get }
  var json: Bool { get }
}

extension JSONChoices {
  /// There is nothing else to indent.
  var json: Bool { asksForJSON || pretty }
}

/// The JSON switches of commands that take flows: `-p` is their protocol there.
struct FlowJSONOptions: ParsableArguments, JSONChoices {
  @Flag(name: [.customShort("j"), .customLong("json")], help: "Print JSON.")
  var asksForJSON = false

  @Flag(help: "Print JSON, indented.")
  var pretty = false
}

/// The JSON switches of the other commands.
struct JSONOptions: ParsableArguments, JSONChoices {
  @Flag(name: [.customShort("j"), .customLong("json")], help: "Print JSON.")
  var asksForJSON = false

  @Flag(name: .shortAndLong, help: "Print JSON, indented.")
  var pretty = false
}
