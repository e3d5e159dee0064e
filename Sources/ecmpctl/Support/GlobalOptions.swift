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
    return rest + leading
  }
}
