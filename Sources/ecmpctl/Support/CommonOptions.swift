import ArgumentParser
import Routing

/// Where the state comes from, and for which family: the options of every reading command.
struct SourceOptions: ParsableArguments {
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

  @Option(help: ArgumentHelp("Colour the output: auto, always or never.", valueName: "when"))
  var color: ColorChoice = .auto

  func validate() throws {
    if ipv4Only && ipv6Only { throw ValidationError("-4 and -6 exclude each other") }
    if netns != nil && snapshot != nil { throw ValidationError("--netns and --snapshot exclude each other") }
  }

  /// The one family asked for, or nil for both.
  var family: AddressFamily? { ipv4Only ? .ipv4 : ipv6Only ? .ipv6 : nil }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// The JSON switches of commands whose short options are not taken.
struct JSONOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Indent the JSON.")
  var pretty = false
}
