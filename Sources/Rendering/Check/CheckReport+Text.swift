import Planning

extension CheckReport {
  private static let width = 100
  /// How many commands of one finding are shown.
  private static let shownCommands = 4

  /// A paragraph for each finding, the most severe first, and a line that counts them.
  ///
  /// - Parameter details: All commands rather than the first few.
  package func appendText(to output: inout [UInt8], details: Bool = false) {
    var text = ""
    for line in lines { text += paragraph(line, details: details) + "\n" }
    output += (text + summary + "\n").utf8
  }

  private func paragraph(_ line: Line, details: Bool) -> String {
    let finding = line.finding
    let subject = finding.subject.isEmpty ? "" : "\(finding.subject): "
    var text = Text.wrapped(
      "\(finding.severity.name) [\(finding.code.rawValue)] \(subject)\(finding.text)", width: Self.width)
    text += Text.wrapped(finding.remedy, width: Self.width, indent: "    ")
    let shown = details ? line.commands[...] : line.commands.prefix(Self.shownCommands)
    for command in shown { text += "        \(command)\n" }
    let rest = line.commands.count - shown.count
    if rest > 0 { text += "        # and \(rest) more: -d shows them\n" }
    return text
  }

  private var summary: String {
    let counts = Finding.Severity.allCases.reversed().compactMap { severity in
      let count = lines.count { $0.finding.severity == severity }
      return count > 0 ? Text.count(count, severity.name) : nil
    }
    let found = counts.isEmpty ? "nothing found" : counts.joined(separator: ", ")
    guard hidden > 0 else { return found }
    return "\(found); \(hidden) below \(threshold.name) not shown: --severity note"
  }
}
