/// The text of a file of /etc/sysctl.d.
package enum SysctlLines {
  /// The text with one line that sets the key: in the place of the first that sets it, or at the end. Others that set it
  /// are taken out; comments and other keys stay.
  ///
  /// - Parameter key: with dots: "net.ipv4.ip_forward".
  package static func setting(_ key: String, to value: String, in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    let setting = "\(key) = \(value)"
    var result: [String] = []
    var isThere = false
    for line in lines {
      guard sets(line, key) else {
        result.append(line)
        continue
      }
      if !isThere { result.append(setting) }
      isThere = true
    }
    if !isThere { result.append(setting) }
    return result.joined(separator: "\n") + "\n"
  }

  /// Whether the line sets the key, with dots or slashes; a minus before it says that failures do not matter.
  private static func sets(_ line: String, _ key: String) -> Bool {
    guard let sign = line.firstIndex(of: "=") else { return false }
    var name = line[..<sign].drop(while: \.isWhitespace)
    if name.first == "-" { name = name.dropFirst().drop(while: \.isWhitespace) }
    while let last = name.last, last.isWhitespace { name.removeLast() }
    return name.split(separator: "/").joined(separator: ".") == key
  }
}
