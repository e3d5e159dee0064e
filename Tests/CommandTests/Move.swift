import TestSupport
import Testing

/// A flow of a `MoveTraffic` that goes another way than before.
struct Move: Hashable, CustomStringConvertible {
  /// Of the source, by which flows are told.
  var port: Substring
  var from: Substring
  var to: Substring
  /// Whether the old way is gone.
  var hadTo: Bool

  var description: String { "\(port) \(from) -> \(to)\(hadTo ? ", had to" : "")" }

  /// The flows that a change moves according to `whatif`.
  ///
  /// - Parameter commands: the change, which is left in `change.batch` of the directory.
  static func predicted(_ commands: [String], _ traffic: MoveTraffic, _ directory: String) throws -> Set<Move> {
    let (batch, flows) = ("\(directory)/change.batch", "\(directory)/flows.csv")
    try run("cat >\(batch) <<'END'\n" + commands.joined(separator: "\n") + "\nEND")
    try run("cat >\(flows) <<'END'\n" + traffic.csv + "END")
    let answer = try Program.run("whatif --batch \(batch) --flows \(flows) --input csv --list moved")
    // What is not sure is only what the timers do later.
    let said = answer.error == "" || answer.error.hasPrefix("ecmpctl: the list can not be sure: of all flows ")
    try #require(answer.status == 0 && said, "\(answer.error)")
    let lines = answer.output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    try #require(lines.first == ["index", "src", "dst", "proto", "sport", "dport", "from", "to", "reason"])
    let moves = lines.dropFirst().map { line in
      let links = line[6...7].map { $0.split(separator: " ").last ?? "" }
      return Move(port: line[4], from: links[0], to: links[1], hadTo: line[8] == "nexthop-gone")
    }
    return Set(moves)
  }

  /// The flows that were seen elsewhere afterwards.
  ///
  /// - Parameter ways: the link of every flow by source port, before the change and after it.
  static func observed(_ before: [UInt16: String], _ after: [UInt16: String]) -> Set<Move> {
    let survivors = Set(after.values)
    return Set(
      before.compactMap { port, from in
        guard let to = after[port], from != to else { return nil }
        return Move(port: "\(port)", from: from[...], to: to[...], hadTo: !survivors.contains(from))
      })
  }
}
