import MultipathHash

/// Reads the value of `--seed`.
enum SeedArgument {
  /// The hash key of a seed: decimal or 0x hexadecimal, 1 to 4294967295.
  static func key(_ text: String) throws(CommandFailure) -> HashKey { HashKey(seed: try number(text)) }

  /// The seed itself.
  static func number(_ text: String) throws(CommandFailure) -> UInt32 {
    let value = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    guard let value, value != 0 else {
      throw .usage("\"\(text)\" is no hash seed; give a number from 1 to 4294967295")
    }
    return value
  }
}
