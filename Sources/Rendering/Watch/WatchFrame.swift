import Routing

/// What a terminal shows of a watch: the groups with their buckets, and what has happened last.
package struct WatchFrame: Hashable, Sendable {
  /// Columns and rows of a terminal.
  package struct Size: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
      self.columns = max(columns, 1)
      self.rows = max(rows, 1)
    }
  }

  /// The map of a table has at most this many cells: several groups are to fit.
  private static let mapCells = 512
  /// Events are worth this many rows, if there are so many, even where groups are cut for it.
  private static let eventRows = 6
  /// What is wrong, and is shown in red.
  private static let alarms = ["failed", "incomplete", "no carrier", "link down", "unbalanced for", "linkdown", "dead"]

  /// At most as many as the terminal has rows but one, none as wide as its columns: behind a character in the last one,
  /// terminals differ in what they clear.
  package let lines: [String]
  private let size: Size

  /// - Parameters:
  ///   - title: stands first.
  ///   - events: what has happened, the newest last.
  package init(_ watch: GroupWatch, title: String, events: [String], size: Size) {
    self.size = size
    let room = max(size.rows - 1, 1)
    var groups: [String] = []
    for report in watch.groups {
      // What does not fit anyway is not made.
      guard groups.count <= room else { break }
      groups += Self.lines(of: report, in: watch)
    }
    if watch.groups.isEmpty { groups = ["there is no such group now"] }
    let shownEvents = events.suffix(max(room - 1 - groups.count - 1, min(Self.eventRows, max(room - 3, 0))))
    let below = shownEvents.isEmpty ? [] : [""] + shownEvents
    let space = max(room - 1 - below.count, 0)
    if groups.count > space { groups = Array(groups.prefix(max(space - 1, 0))) + ["…"] }
    lines = ([title] + groups + below).prefix(room).map { Self.cut($0, to: max(size.columns - 1, 1)) }
  }

  private static func lines(of report: GroupReport, in watch: GroupWatch) -> [String] {
    var text: String
    if let table = BucketReport(group: report.group.id, in: watch.index) {
      text = table.text(cells: mapCells)
    } else {
      var bytes: [UInt8] = []
      report.appendText(to: &bytes, showsUsers: false)
      text = String(decoding: bytes, as: UTF8.self)
    }
    text += "    used by \(Text.count(watch.userCount(of: report.group.id), "route"))"
    return text.split(separator: "\n").map(String.init)
  }

  private static func cut(_ line: String, to columns: Int) -> String {
    Text.printable(String(String.UnicodeScalarView(line.unicodeScalars.prefix(columns))))
  }

  // MARK: Drawing

  /// What hides and shows the cursor.
  package static let hideCursor = "\u{1b}[?25l"
  package static let showCursor = "\u{1b}[?25h"

  /// What draws the frame over the last one, from the line behind which the cursor is at the end of both.
  ///
  /// Lines are written over and the rest of each is cleared behind it, so that nothing flickers.
  package func drawing(over last: WatchFrame?, isColoured: Bool) -> String {
    var text = ""
    if let last {
      if last.size != size {
        // Lines may have been wrapped or lost: it begins anew at the top.
        text = "\u{1b}[2J\u{1b}[H"
      } else {
        text = last.lines.isEmpty ? "\r" : "\u{1b}[\(last.lines.count)F"
      }
    }
    for (number, line) in lines.enumerated() {
      text += (isColoured ? Self.coloured(line, isTitle: number == 0) : line) + "\u{1b}[K\n"
    }
    return text + "\u{1b}[J"
  }

  private static func coloured(_ line: String, isTitle: Bool) -> String {
    if isTitle || line.hasPrefix("id ") { return "\u{1b}[1m\(line)\u{1b}[0m" }
    return alarms.contains(where: line.contains) ? "\u{1b}[31m\(line)\u{1b}[0m" : line
  }
}
