package import JSON
package import Routing

extension Nexthop: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let gateway: IPAddress? = try json.optional("gateway")
    let target: Target
    if try json.optional("blackhole") == true {
      target = .blackhole
    } else if try json.optional("fdb") == true {
      target = .fdb(gateway: gateway)
    } else {
      target = .device(
        interface: try json.required("ifindex"), gateway: gateway, encapsulation: try json.optional("encap"))
    }
    self.init(
      id: try json.required("id"), family: try json.required("family"), target: target,
      protocol: try json.required("protocol"), scope: try json.required("scope"),
      flags: try json.optional("flags") ?? 0)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("id", id)
      $0.member("family", family)
      switch target {
      case .blackhole:
        $0.member("blackhole", true)
      case .fdb(let gateway):
        $0.member("fdb", true)
        $0.member("gateway", gateway)
      case .device(let interface, let gateway, let encapsulation):
        $0.member("gateway", gateway)
        $0.member("ifindex", interface)
        $0.member("encap", encapsulation)
      }
      $0.member("protocol", `protocol`)
      $0.member("scope", scope)
      $0.member("flags", flags == 0 ? nil : flags)
    }
  }
}

extension NexthopGroup.Member: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(id: try json.required("id"), weight: try json.required("weight"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("id", id)
      $0.member("weight", weight)
    }
  }
}

extension NexthopGroup.MemberStatistics: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      id: try json.required("id"), packets: try json.required("packets"),
      hardwarePackets: try json.optional("packets_hw"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("id", id)
      $0.member("packets", packets)
      $0.member("packets_hw", hardwarePackets)
    }
  }
}

extension ResilientParameters: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      buckets: try json.required("buckets"), idleTimer: try json.required("idle_timer_ticks"),
      unbalancedTimer: try json.required("unbalanced_timer_ticks"),
      unbalancedTime: try json.optional("unbalanced_time_ticks") ?? 0)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("buckets", buckets)
      $0.member("idle_timer_ticks", idleTimer)
      $0.member("unbalanced_timer_ticks", unbalancedTimer)
      $0.member("unbalanced_time_ticks", unbalancedTime)
    }
  }
}

extension NexthopGroup: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      id: try json.required("id"), kind: Kind(rawValue: try json.required("type", Words.groupKinds)),
      members: try json.required("group"), resilient: try json.optional("resilient_args"),
      isFDB: try json.optional("fdb") ?? false, protocol: try json.required("protocol"),
      scope: try json.required("scope"), flags: try json.optional("flags") ?? 0,
      statistics: try json.optional("group_stats") ?? [])
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("id", id)
      $0.member("type", Worded(number: kind.rawValue, words: .groupKinds))
      $0.member("group", members)
      $0.member("resilient_args", resilient)
      $0.member("fdb", isFDB ? true : nil)
      $0.member("protocol", `protocol`)
      $0.member("scope", scope)
      $0.member("flags", flags == 0 ? nil : flags)
      $0.member("group_stats", statistics.isEmpty ? nil : statistics)
    }
  }
}

extension NexthopBucket: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      nexthop: try json.required("nhid"), idleTime: try json.required("idle_ticks"),
      flags: try json.optional("flags") ?? 0)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("nhid", nexthop)
      $0.member("idle_ticks", idleTime)
      $0.member("flags", flags == 0 ? nil : flags)
    }
  }
}

extension BucketTable: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(group: try json.required("id"), buckets: try json.required("buckets"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("id", group)
      $0.member("buckets", buckets)
    }
  }
}
