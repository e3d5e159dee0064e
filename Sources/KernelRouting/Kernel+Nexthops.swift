internal import Netlink
package import Routing

extension Kernel {
  /// The nexthop objects; nil on a kernel without them.
  ///
  /// Groups have no statistics where the kernel has none, or can not fit them into a message: with about 900 members.
  package mutating func nexthops() throws(KernelError) -> (single: [Nexthop], groups: [NexthopGroup])? {
    do throws(NetlinkError) {
      return try nexthops(operationFlags: NHA_OP_FLAG_DUMP_STATS | NHA_OP_FLAG_DUMP_HW_STATS)
    } catch {
      if error.isUnsupported { return nil }
      guard error.isInvalid || error.errno == .messageTooLong else { throw KernelError(error) }
    }
    // Kernels before the group statistics refuse the attribute that asks for them.
    do throws(NetlinkError) {
      return try nexthops(operationFlags: nil)
    } catch {
      if error.isUnsupported || error.isInvalid { return nil }
      throw KernelError(error)
    }
  }

  private mutating func nexthops(
    operationFlags: UInt32?
  ) throws(NetlinkError) -> (single: [Nexthop], groups: [NexthopGroup]) {
    var request = AttributeWriter()
    request.append(header: NexthopHeader().bytes)
    if let operationFlags { request.append(NHA_OP_FLAGS, operationFlags) }
    var single: [Nexthop] = []
    var groups: [NexthopGroup] = []
    try dump(
      "read the nexthop objects", type: RTM_GETNEXTHOP, request: request,
      start: {
        single.removeAll()
        groups.removeAll()
      }
    ) { (wire) throws(WireError) in
      switch try NexthopObject(wire: wire) {
      case .single(let nexthop): single.append(nexthop)
      case .group(let group): groups.append(group)
      case nil: break
      }
    }
    return (single, groups)
  }

  /// The buckets of one resilient group; none where the kernel has no resilient groups.
  ///
  /// - Throws: the kernel's refusal when there is no such group, or it is not resilient.
  package mutating func buckets(of group: UInt32) throws(KernelError) -> [NexthopBucket] {
    try bucketTables(of: group).first { $0.group == group }?.buckets ?? []
  }

  /// The buckets of all resilient groups; none where the kernel has no resilient groups.
  package mutating func bucketTables() throws(KernelError) -> [BucketTable] {
    try bucketTables(of: nil)
  }

  private mutating func bucketTables(of group: UInt32?) throws(KernelError) -> [BucketTable] {
    var request = AttributeWriter()
    request.append(header: NexthopHeader().bytes)
    if let group { request.append(NHA_ID, group) }
    var tables: [BucketTable] = []
    do throws(NetlinkError) {
      try dump(
        "read the buckets", type: RTM_GETNEXTHOPBUCKET, request: request, start: { tables.removeAll() }
      ) { (wire) throws(WireError) in
        guard let message = try BucketMessage(wire: wire) else { return }
        if tables.last?.group != message.group { tables.append(BucketTable(group: message.group, buckets: [])) }
        tables[tables.count - 1].buckets.append(message.bucket)
      }
    } catch {
      guard error.isUnsupported else { throw KernelError(error) }
    }
    return tables
  }
}
