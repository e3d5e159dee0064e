internal import JSON
internal import Routing

/// `ip -j -d nexthop` and `ip -j nexthop bucket show`.
extension Importer {
  mutating func readNexthops(
    _ source: SnapshotImport.Source?, buckets: SnapshotImport.Source?
  ) throws(SnapshotError) {
    if let source {
      var nexthops: [Nexthop] = []
      try source.forEachElement { json throws(JSONMismatch) in
        if json.has("group") {
          state.groups.append(try group(json))
        } else {
          nexthops.append(try nexthop(json))
        }
      }
      state.nexthops = nexthops
    } else {
      note("nexthop objects are not known (no `ip -j nexthop`)", .nexthops)
    }
    if let buckets {
      var tables: [BucketTable] = []
      try buckets.forEachElement { json throws(JSONMismatch) in try Self.addBucket(json, to: &tables) }
      state.bucketTables = tables
    }
  }

  private mutating func nexthop(_ json: JSONValue) throws(JSONMismatch) -> Nexthop {
    let (plain, encapsulation) = splitEncapsulation(json)
    let gateway = try Self.gateway(plain)
    let scope: UInt8 = try plain.optional("scope", NameTable.scopes) ?? 0
    let target: Nexthop.Target
    var family = gateway?.family ?? .ipv4
    if plain.has("blackhole") {
      target = .blackhole
    } else if plain.has("fdb") {
      target = .fdb(gateway: gateway)
    } else {
      guard let interface = try interface("dev", in: plain) else { throw JSONMismatch("expected the key \"dev\"") }
      target = .device(interface: interface, gateway: gateway, encapsulation: encapsulation)
      // The kernel gives a nexthop without a gateway the scope host for IPv4, and link for IPv6.
      if gateway == nil, scope == 253 { family = .ipv6 }
    }
    return Nexthop(
      id: try plain.required("id"), family: family, target: target,
      protocol: try plain.optional("protocol", protocols) ?? 0, scope: scope,
      flags: try plain.optionalFlags("flags", Self.legFlags))
  }

  private func group(_ json: JSONValue) throws(JSONMismatch) -> NexthopGroup {
    var group = NexthopGroup(
      id: try json.required("id"), members: try json.required("group", as: [ImportedMember].self).map(\.member),
      isFDB: json.has("fdb"), protocol: try json.optional("protocol", protocols) ?? 0,
      scope: try json.optional("scope", NameTable.scopes) ?? 0, flags: try json.optionalFlags("flags", Self.legFlags),
      statistics: try json.optional("group_stats") ?? [])
    group.kind = .init(rawValue: try json.optional("type", NameTable.groupKinds) ?? 0)
    guard let arguments: JSONValue = try json.optional("resilient_args") else { return group }
    do {
      group.resilient = ResilientParameters(
        buckets: try arguments.required("buckets"), idleTimer: try arguments.optionalTicks("idle_timer") ?? 0,
        unbalancedTimer: try arguments.optionalTicks("unbalanced_timer") ?? 0,
        unbalancedTime: try arguments.optionalTicks("unbalanced_time") ?? 0)
    } catch {
      throw error.inside(.key("resilient_args"))
    }
    return group
  }

  /// Buckets come by group and index; a gap means that the dump is not whole.
  private static func addBucket(_ json: JSONValue, to tables: inout [BucketTable]) throws(JSONMismatch) {
    let id: UInt32 = try json.required("id")
    let details: JSONValue = try json.required("bucket")
    if tables.last?.group != id {
      guard !tables.contains(where: { $0.group == id }) else {
        throw JSONMismatch("expected the buckets of group \(id) side by side")
      }
      tables.append(BucketTable(group: id, buckets: []))
    }
    do throws(JSONMismatch) {
      let index: Int = try details.required("index")
      let expected = tables[tables.count - 1].buckets.count
      guard index == expected else {
        throw JSONMismatch("expected bucket \(expected) of group \(id), found bucket \(index)").inside(.key("index"))
      }
      tables[tables.count - 1].buckets.append(
        NexthopBucket(
          nexthop: try details.required("nhid"), idleTime: try details.optionalTicks("idle_time") ?? 0,
          flags: try json.optionalFlags("flags", legFlags)))
    } catch {
      throw error.inside(.key("bucket"))
    }
  }
}

extension NameTable {
  fileprivate static let groupKinds = NameTable("a group type", ["mpath": 0, "resilient": 1])
}

/// A member of a group, whose weight `ip` leaves out when it is 1.
private struct ImportedMember: JSONDecodable {
  var member: NexthopGroup.Member

  init(json: JSONValue) throws(JSONMismatch) {
    member = NexthopGroup.Member(id: try json.required("id"), weight: try json.optional("weight") ?? 1)
  }
}
