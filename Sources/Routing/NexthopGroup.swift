/// A group of nexthop objects: the multipath of routes that use nexthop objects.
package struct NexthopGroup: Hashable, Sendable {
  /// One member, in the order of NHA_GROUP.
  package struct Member: Hashable, Sendable {
    package var id: UInt32
    /// 1 to 65535; at most 255 on kernels before the 16-bit weights.
    package var weight: UInt32

    package init(id: UInt32, weight: UInt32 = 1) {
      self.id = id
      self.weight = weight
    }
  }

  /// How a member is chosen (NHA_GROUP_TYPE).
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `mpath`: the hash falls into the range below a member's upper bound.
    package static let hashThreshold = Kind(rawValue: 0)
    /// `resilient`: the hash selects a bucket, and the bucket names a member.
    package static let resilient = Kind(rawValue: 1)
  }

  /// Packet counters of one member (NHA_GROUP_STATS, Linux 6.9 and later).
  package struct MemberStatistics: Hashable, Sendable {
    package var id: UInt32
    /// Selections by software and hardware together; RTM_GETROUTE counts too.
    package var packets: UInt64
    package var hardwarePackets: UInt64?

    package init(id: UInt32, packets: UInt64, hardwarePackets: UInt64? = nil) {
      self.id = id
      self.packets = packets
      self.hardwarePackets = hardwarePackets
    }
  }

  package var id: UInt32
  package var kind: Kind
  package var members: [Member]
  /// Present when `kind` is resilient.
  package var resilient: ResilientParameters?
  package var isFDB: Bool
  package var `protocol`: UInt8
  package var scope: UInt8
  package var flags: UInt32
  /// Empty where the kernel has no group statistics.
  package var statistics: [MemberStatistics]

  package init(
    id: UInt32, kind: Kind = .hashThreshold, members: [Member], resilient: ResilientParameters? = nil,
    isFDB: Bool = false, protocol: UInt8 = 0, scope: UInt8 = 0, flags: UInt32 = 0,
    statistics: [MemberStatistics] = []
  ) {
    self.id = id
    self.kind = kind
    self.members = members
    self.resilient = resilient
    self.isFDB = isFDB
    self.protocol = `protocol`
    self.scope = scope
    self.flags = flags
    self.statistics = statistics
  }
}

/// The parameters and the state of a resilient group (NHA_RES_GROUP). Times are in USER_HZ ticks, 1/100 s.
package struct ResilientParameters: Hashable, Sendable {
  /// 1 to 65535.
  package var buckets: UInt16
  /// How long a bucket must be unused to count as idle.
  package var idleTimer: UInt32
  /// How long the table may stay unbalanced before busy buckets are moved; 0 is for ever.
  package var unbalancedTimer: UInt32
  /// How long the table has been unbalanced; 0 when it is balanced.
  package var unbalancedTime: UInt64

  package init(buckets: UInt16, idleTimer: UInt32, unbalancedTimer: UInt32, unbalancedTime: UInt64 = 0) {
    self.buckets = buckets
    self.idleTimer = idleTimer
    self.unbalancedTimer = unbalancedTimer
    self.unbalancedTime = unbalancedTime
  }
}

/// One bucket of a resilient group (NHA_RES_BUCKET).
package struct NexthopBucket: Hashable, Sendable {
  /// The id of the group member that the bucket sends to.
  package var nexthop: UInt32
  /// USER_HZ ticks (1/100 s) since the bucket was last used, or moved.
  package var idleTime: UInt64
  /// `nh_flags` of the bucket message: offload and trap.
  package var flags: UInt32

  package init(nexthop: UInt32, idleTime: UInt64, flags: UInt32 = 0) {
    self.nexthop = nexthop
    self.idleTime = idleTime
    self.flags = flags
  }
}

/// The bucket table of a resilient group: `buckets[i]` is the bucket of index i.
package struct BucketTable: Hashable, Sendable {
  package var group: UInt32
  package var buckets: [NexthopBucket]

  package init(group: UInt32, buckets: [NexthopBucket]) {
    self.group = group
    self.buckets = buckets
  }
}
