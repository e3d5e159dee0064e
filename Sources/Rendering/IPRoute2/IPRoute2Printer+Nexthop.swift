package import Routing

extension IPRoute2Printer {
  /// Prints a single nexthop object, as a line of `ip nexthop show`.
  package mutating func append(_ nexthop: Nexthop) {
    fields(of: nexthop, key: nil)
    writer.text("\n")
  }

  /// Prints a group, as a line of `ip nexthop show`.
  ///
  /// iproute2 6.1 reads 8 of the 16 bits of a weight - 1: a weight of 257 prints as 1, which is not printed at all.
  package mutating func append(_ group: NexthopGroup) {
    fields(of: group, key: nil)
    writer.text("\n")
  }

  /// Prints every nexthop and group of the arrays in the order of the ids, which is that of the kernel's dump.
  ///
  /// - Parameter family: `ip -4` and `ip -6` show single nexthops of the family and no groups.
  package mutating func append(
    nexthops: [Nexthop], groups: [NexthopGroup], family: AddressFamily? = nil
  ) {
    var groups = groups.sorted { $0.id < $1.id }[...]
    if family != nil { groups = [] }
    for nexthop in nexthops.sorted(by: { $0.id < $1.id }) where family == nil || nexthop.family == family {
      while let group = groups.first, group.id < nexthop.id {
        append(group)
        groups.removeFirst()
      }
      append(nexthop)
    }
    for group in groups { append(group) }
  }

  /// Prints the buckets of a resilient group, as `ip nexthop bucket show id N`.
  ///
  /// - Parameter family: `ip -4` and `ip -6` show the buckets that send to a nexthop of the family.
  package mutating func append(_ table: BucketTable, family: AddressFamily? = nil) {
    for (index, bucket) in table.buckets.enumerated() where has(bucket.nexthop, family) {
      writer.openObject()
      writer.number("id", "id ", table.group)
      writer.openObject("bucket")
      writer.number("index", "index ", index)
      writer.seconds("idle_time", "idle_time ", hundredths: bucket.idleTime)
      writer.number("nhid", "nhid ", bucket.nexthop)
      writer.closeObject()
      flags(bucket.flags)
      writer.text("\n")
      writer.closeObject()
    }
  }

  /// Whether a nexthop object is of the family; nil is any.
  private func has(_ nexthop: UInt32, _ family: AddressFamily?) -> Bool {
    guard let family else { return true }
    return nexthops[nexthop]?.family == family
  }

  mutating func fields(of nexthop: Nexthop, key: String?) {
    writer.openObject(key)
    writer.number("id", "id ", nexthop.id)
    var isBlackhole = false
    var isFDB = false
    switch nexthop.target {
    case .blackhole: isBlackhole = true
    case .fdb(let gateway):
      isFDB = true
      if let gateway { writer.address("gateway", "via ", gateway, .value) }
    case .device(let interface, let gateway, let encapsulation):
      if let encapsulation { fields(of: encapsulation) }
      if let gateway { writer.address("gateway", "via ", gateway, .value) }
      if interface != 0 { writer.interface("dev", "dev ", interfaces[interface], .value) }
    }
    tail(
      scope: nexthop.scope, protocol: nexthop.protocol, flags: nexthop.flags, isBlackhole: isBlackhole, isFDB: isFDB)
    writer.closeObject()
  }

  mutating func fields(of group: NexthopGroup, key: String?) {
    writer.openObject(key)
    writer.number("id", "id ", group.id)
    writer.openArray("group")
    writer.text("group ")
    for (index, member) in group.members.enumerated() {
      writer.openObject()
      if index > 0 { writer.text("/") }
      writer.number("id", "", member.id, "")
      let weight = UInt8(truncatingIfNeeded: member.weight &- 1)
      if weight != 0 { writer.number("weight", ",", UInt32(weight) + 1, "") }
      writer.closeObject()
    }
    writer.text(" ")
    writer.closeArray()
    switch group.kind {
    case .hashThreshold: break
    case .resilient: writer.string("type", "type ", "resilient")
    default: writer.string("type", "type ", "<unknown type>")
    }
    if let resilient = group.resilient { fields(of: resilient) }
    tail(scope: group.scope, protocol: group.protocol, flags: group.flags, isBlackhole: false, isFDB: group.isFDB)
    writer.closeObject()
  }

  private mutating func fields(of resilient: ResilientParameters) {
    writer.openObject("resilient_args")
    writer.number("buckets", "buckets ", resilient.buckets)
    writer.seconds("idle_timer", "idle_timer ", hundredths: UInt64(resilient.idleTimer))
    writer.seconds("unbalanced_timer", "unbalanced_timer ", hundredths: UInt64(resilient.unbalancedTimer))
    writer.seconds("unbalanced_time", "unbalanced_time ", hundredths: resilient.unbalancedTime)
    writer.closeObject()
  }

  private mutating func tail(scope: UInt8, protocol number: UInt8, flags: UInt32, isBlackhole: Bool, isFDB: Bool) {
    if scope != 0 || showsDetails { writer.string("scope", "scope ", names.scopes.name(scope)) }
    if isBlackhole { writer.null("blackhole", "blackhole ") }
    if number != 0 || showsDetails { writer.string("protocol", "proto ", names.protocols.name(number)) }
    self.flags(flags)
    if isFDB { writer.null("fdb", "fdb") }
  }
}
