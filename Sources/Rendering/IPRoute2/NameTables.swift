/// The names of routing tables, protocols, scopes, realms and DS fields that `ip` prints for numbers.
///
/// Holds the names that iproute2 is built with and those of its configuration files. A built-in name stands until the
/// first number without one makes iproute2 read the file; from then on the file's names count too.
package struct NameTables: Sendable {
  var protocols: NameTable
  var scopes: NameTable
  var realms: NameTable
  var dsFields: NameTable
  /// Always complete: iproute2 reads the file before the first lookup.
  private(set) var tables: [UInt32: [UInt8]]
  /// As `tables`, by name.
  package private(set) var tableNumbers: [String: UInt32]
  /// The groups of interfaces by name.
  package private(set) var groupNumbers: [String: UInt32]

  /// The texts of the configuration files; the order within a list is the order of reading, later ones override.
  package struct Files: Sendable {
    /// `rt_protos`, then `rt_protos.d/*.conf`.
    package var protocols: [[UInt8]] = []
    /// `rt_tables`, then `rt_tables.d/*.conf`.
    package var tables: [[UInt8]] = []
    package var scopes: [UInt8] = []
    package var realms: [UInt8] = []
    package var dsFields: [UInt8] = []
    package var groups: [UInt8] = []

    package init() {}
  }

  /// The built-in names, and those of the configuration files.
  package init(files: Files = Files()) {
    protocols = NameTable(builtIn: Self.builtInProtocols, files: files.protocols)
    scopes = NameTable(builtIn: Self.builtInScopes, files: [files.scopes])
    realms = NameTable(builtIn: [0: "unknown"], files: [files.realms])
    dsFields = NameTable(builtIn: [0: "0"], files: [files.dsFields], isHexadecimal: true)
    groupNumbers = ["default": 0]
    for entry in NameFile.entries(in: files.groups) {
      groupNumbers[String(decoding: entry.name, as: UTF8.self)] = entry.number
    }
    tables = [253: Array("default".utf8), 254: Array("main".utf8), 255: Array("local".utf8)]
    for entry in files.tables.flatMap(NameFile.entries(in:)) { tables[entry.number] = entry.name }
    tableNumbers = [:]
    for (number, name) in tables {
      let text = String(decoding: name, as: UTF8.self)
      // iproute2 walks 256 chains by the low byte of the number and takes the first match.
      if let other = tableNumbers[text], (other & 255, other) <= (number & 255, number) { continue }
      tableNumbers[text] = number
    }
  }

  /// The number of a routing table given by name, or in decimal, octal (0…) or hexadecimal (0x…); nil for neither.
  package func tableNumber(_ text: String) -> UInt32? {
    if let number = tableNumbers[text] { return number }
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt32(text.dropFirst(2), radix: 16) }
    if text.utf8.first == UInt8(ascii: "0"), text.utf8.count > 1 { return UInt32(text.dropFirst(), radix: 8) }
    return UInt32(text)
  }

  /// The name of a routing table, or its number.
  package func tableName(_ number: UInt32) -> String {
    tables[number].map { String(decoding: $0, as: UTF8.self) } ?? String(number)
  }

  /// The name of a routing protocol, or its number, by all that the files say.
  package func protocolName(_ number: UInt8) -> String {
    String(decoding: protocols.configuredName(number), as: UTF8.self)
  }

  /// The name of a scope, or its number, by all that the files say.
  package func scopeName(_ number: UInt8) -> String {
    String(decoding: scopes.configuredName(number), as: UTF8.self)
  }

  package var protocolNumbers: [String: UInt8] { protocols.numbers }
  package var scopeNumbers: [String: UInt8] { scopes.numbers }
  package var realmNumbers: [String: UInt8] { realms.numbers }
  package var dsFieldNumbers: [String: UInt8] { dsFields.numbers }

  private static let builtInProtocols: KeyValuePairs<UInt8, String> = [
    0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt", 11: "zebra",
    12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel", 186: "bgp",
    187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
  ]

  private static let builtInScopes: KeyValuePairs<UInt8, String> = [
    0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere",
  ]
}

/// The names of 256 numbers, with the file that is read when a number without a built-in name turns up.
struct NameTable: Sendable {
  /// By number; nil where there is no name.
  private var builtIn = [[UInt8]?](repeating: nil, count: 256)
  /// What the files say, by number.
  private var configured = [[UInt8]?](repeating: nil, count: 256)
  private let isHexadecimal: Bool
  private var isConfigured = false

  /// - Parameter isHexadecimal: whether a number without a name is printed as 0x and two digits.
  init(builtIn: KeyValuePairs<UInt8, String>, files: [[UInt8]], isHexadecimal: Bool = false) {
    self.isHexadecimal = isHexadecimal
    for (number, name) in builtIn { self.builtIn[Int(number)] = Array(name.utf8) }
    for entry in files.flatMap(NameFile.entries(in:)) {
      if let number = UInt8(exactly: entry.number) { configured[Int(number)] = entry.name }
    }
  }

  /// The name by all that the files say; the number in the table's format where they say nothing.
  func configuredName(_ number: UInt8) -> [UInt8] {
    let name = configured[Int(number)] ?? builtIn[Int(number)] ?? []
    return name.isEmpty ? Array(text(number).utf8) : name
  }

  private func text(_ number: UInt8) -> String {
    guard isHexadecimal else { return String(number) }
    return number < 16 ? "0x0" + String(number, radix: 16) : "0x" + String(number, radix: 16)
  }

  /// The numbers by name, by all that the files say; the smallest of those with the same name.
  var numbers: [String: UInt8] {
    Dictionary(
      (UInt8.min...UInt8.max).map { (String(decoding: configuredName($0), as: UTF8.self), $0) },
      uniquingKeysWith: { a, _ in a })
  }

  /// The name that `ip` prints at this point of its output.
  mutating func name(_ number: UInt8) -> [UInt8] {
    if !isConfigured, let name = builtIn[Int(number)] { return name }
    isConfigured = true
    return configuredName(number)
  }
}
