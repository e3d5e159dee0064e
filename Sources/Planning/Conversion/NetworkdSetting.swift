/// What networkd.conf(5) says of nexthop objects that others have made.
package struct NetworkdSetting: Hashable, Sendable {
  private var nexthops: Bool?

  package init() {}

  /// Whether systemd-networkd takes nexthop objects of others away; it does unless it is told otherwise.
  package var managesForeignNexthops: Bool { nexthops ?? true }

  /// Reads one more file; what it sets counts over earlier ones.
  package mutating func read(_ text: String) {
    var section = Substring()
    for line in text.split(whereSeparator: \.isNewline) {
      let line = line.drop { $0 == " " || $0 == "\t" }
      if line.hasPrefix("[") {
        section = line.dropFirst().prefix { $0 != "]" }
        continue
      }
      guard section == "Network", !line.hasPrefix("#"), !line.hasPrefix(";"), let mark = line.firstIndex(of: "=") else {
        continue
      }
      let key = line[..<mark].filter { $0 != " " && $0 != "\t" }
      guard key == "ManageForeignNextHops" else { continue }
      let value = line[line.index(after: mark)...].filter { $0 != " " && $0 != "\t" }.lowercased()
      // An empty assignment takes back what was set before.
      nexthops = value.isEmpty ? nil : !["no", "false", "off", "0", "n", "f"].contains(value)
    }
  }
}
