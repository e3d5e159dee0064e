import Placement

/// A bucket table as a grid of coloured cells, row by row; those that change have a frame.
struct BucketDrawing {
  /// Cells in a row.
  static let rowLength = 64
  /// Larger tables have several buckets in a cell.
  static let mostCells = 4096
  /// Colours that the page has for members.
  static let colours = 12

  /// Buckets in a cell.
  let perCell: Int
  private let count: Int

  init(buckets: Int) {
    count = buckets
    perCell = max((buckets + Self.mostCells - 1) / Self.mostCells, 1)
  }

  /// - Parameters:
  ///   - owners: the place of the owner of each bucket among the members of the drawing.
  ///   - changed: Whether a bucket has another owner than in the other drawing; empty for no frames.
  func draw(_ owners: [Int], changed: [Bool], title: String, to markup: inout Markup) {
    let cells = (owners.count + perCell - 1) / perCell
    let rows = max((cells + Self.rowLength - 1) / Self.rowLength, 1)
    let columns = min(cells, Self.rowLength)
    markup.raw(
      "<svg class=\"buckets\" role=\"img\" viewBox=\"0 0 \(max(columns, 1)) \(rows)\" shape-rendering=\"crispEdges\">")
    markup.element("title", title)
    var paths: [Int: String] = [:]
    var frames = ""
    var start = 0
    while start < cells {
      let owner = cell(start, of: owners)
      let rowEnd = min((start / Self.rowLength + 1) * Self.rowLength, cells)
      var end = start + 1
      while end < rowEnd, cell(end, of: owners) == owner { end += 1 }
      paths[owner, default: ""] += Self.box(start, end - start)
      start = end
    }
    for index in 0..<cells
    where (index * perCell..<min((index + 1) * perCell, owners.count)).contains(where: {
      changed.indices.contains($0) && changed[$0]
    }) {
      frames += "M\(index % Self.rowLength).2 \(index / Self.rowLength).2h.6v.6h-.6z"
    }
    for (owner, path) in paths.sorted(by: { $0.key < $1.key }) {
      markup.raw("<path class=\"\(owner < 0 ? "mixed" : "m\(owner % Self.colours)")\" d=\"\(path)\"/>")
    }
    if !frames.isEmpty { markup.raw("<path class=\"changed\" d=\"\(frames)\"/>") }
    markup.raw("</svg>")
  }

  /// The owner of all buckets of a cell; -1 where they differ.
  private func cell(_ index: Int, of owners: [Int]) -> Int {
    let buckets = owners[index * perCell..<min((index + 1) * perCell, owners.count)]
    guard let first = buckets.first, buckets.allSatisfy({ $0 == first }) else { return -1 }
    return first
  }

  private static func box(_ index: Int, _ length: Int) -> String {
    "M\(index % rowLength) \(index / rowLength)h\(length)v1h-\(length)z"
  }
}
