/// A field of a flow by the name that a CSV column or a JSON key has.
package enum FlowField: String, Hashable, Sendable, CaseIterable {
  case source = "src"
  case destination = "dst"
  case ipProtocol = "proto"
  case sourcePort = "sport"
  case destinationPort = "dport"
  case inputInterface = "iif"
  case outputInterface = "oif"
  case mark
  case tos
  case flowLabel = "flowlabel"
  case userID = "uid"
  case origin
  case socket
  case icmpType = "icmp_type"
  case icmpCode = "icmp_code"
  case layer4Hash = "l4hash"
  case weight
  case innerSource = "inner_src"
  case innerDestination = "inner_dst"
  case innerIPProtocol = "inner_proto"
  case innerSourcePort = "inner_sport"
  case innerDestinationPort = "inner_dport"
  case innerFlowLabel = "inner_flowlabel"

  /// The other columns of the CSV that predictions and moved flows come as, so that it can be read again.
  static let resultColumns: Set<String> = [
    "index", "gateway", "dev", "nexthop_id", "group_id", "bucket", "hash", "certainty", "from", "to", "reason",
  ]

  /// The keys of a prediction in NDJSON beside `flow`.
  static let resultKeys: Set<String> = [
    "index", "route", "policy", "selected_src", "hash", "group", "bucket", "nexthop", "dropped", "certainty", "caveats",
    "steps",
  ]

  /// What is wrong with a name that is none of a field, with the field that was probably meant.
  ///
  /// - Parameter kind: What carries the name: column or key.
  static func unknown(_ name: String, kind: String) -> String {
    let known = allCases.map(\.rawValue).joined(separator: ", ")
    let hint = nearest(to: name).map { ", did you mean \($0.rawValue)?" } ?? ""
    return "unknown \(kind) \(quoted(name)); known: \(known)\(hint)"
  }

  /// The field whose name is at most two edits away, the first of the nearest.
  private static func nearest(to name: String) -> FlowField? {
    let near = allCases.map { (field: $0, distance: editDistance(Array(name.utf8), Array($0.rawValue.utf8))) }
    return near.filter { $0.distance <= 2 && $0.distance < name.utf8.count }.min { $0.distance < $1.distance }?.field
  }

  /// Insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
  private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // A name that is longer than any field by more than the distance of interest need not be measured.
    guard left.count <= 20 else { return .max }
    var rows = [Array(0...right.count)]
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
