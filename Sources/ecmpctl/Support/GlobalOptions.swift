import ArgumentParser

/// The options that every command shares may stand before the command and between its words, too, as those of `ip` do.
enum GlobalOptions {
  private static let withValue = ["--netns", "--snapshot", "--color"]
  private static let plain = ["-4", "-6", "-j", "--json", "--pretty", "--details"]
  /// Those that a command which takes flows has for something else: where no command is named yet, they are not meant so.
  private static let long = ["-d": "--details", "-p": "--pretty"]

  /// What stands on a command line.
  private struct Parted {
    /// The command.
    var type: any ParsableCommand.Type
    /// The words that name it.
    var words: [String] = []
    /// The shared options that stood before the last of them.
    var options: [String] = []
    var rest: ArraySlice<String>
  }

  private static func parted(_ arguments: some Sequence<String>, below root: any ParsableCommand.Type) -> Parted {
    var parted = Parted(type: root, rest: Array(arguments)[...])
    while !parted.type.configuration.subcommands.isEmpty, let first = parted.rest.first {
      // No protocol that a cast would look for: that costs each start.
      let own = parted.type == ShowCommand.self ? ShowCommand.optionsOfDefault : nil
      if let next = parted.type.configuration.subcommands.first(where: { $0.configuration.commandName == first }) {
        parted.type = next
        parted.words.append(first)
        parted.rest.removeFirst()
      } else if withValue.contains(first) || own?.withValue.contains(first) == true, parted.rest.count > 1 {
        parted.options += parted.rest.prefix(2)
        parted.rest.removeFirst(2)
      } else if own?.plain.contains(first) == true
        || own?.withValue.contains(where: { first.hasPrefix($0 + "=") }) == true
      {
        parted.options.append(first)
        parted.rest.removeFirst()
      } else if let known = shared(first) {
        parted.options += known
        parted.rest.removeFirst()
      } else {
        break
      }
    }
    return parted
  }

  /// The arguments with the command's words first, and the shared options that stood before the last of them behind it.
  ///
  /// - Parameter root: the command whose subcommands the words name.
  static func moved(_ arguments: some Sequence<String>, below root: any ParsableCommand.Type) -> [String] {
    let parted = parted(arguments, below: root)
    return joiningNegativeNumbers(parted.words + parted.options + parted.rest)
  }

  /// The commands of which one had to be named, where nothing but shared options stands in its place; else nil.
  ///
  /// - Parameter root: as above.
  static func lackedCommands(
    _ arguments: some Sequence<String>, below root: any ParsableCommand.Type
  ) -> [String]? {
    let parted = parted(arguments, below: root)
    let configuration = parted.type.configuration
    guard parted.rest.isEmpty, configuration.defaultSubcommand == nil else { return nil }
    let commands = configuration.subcommands.filter { $0.configuration.shouldDisplay }
    return commands.isEmpty ? nil : commands.compactMap { $0.configuration.commandName }
  }

  /// The words of the arguments that name the command.
  ///
  /// - Parameter root: as above.
  static func commandWords(_ arguments: some Sequence<String>, below root: any ParsableCommand.Type) -> [String] {
    var type = root
    var words: [String] = []
    for word in moved(arguments, below: root) {
      guard let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == word }) else {
        break
      }
      type = next
      words.append(word)
    }
    return words
  }

  /// The arguments with `--option -1` as `--option=-1`, for a complaint about the value and not about a missing one.
  ///
  /// What looks like -4 and -6 is these.
  private static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
    var joined: [String] = []
    for argument in arguments {
      if let option = joined.last, option.hasPrefix("--"), option.utf8.count > 2, !option.contains("="),
        !plain.contains(option), !plain.contains(argument), isNegativeNumber(argument)
      {
        joined[joined.count - 1] = "\(option)=\(argument)"
      } else {
        joined.append(argument)
      }
    }
    return joined
  }

  static func isNegativeNumber(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "-") && text.utf8.dropFirst().first.map { (0x30...0x39).contains($0) } == true
  }

  /// The options that a word stands for, `-jp` for two; nil for none that are shared.
  private static func shared(_ word: String) -> [String]? {
    if plain.contains(word) || withValue.contains(where: { word.hasPrefix($0 + "=") }) { return [word] }
    guard word.hasPrefix("-"), !word.hasPrefix("--"), word.count > 1 else { return nil }
    var options: [String] = []
    for letter in word.dropFirst() {
      let option = "-\(letter)"
      guard let name = long[option] ?? (plain.contains(option) ? option : nil) else { return nil }
      options.append(name)
    }
    return options
  }

  /// Whether the version is asked for, wherever that stands.
  static func askForVersion(_ arguments: some Sequence<String>) -> Bool {
    arguments.prefix { $0 != "--" }.contains("--version")
  }
}
