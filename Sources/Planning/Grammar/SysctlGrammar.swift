/// `sysctl [-w] KEY=VALUE…`
enum SysctlGrammar {
  static func parse(_ start: CommandReader, _ command: Word) throws(CommandError) -> [SysctlRequest] {
    var reader = start
    var requests: [SysctlRequest] = []
    while let word = reader.current {
      switch word.text {
      case "-w", "--write", "-q", "--quiet", "-qw", "-wq": break
      case let text where text.hasPrefix("-"): throw word.error(.outside("the option \(text) of sysctl"))
      default: requests.append(try request(word))
      }
      reader.advance()
    }
    guard !requests.isEmpty else { throw command.error(.notAChange(command.text)) }
    return requests
  }

  private static func request(_ word: Word) throws(CommandError) -> SysctlRequest {
    guard let sign = word.text.utf8.firstIndex(of: UInt8(ascii: "=")) else { throw word.error(.notAChange(word.text)) }
    let path = path(word.text[..<sign])
    let value = String(word.text[word.text.utf8.index(after: sign)...])
    guard !path.isEmpty, !value.isEmpty else {
      throw word.error(.badValue(word.text, of: "sysctl", expected: "KEY=VALUE"))
    }
    return SysctlRequest(path, value)
  }

  /// The key with slashes between its parts. Where a dot comes first, dots divide, and a slash stands for a dot in the
  /// name of an interface.
  private static func path(_ key: Substring) -> String {
    var key = key
    if key.hasPrefix("/proc/sys/") { key = key.dropFirst("/proc/sys/".count) }
    guard key.first(where: { $0 == "." || $0 == "/" }) == "." else { return String(key) }
    return String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
  }
}
