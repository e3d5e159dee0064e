/// The options that every command shares may stand before the command, too, as those of `ip` do.
enum GlobalOptions {
  private static let withValue = ["--netns", "--snapshot", "--color"]
  private static let plain = ["-4", "-6", "-j", "--json", "--pretty", "--details"]

  /// The arguments with shared options in front of the command moved behind it.
  static func moved(_ arguments: some Sequence<String>) -> [String] {
    var rest = Array(arguments)
    var leading: [String] = []
    while let first = rest.first {
      if withValue.contains(first), rest.count > 2 {
        leading += rest.prefix(2)
        rest.removeFirst(2)
      } else if plain.contains(first) || withValue.contains(where: { first.hasPrefix($0 + "=") }) {
        leading.append(first)
        rest.removeFirst()
      } else {
        break
      }
    }
    return joiningNegativeNumbers(rest + leading)
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
}
