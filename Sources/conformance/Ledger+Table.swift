import Forwarding
import Routing
import TestSupport

extension Ledger {
  private static let columns = [8, 7, 15, 28]

  /// The heading of `table`.
  static func heading() -> String {
    row(["kernel", "family", "group", "traffic"])
      + (0...3).map { padded("policy \($0)", 13) }.joined() + padded("kept", 7) + padded("uncertain", 11) + "wrong"
  }

  /// A line for each kind of traffic, kind of group and family: placed of all that were to leave, by policy.
  func table(kernel: String) -> [String] {
    var lines: [String] = []
    for family in AddressFamily.allCases {
      for kind in Configuration.Kind.allCases.map(Optional.some) + [nil] {
        for traffic in Traffic.allCases where traffic.exists(in: family) {
          let all = sum { $0.traffic == traffic && $0.kind == kind && $0.family == family }
          guard all.total > 0 else { continue }
          let policies = (0...3).map { policy -> String in
            let count = sum {
              $0.traffic == traffic && $0.kind == kind && $0.family == family && $0.policy == UInt8(policy)
            }
            return Self.padded(count.total == 0 ? "-" : "\(count.placed)/\(count.total - count.kept)", 13)
          }
          let doubt = all.uncertain == 0 ? "0" : "\(all.uncertain)"
          let codes = all.caveats.isEmpty ? "" : "  " + all.caveats.list.map(\.code).joined(separator: ",")
          lines.append(
            Self.row([kernel, family == .ipv4 ? "IPv4" : "IPv6", kind?.rawValue ?? "none", traffic.rawValue])
              + policies.joined() + Self.padded("\(all.kept)", 7) + Self.padded(doubt, 11) + "\(all.wrong)" + codes)
        }
      }
    }
    return lines
  }

  /// One line with how many frames each kind of device has carried.
  func deviceLine(kernel: String) -> String {
    "\(kernel): " + devices.sorted { $0.key < $1.key }.map { "\($0.value) by \($0.key)" }.joined(separator: ", ")
  }

  /// One line with what was sent and not compared; nil where that is nothing.
  func skippedLine(kernel: String) -> String? {
    guard skipped.times > 0 else { return nil }
    return "\(kernel): \(skipped.frames) more frames not compared, for neighbours that changed under them "
      + "(\(skipped.times)\(skipped.times == 1 ? " time)" : " times)")"
  }

  /// One line with the sums, for people and for scripts.
  func closing(kernel: String) -> String {
    let all = sum()
    return "\(kernel): \(all.total) frames, \(all.placed) placed, \(all.kept) kept, \(all.uncertain) uncertain, "
      + "\(all.wrong) wrong"
  }

  private static func row(_ cells: [String]) -> String {
    zip(cells, columns).map { padded($0, $1) }.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
