import Files
import JSON
import Rendering

/// Where the events of a watch go: lines, JSON objects a line, or a terminal that is drawn over.
struct WatchOutlet {
  enum Kind {
    case lines
    case json
    case screen(isColoured: Bool)
  }

  /// Events that a terminal may show.
  private static let kept = 200

  private let kind: Kind
  private var recent: [String] = []
  private var frame: WatchFrame?
  /// Events that were told, without the states of groups.
  private(set) var count = 0

  init(_ kind: Kind) { self.kind = kind }

  var isScreen: Bool { if case .screen = kind { true } else { false } }

  /// Writes events, each at once. On a terminal, `draw` shows them.
  ///
  /// - Returns: whether `limit` events were told; those behind it are not.
  mutating func tell(_ events: [WatchEvent], limit: Int?) throws(FileError) -> Bool {
    for event in events {
      if let limit, count >= limit { return true }
      if case .state = event {} else { count += 1 }
      try tell(event)
    }
    return limit.map { count >= $0 } ?? false
  }

  private mutating func tell(_ event: WatchEvent) throws(FileError) {
    let now = WallClock.preciseNow
    switch kind {
    case .lines: try StandardStream.output.write(Array("\(now) \(event.text)\n".utf8))
    case .json:
      var writer = JSONWriter()
      event.write(to: &writer, time: now)
      try StandardStream.output.write(writer.bytes)
    case .screen:
      // The states are what the screen shows anyway.
      if case .state = event { return }
      recent.append("\(now.dropFirst("2026-01-31T".count).dropLast()) \(event.text)")
      if recent.count > Self.kept { recent.removeFirst(recent.count - Self.kept) }
    }
  }

  /// Shows how things are, where that is a terminal.
  mutating func draw(_ watch: GroupWatch) throws(FileError) {
    guard case .screen(let isColoured) = kind else { return }
    let size = Terminal.size ?? (80, 24)
    let next = WatchFrame(
      watch, title: "ecmpctl watch  \(WallClock.now)", events: recent,
      size: WatchFrame.Size(columns: size.columns, rows: size.rows))
    let drawing = (frame == nil ? WatchFrame.hideCursor : "") + next.drawing(over: frame, isColoured: isColoured)
    try StandardStream.output.write(Array(drawing.utf8))
    frame = next
  }

  /// Gives the terminal its cursor back; it is below the last frame.
  mutating func end() {
    if isScreen, frame != nil { StandardStream.output.write(WatchFrame.showCursor) }
  }
}
