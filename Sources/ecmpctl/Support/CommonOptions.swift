import ArgumentParser
import JSON
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

  @OptionGroup var display: DisplayOptions

  func validate() throws {
    if netns != nil && snapshot != nil { throw ValidationError("--netns and --snapshot exclude each other") }
  }

  /// The one family asked for, or nil for both.
  var family: AddressFamily? { display.family }
}

/// What is shown, and how: options that every command takes, also one where there is nothing for them to change.
struct DisplayOptions: ParsableArguments {
  @Flag(name: .customShort("4"), help: "IPv4 only.")
  var ipv4Only = false

  @Flag(name: .customShort("6"), help: "IPv6 only.")
  var ipv6Only = false

  @Option(help: ArgumentHelp("Colour the output: auto (the default), always or never.", valueName: "when"))
  var color: ColorChoice?

  func validate() throws {
    if ipv4Only && ipv6Only { throw ValidationError("-4 and -6 exclude each other") }
  }

  /// The one family asked for, or nil for both.
  var family: AddressFamily? { ipv4Only ? .ipv4 : ipv6Only ? .ipv6 : nil }
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

/// The JSON switches of commands that take flows: `-p` is their protocol there.
struct FlowJSONOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print JSON.")
  var json = false

  @Flag(help: "Indent the JSON.")
  var pretty = false

  /// Writes JSON in the layout asked for, a line of it.
  func write(to bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter(pretty ? .indented(width: 2) : .compact)
    body(&writer)
    writer.endLine()
    bytes.append(contentsOf: writer.bytes)
  }
}

/// The JSON switches of the other commands.
struct JSONOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Print JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Indent the JSON.")
  var pretty = false
}
