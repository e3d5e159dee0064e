package import Routing

/// Prints routes, nexthops and buckets byte for byte as `ip` of iproute2 6.1 does.
///
/// Call `begin()`, then `append` for each object in the order of the kernel's dump, then `end()`. Take `output` away
/// and call `discardOutput()` as often as the buffer should be flushed. One printer stands for one run of `ip`: names
/// from configuration files come into play as they do there.
package struct IPRoute2Printer: Sendable {
  var writer: FieldWriter
  var names: NameTables
  /// `ip -d`.
  var showsDetails: Bool
  /// Whether details include those of nexthop objects.
  var describesObjects = true
  let isLittleEndian: Bool
  let interfaces: InterfaceNames
  private(set) var nexthops: [UInt32: Nexthop] = [:]
  private var groups: [UInt32: NexthopGroup] = [:]

  /// - Parameters:
  ///   - interfaces: The names of the interfaces by index; an index that is not there prints as `if7`.
  ///   - nexthops: The nexthop objects that `nh_info` describes with `details`, and that tell the family of buckets.
  ///   - isLittleEndian: The byte order of the machine that was read, for attributes that are kept as bytes.
  ///   - palette: The colours of text; nil for none.
  package init(
    names: NameTables, interfaces: [UInt32: String], format: OutputFormat = .text, details: Bool = false,
    nexthops: [Nexthop] = [], groups: [NexthopGroup] = [], isLittleEndian: Bool = true, palette: Palette? = nil
  ) {
    writer = FieldWriter(format: format, palette: palette)
    self.names = names
    showsDetails = details
    self.isLittleEndian = isLittleEndian
    self.interfaces = InterfaceNames(interfaces)
    for nexthop in nexthops { self.nexthops[nexthop.id] = nexthop }
    for group in groups { self.groups[group.id] = group }
  }

  /// A printer for the names and the objects of a state.
  package init(
    state: RoutingState, names: NameTables, format: OutputFormat = .text, details: Bool = false, palette: Palette? = nil
  ) {
    var interfaces: [UInt32: String] = [:]
    for link in state.links { interfaces[link.index] = link.name }
    self.init(
      names: names, interfaces: interfaces, format: format, details: details, nexthops: state.nexthops ?? [],
      groups: state.groups, isLittleEndian: state.kernel.isLittleEndian, palette: palette)
  }

  /// What was printed since the last `discardOutput()`.
  package var output: [UInt8] {
    // A getter that does not mutate would be handed a copy of the whole printer, for every route of a large table.
    mutating get { writer.output }
  }

  /// Empties `output` and keeps its capacity.
  package mutating func discardOutput() { writer.removeAll() }

  /// Opens the array that JSON output is.
  package mutating func begin() { writer.openArray() }

  /// Closes what `begin()` opened.
  package mutating func end() {
    writer.closeArray()
    writer.endOfOutput()
  }

  // MARK: Shared with routes and nexthops

  mutating func tableField(_ key: String, _ label: String, _ table: UInt32) {
    if let name = names.tables[table] {
      writer.string(key, label, name)
    } else {
      writer.string(key, label, String(table))
    }
  }

  /// The words for the bits of `rtm_flags` or `rtnh_flags`.
  mutating func flags(_ flags: UInt32) {
    writer.openArray("flags")
    if flags & Self.namedFlags != 0 {
      for (bit, name) in Self.flagNames where flags & bit != 0 { writer.string(nil, "", name) }
    }
    writer.closeArray()
  }

  /// The object's description that `ip -d` adds to a route; nothing for an object that is not there.
  mutating func nexthopInformation(_ id: UInt32) {
    if let nexthop = nexthops[id] {
      writer.text("\n\tnh_info ")
      fields(of: nexthop, key: "nh_info")
    } else if let group = groups[id] {
      writer.text("\n\tnh_info ")
      fields(of: group, key: "nh_info")
    }
  }

  static let flagNames: [(bit: UInt32, name: String)] = [
    (UInt32(NexthopFlags.dead.rawValue), "dead"),
    (UInt32(NexthopFlags.onlink.rawValue), "onlink"),
    (UInt32(NexthopFlags.pervasive.rawValue), "pervasive"),
    (UInt32(NexthopFlags.offload.rawValue), "offload"),
    (UInt32(NexthopFlags.trap.rawValue), "trap"),
    (0x100, "notify"),
    (UInt32(NexthopFlags.linkdown.rawValue), "linkdown"),
    (UInt32(NexthopFlags.unresolved.rawValue), "unresolved"),
    (RouteFlags.offload, "rt_offload"),
    (RouteFlags.trap, "rt_trap"),
    (RouteFlags.offloadFailed, "rt_offload_failed"),
  ]

  private static let namedFlags: UInt32 = flagNames.reduce(0) { $0 | $1.bit }
}
