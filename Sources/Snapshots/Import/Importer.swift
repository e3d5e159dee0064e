internal import JSON
internal import Routing

/// The state of an import, filled source by source.
struct Importer {
  var state = RoutingState(kernel: KernelIdentity(release: "unknown", machine: "unknown"))
  var notes: [String] = []
  var tables = NameTable.tables
  var protocols = NameTable.protocols
  /// Interface indexes by name.
  var interfaces: [String: UInt32] = [:]
  /// Whether `interfaces` comes from a dump; otherwise an unknown name gets a made-up index.
  var knowsInterfaces = false
  /// `net.ipv6.conf.*.mtu` by the name of the interface.
  var ipv6MTUs: [String: UInt32] = [:]
  /// `net.ipv6.conf.all.keep_addr_on_down`.
  var keepsAllAddresses = false
  var sawMetrics = false
  var sawEncapsulation = false

  /// - Parameter parts: what of the state is not known for that.
  mutating func note(_ text: String, _ parts: StatePart...) {
    if !notes.contains(text) { notes.append(text) }
    state.unread.formUnion(parts)
  }

  /// The interface index of a name as `ip` prints it; a vanished interface is `if` and its index.
  mutating func interface(_ json: JSONValue) throws(JSONMismatch) -> UInt32 {
    let name = try json.requiredText("the name of an interface")
    if let index = interfaces[name] { return index }
    if name == "*" { return 0 }
    if name.hasPrefix("if"), let index = UInt32(name.dropFirst(2)) { return index }
    guard !knowsInterfaces else {
      throw JSONMismatch(expected: "the name of an interface in the link dump", found: json)
    }
    let index = UInt32(truncatingIfNeeded: interfaces.count + 1)
    interfaces[name] = index
    let flags: UInt32 = name == "lo" ? 0x10049 : 0x11043
    state.links.append(Link(index: index, name: name, flags: flags, operationalState: 6))
    return index
  }

  /// The member's value as an interface index; nil when absent.
  mutating func interface(_ key: String, in json: JSONValue) throws(JSONMismatch) -> UInt32? {
    guard let value: JSONValue = try json.optional(key) else { return nil }
    do {
      return try interface(value)
    } catch {
      throw error.inside(.key(key))
    }
  }

  /// Says what follows from sources that were there or not.
  mutating func finish() {
    if state.routes.contains(where: { $0.family == .ipv6 && $0.entries6 > 1 }) {
      note("IPv6 multipath routes are taken to hide no other routes and preferences, which `ip` does not show")
    }
    if !knowsInterfaces {
      note(
        "links are not known (no `ip -j link`): interfaces are taken to be up, and their indexes are made up", .links)
    }
    for index in state.links.indices {
      if let mtu = ipv6MTUs[state.links[index].name], mtu != state.links[index].mtu { state.links[index].ipv6MTU = mtu }
    }
    if sawMetrics { note("`ip -j` does not show which route metrics are locked") }
    if sawEncapsulation { note("the parameters of encapsulations are not imported, only their types") }
    for group in state.groups where group.kind == .resilient {
      if !state.bucketTables.contains(where: { $0.group == group.id }) {
        note("the buckets of group \(group.id) are not known (no `ip -j nexthop bucket show`)", .buckets)
      }
    }
    inferNexthopFamilies()
    state.unread.insert(.details)
  }

  /// `ip` does not print the family of a nexthop; where its own members do not tell, a route that uses it does.
  private mutating func inferNexthopFamilies() {
    guard var nexthops = state.nexthops else { return }
    var families: [UInt32: AddressFamily] = [:]
    let members = Dictionary(state.groups.map { ($0.id, $0.members.map(\.id)) }, uniquingKeysWith: { $1 })
    for route in state.routes {
      guard let id = route.nexthopID else { continue }
      for used in members[id] ?? [id] { families[used] = route.family }
    }
    for index in nexthops.indices {
      guard case .blackhole = nexthops[index].target, let family = families[nexthops[index].id] else { continue }
      nexthops[index].family = family
    }
    state.nexthops = nexthops
  }
}

extension JSONValue {
  /// The number of a member by its name or in digits; nil when absent.
  func optional<T: FixedWidthInteger>(
    _ key: String, _ names: NameTable, as type: T.Type = T.self
  ) throws(JSONMismatch) -> T? {
    guard let value: JSONValue = try optional(key) else { return nil }
    do {
      return try names.number(value)
    } catch {
      throw error.inside(.key(key))
    }
  }

  /// Whether the object has the key, be it with null, which is how `ip -j` prints a bare word.
  func has(_ key: String) -> Bool { self[key] != nil }

  /// A time that `ip` prints in seconds, in ticks; nil when absent.
  func optionalTicks<T: FixedWidthInteger>(_ key: String, as type: T.Type = T.self) throws(JSONMismatch) -> T? {
    guard let value: JSONValue = try optional(key) else { return nil }
    guard let seconds = value.number, let ticks = T(exactly: (seconds * 100).rounded()) else {
      throw JSONMismatch(expected: "a time in seconds", found: value).inside(.key(key))
    }
    return ticks
  }

  /// The words of an array that are in the table, as bits.
  func optionalFlags(_ key: String, _ bits: [String: UInt32]) throws(JSONMismatch) -> UInt32 {
    guard let words: [String] = try optional(key) else { return 0 }
    return words.reduce(0) { $0 | (bits[$1] ?? 0) }
  }
}
