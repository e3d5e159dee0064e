internal import JSON
internal import Routing

/// `ip -j link`, `ip -j addr` and `ip -j neigh`.
extension Importer {
  /// `IFF_*` by the words of `ip`, which prints IFF_RUNNING only by its absence, as NO-CARRIER.
  private static let linkFlags: [String: UInt32] = [
    "UP": 0x1, "BROADCAST": 0x2, "DEBUG": 0x4, "LOOPBACK": 0x8, "POINTOPOINT": 0x10, "NOTRAILERS": 0x20,
    "NOARP": 0x80, "PROMISC": 0x100, "ALLMULTI": 0x200, "MASTER": 0x400, "SLAVE": 0x800, "MULTICAST": 0x1000,
    "PORTSEL": 0x2000, "AUTOMEDIA": 0x4000, "DYNAMIC": 0x8000, "LOWER_UP": 0x10000, "DORMANT": 0x20000,
    "ECHO": 0x40000,
  ]
  private static let up: UInt32 = 0x1
  private static let running: UInt32 = 0x40

  /// `IFA_F_*` by the keys of `ip -j addr`; IFA_F_PERMANENT shows only by the absence of `dynamic`.
  private static let addressFlags: [(String, UInt32)] = [
    ("secondary", 0x01), ("temporary", 0x01), ("nodad", 0x02), ("optimistic", 0x04), ("dadfailed", 0x08),
    ("home", 0x10), ("deprecated", 0x20), ("tentative", 0x40), ("mngtmpaddr", 0x100), ("noprefixroute", 0x200),
    ("autojoin", 0x400), ("stable-privacy", 0x800),
  ]
  private static let permanent: UInt32 = 0x80

  private static let operationalStates: [String: UInt8] = [
    "UNKNOWN": 0, "NOTPRESENT": 1, "DOWN": 2, "LOWERLAYERDOWN": 3, "TESTING": 4, "DORMANT": 5, "UP": 6,
  ]

  private static let neighbourStates: [String: UInt32] = [
    "INCOMPLETE": 0x01, "REACHABLE": 0x02, "STALE": 0x04, "DELAY": 0x08, "PROBE": 0x10, "FAILED": 0x20,
    "NOARP": 0x40, "PERMANENT": 0x80,
  ]

  /// Reads the links, from the addresses' dump when there is no other: it repeats them.
  mutating func readLinks(
    _ source: SnapshotImport.Source?, addresses: SnapshotImport.Source?
  ) throws(SnapshotError) {
    if let source = source ?? addresses {
      knowsInterfaces = true
      var masters: [(link: Int, name: JSONValue)] = []
      var lowers: [(link: Int, name: JSONValue)] = []
      var sawDetails = false
      var links: [Link] = []
      try source.forEachElement { json throws(JSONMismatch) in
        links.append(try Self.link(json))
        if let master: JSONValue = try json.optional("master") { masters.append((links.count - 1, master)) }
        // One in another namespace has an index there.
        if !json.has("link_netnsid"), let lower: JSONValue = try json.optional("link") {
          lowers.append((links.count - 1, lower))
        }
        sawDetails = sawDetails || json.has("linkinfo")
      }
      for link in links { interfaces[link.name] = link.index }
      for (link, name) in masters {
        do throws(JSONMismatch) {
          links[link].master = try interface(name)
        } catch {
          throw .wrongValue(file: source.file, error.inside(.key("master")).inside(.index(link)))
        }
      }
      // In an older dump, or for a link of another namespace, the name may be one that is not here.
      for (link, name) in lowers { links[link].lower = name.text.flatMap { interfaces[$0] } }
      state.links = links
      if !sawDetails { note("the kinds of links and the tables of VRFs are not known (no `ip -j -d link`)", .links) }
    }
    guard let addresses else {
      note("the addresses are not known (no `ip -j addr`)", .addresses)
      return
    }
    var all: [InterfaceAddress] = []
    try addresses.forEachElement { json throws(JSONMismatch) in all += try Self.addresses(json) }
    state.addresses = all
  }

  private static func link(_ json: JSONValue) throws(JSONMismatch) -> Link {
    var flags = try json.optionalFlags("flags", linkFlags)
    let words: [String] = try json.optional("flags") ?? []
    if flags & up != 0, !words.contains("NO-CARRIER") { flags |= running }
    var link = Link(
      index: try json.required("ifindex"), name: try json.required("ifname"), flags: flags,
      mtu: try json.optional("mtu") ?? 1500)
    if let word: String = try json.optional("operstate") { link.operationalState = operationalStates[word] ?? 0 }
    link.group = try json.optional("group", NameTable.linkGroups) ?? 0
    link.alternativeNames = try json.optional("altnames") ?? []
    guard let information: JSONValue = try json.optional("linkinfo") else { return link }
    link.kind = try information.optional("info_kind")
    if link.kind == "macvlan" || link.kind == "macvtap", let data: JSONValue = try information.optional("info_data") {
      let mode: String? = try data.optional("mode")
      link.takesAllOfLower = mode == "passthru"
    }
    if link.kind == "vrf", let data: JSONValue = try information.optional("info_data") {
      link.vrfTable = try data.optional("table", NameTable.tables)
      let discipline: String? = try json.optional("qdisc")
      link.queues = discipline.map { $0 != "noqueue" } ?? false
    }
    return link
  }

  private static func addresses(_ json: JSONValue) throws(JSONMismatch) -> [InterfaceAddress] {
    let interface: UInt32 = try json.required("ifindex")
    var addresses: [InterfaceAddress] = []
    for entry in try json.optional("addr_info", as: [JSONValue].self) ?? [] where entry != .object([]) {
      let family: String = try entry.required("family")
      guard AddressFamily(rawValue: family) != nil else { continue }
      var flags = entry["dynamic"]?.flag == true ? 0 : permanent
      for (key, bit) in addressFlags where entry[key]?.flag == true { flags |= bit }
      addresses.append(
        InterfaceAddress(
          interface: interface, address: try entry.required("local"), peer: try entry.optional("address"),
          prefixLength: try entry.required("prefixlen"), scope: try entry.optional("scope", NameTable.scopes) ?? 0,
          flags: flags))
    }
    return addresses
  }

  mutating func readNeighbours(_ source: SnapshotImport.Source?) throws(SnapshotError) {
    guard let source else {
      note("the neighbours are not known (no `ip -j neigh`)", .neighbours)
      return
    }
    try source.forEachElement { json throws(JSONMismatch) in
      guard let interface = try interface("dev", in: json) else {
        throw JSONMismatch("expected the key \"dev\"")
      }
      // What is no Ethernet address (a tunnel's is an IP address) does not matter to selection.
      let lladdr = json["lladdr"]?.text.flatMap(HexBytes.parse) ?? []
      let bits = try json.optionalFlags("state", Self.neighbourStates)
      state.neighbours.append(
        Neighbour(
          address: try json.required("dst"), interface: interface,
          state: .init(rawValue: UInt16(truncatingIfNeeded: bits)), linkLayerAddress: lladdr))
    }
  }
}
