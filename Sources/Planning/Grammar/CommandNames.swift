/// The names that stand for numbers in commands: those that iproute2 6.1 is built with and those of /etc/iproute2.
package struct CommandNames: Hashable, Sendable {
  package var tables: [String: UInt32]
  package var protocols: [String: UInt8]
  package var scopes: [String: UInt8]
  package var realms: [String: UInt8]
  package var dsFields: [String: UInt8]
  /// Groups of interfaces.
  package var groups: [String: UInt32]

  /// The built-in names; a table that is given takes the place of the built-in one.
  package init(
    tables: [String: UInt32]? = nil, protocols: [String: UInt8]? = nil, scopes: [String: UInt8]? = nil,
    realms: [String: UInt8]? = nil, dsFields: [String: UInt8]? = nil, groups: [String: UInt32]? = nil
  ) {
    self.tables = tables ?? ["default": 253, "main": 254, "local": 255]
    self.protocols = protocols ?? Self.builtInProtocols
    self.scopes = scopes ?? ["global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255]
    self.realms = realms ?? ["unknown": 0]
    self.dsFields = dsFields ?? ["0": 0]
    self.groups = groups ?? ["default": 0]
  }

  private static let builtInProtocols: [String: UInt8] = [
    "unspec": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11,
    "bird": 12, "dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "keepalived": 18, "babel": 42, "bgp": 186,
    "isis": 187, "ospf": 188, "rip": 189, "eigrp": 192,
  ]
}

extension CommandNames {
  /// A table by name or number.
  func table(_ text: String) -> UInt32? { tables[text] ?? NumberText.unsigned(text) }

  func `protocol`(_ text: String) -> UInt8? { protocols[text] ?? NumberText.unsigned(text) }

  func scope(_ text: String) -> UInt8? { scopes[text] ?? NumberText.unsigned(text) }

  /// A DS field by name, or as a hexadecimal number.
  package func dsField(_ text: String) -> UInt8? { dsFields[text] ?? NumberText.unsigned(text, base: 16) }

  /// A group of interfaces by name or number.
  func group(_ text: String) -> UInt32? {
    if let number = groups[text] { return number }
    // iproute2 keeps the low 32 bits, and refuses them when they are negative as an int.
    guard let long = NumberText.long(text), let group = UInt32(exactly: Int32(truncatingIfNeeded: long)) else {
      return nil
    }
    return group
  }

  /// [SOURCE/]DESTINATION realm, or a number for both.
  func realmPair(_ text: String) -> UInt32? {
    var destination = Substring(text)
    var source: UInt32 = 0
    var isPair = true
    if let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) {
      if let realm = realm(String(text[..<slash])) { source = UInt32(realm) } else { isPair = false }
      destination = text[text.utf8.index(after: slash)...]
    }
    if isPair {
      if destination.isEmpty { return source << 16 }
      if let realm = realm(String(destination)) { return source << 16 | UInt32(realm) }
    }
    return NumberText.unsigned(text)
  }

  private func realm(_ text: String) -> UInt8? { realms[text] ?? NumberText.unsigned(text) }
}
