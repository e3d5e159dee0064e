import Routing

extension GroupReport {
  /// A line for the group, its parameters, one line a member, and the routes that use it.
  ///
  /// - Parameters:
  ///   - details: All of the routes rather than the first few.
  ///   - showsUsers: Routes at all.
  package func appendText(to output: inout [UInt8], details: Bool = false, showsUsers: Bool = true) {
    var words = ["id \(group.id)", kindName]
    words.append(Text.count(group.members.count, "member"))
    if group.isFDB { words.append("fdb") }
    if group.protocol != 0 || details { words.append("proto \(`protocol`)") }
    words += IPRoute2Printer.flagNames.filter { group.flags & $0.bit != 0 }.map(\.name)
    var text = words.joined(separator: " ") + "\n"
    for line in parameters { text += "    \(line)\n" }
    text += Text.aligned(multipath.members.map { $0.columns() }, indent: "    ")
    if showsUsers { text += "    " + usersText(details: details) + "\n" }
    output.append(contentsOf: text.utf8)
  }

  /// The type as text has it.
  var kindName: String { multipath.kind == .unknown ? "type \(typeName)" : typeName }

  private var parameters: [String] {
    guard let resilient = group.resilient else { return [] }
    let forced = resilient.unbalancedTimer == 0 ? "off" : Text.seconds(UInt64(resilient.unbalancedTimer))
    let balance =
      resilient.unbalancedTime == 0 ? "balanced" : "unbalanced for \(Text.seconds(resilient.unbalancedTime))"
    var lines = [
      "buckets \(resilient.buckets), idle timer \(Text.seconds(UInt64(resilient.idleTimer))), "
        + "unbalanced timer \(forced), \(balance)"
    ]
    if let counts = bucketCounts {
      lines.append("\(counts.idle) idle and \(counts.all - counts.idle) busy buckets")
    }
    return lines
  }

  private func usersText(details: Bool) -> String {
    guard !users.isEmpty else { return "used by no route" }
    let shown = details ? users[...] : users.prefix(3)
    let names = shown.map { user in
      let table = user.table == RouteTable.main ? "" : " table \(user.tableName)"
      return (user.destination.length == 0 ? "default" : user.destination.description) + table
    }
    let rest = users.count - shown.count
    return "used by \(Text.count(users.count, "route")): " + names.joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }
}
