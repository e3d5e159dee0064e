import Routing

extension BucketReport {
  /// Buckets on a line of the map.
  private static let lineLength = 64
  /// The map has at most this many cells unless all buckets are asked for, or fewer.
  private static let largestMap = 2048
  /// One a member, in the order of the group; a capital stands for a bucket that is in use.
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz")

  /// The group's parameters, the table as a map of letters, and a line a member.
  ///
  /// - Parameter details: A cell for every bucket; otherwise a large table has several buckets in a cell, which shows
  ///   `*` when they differ.
  package func appendText(to output: inout [UInt8], details: Bool = false) {
    output.append(contentsOf: text(cells: details ? Int.max : Self.largestMap).utf8)
  }

  /// The same with a map of `limit` cells at most.
  func text(cells limit: Int) -> String {
    let perCell = limit < table.buckets.count ? (table.buckets.count + limit - 1) / max(limit, 1) : 1
    var text = "id \(group.id) resilient, \(Text.count(table.buckets.count, "bucket"))"
    if let resilient = group.resilient {
      text += ", idle timer \(Text.seconds(UInt64(resilient.idleTimer)))"
      text +=
        resilient.unbalancedTime == 0 ? ", balanced" : ", unbalanced for \(Text.seconds(resilient.unbalancedTime))"
    }
    text += "\n"
    if perCell > 1 { text += "    a cell is \(perCell) buckets, * where they differ\n" }
    text += map(cells: cells(max(perCell, 1)), perCell: max(perCell, 1))
    let rows = members.indices.map { place in
      [letter(place)] + members[place].columns() + [
        lastUse(ofMember: place).map { "used \(Text.seconds($0)) ago" } ?? ""
      ]
    }
    return text + Text.aligned(rows, indent: "    ")
  }

  private func letter(_ place: Int) -> String {
    Self.letters.indices.contains(place) ? String(Self.letters[place]) : "?"
  }

  private func cells(_ perCell: Int) -> [Character] {
    let single = zip(table.buckets, places).map { bucket, place -> Character in
      guard let place else { return "-" }
      guard Self.letters.indices.contains(place) else { return "?" }
      return isIdle(bucket) ? Self.letters[place] : Character(Self.letters[place].uppercased())
    }
    guard perCell > 1 else { return single }
    return stride(from: 0, to: single.count, by: perCell).map { start in
      let cell = single[start..<min(start + perCell, single.count)]
      return cell.allSatisfy { $0 == cell.first } ? single[start] : "*"
    }
  }

  private func map(cells: [Character], perCell: Int) -> String {
    let width = String(max(table.buckets.count - 1, 0)).count
    var text = ""
    for start in stride(from: 0, to: cells.count, by: Self.lineLength) {
      let number = String(start * perCell)
      let line = cells[start..<min(start + Self.lineLength, cells.count)]
      text += "    " + String(repeating: " ", count: width - number.count) + number + "  " + String(line) + "\n"
    }
    return text
  }
}
