package import JSON
package import Routing

extension KernelIdentity: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      release: try json.required("release"), machine: try json.required("machine"),
      build: try json.optional("build"), bootID: try json.optional("boot_id"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("release", release)
      $0.member("machine", machine)
      $0.member("build", build)
      $0.member("boot_id", bootID)
    }
  }
}

/// The sysctls stand under their own names, in one object for each family.
extension KernelSettings: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init()
    if let ipv4: JSONValue = try json.optional("ipv4") {
      do { try readIPv4(ipv4) } catch { throw error.inside(.key("ipv4")) }
    }
    if let ipv6: JSONValue = try json.optional("ipv6") {
      do { try readIPv6(ipv6) } catch { throw error.inside(.key("ipv6")) }
    }
    rootUserID = try json.optional("root_uid") ?? 0
    guard let all: JSONValue = try json.optional("interfaces") else { return }
    guard let members = all.members else {
      throw JSONMismatch(expected: "an object", found: all).inside(.key("interfaces"))
    }
    for member in members {
      do {
        interfaces[member.key] = try InterfaceSettings(json: member.value)
      } catch {
        throw error.inside(.key(member.key)).inside(.key("interfaces"))
      }
    }
  }

  private mutating func readIPv4(_ json: JSONValue) throws(JSONMismatch) {
    ipv4Hash.policy = try json.optional("fib_multipath_hash_policy")
    ipv4Hash.fields = try json.optional("fib_multipath_hash_fields")
    hashSeed = try json.optional("fib_multipath_hash_seed")
    useNeighbours = try json.optional("fib_multipath_use_neigh")
    nexthopCompatMode = try json.optional("nexthop_compat_mode")
    ipv4ForwardingAll = try json.optional("forwarding")
    ipv4IgnoresLinkdownAll = try json.optional("ignore_routes_with_linkdown")
    ipv4ReversePathFilterAll = try json.optional("rp_filter")
    ipv4AcceptsSourceRoutesAll = try json.optional("accept_source_route")
    ipv4AdmissionAll = try AdmissionSettings(members: json, prefix: "")
  }

  private mutating func readIPv6(_ json: JSONValue) throws(JSONMismatch) {
    ipv6Hash.policy = try json.optional("fib_multipath_hash_policy")
    ipv6Hash.fields = try json.optional("fib_multipath_hash_fields")
    ipv6ForwardingAll = try json.optional("forwarding")
    ipv6IgnoresLinkdownAll = try json.optional("ignore_routes_with_linkdown")
    autoFlowLabels = try json.optional("auto_flowlabels")
    skipNotifyOnDeviceDown = try json.optional("skip_notify_on_dev_down")
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("ipv4")
      writer.object {
        $0.member("fib_multipath_hash_policy", ipv4Hash.policy)
        $0.member("fib_multipath_hash_fields", ipv4Hash.fields)
        $0.member("fib_multipath_hash_seed", hashSeed)
        $0.member("fib_multipath_use_neigh", useNeighbours)
        $0.member("nexthop_compat_mode", nexthopCompatMode)
        $0.member("forwarding", ipv4ForwardingAll)
        $0.member("ignore_routes_with_linkdown", ipv4IgnoresLinkdownAll)
        $0.member("rp_filter", ipv4ReversePathFilterAll)
        $0.member("accept_source_route", ipv4AcceptsSourceRoutesAll)
        ipv4AdmissionAll.writeMembers(to: &$0, prefix: "")
      }
      writer.key("ipv6")
      writer.object {
        $0.member("fib_multipath_hash_policy", ipv6Hash.policy)
        $0.member("fib_multipath_hash_fields", ipv6Hash.fields)
        $0.member("forwarding", ipv6ForwardingAll)
        $0.member("ignore_routes_with_linkdown", ipv6IgnoresLinkdownAll)
        $0.member("auto_flowlabels", autoFlowLabels)
        $0.member("skip_notify_on_dev_down", skipNotifyOnDeviceDown)
      }
      if rootUserID != 0 { writer.member("root_uid", rootUserID) }
      writer.key("interfaces")
      writer.object {
        for (name, settings) in interfaces.sorted(by: { $0.key < $1.key }) { $0.member(name, settings) }
      }
    }
  }
}

extension InterfaceSettings: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init()
    ipv4Forwarding = try json.optional("ipv4_forwarding")
    ipv4IgnoresLinkdown = try json.optional("ipv4_ignore_routes_with_linkdown")
    reversePathFilter = try json.optional("ipv4_rp_filter")
    ipv4AcceptsSourceRoutes = try json.optional("ipv4_accept_source_route")
    ipv4Admission = try AdmissionSettings(members: json, prefix: "ipv4_")
    ipv6Forwarding = try json.optional("ipv6_forwarding")
    ipv6IgnoresLinkdown = try json.optional("ipv6_ignore_routes_with_linkdown")
    ipv6ForcesForwarding = try json.optional("ipv6_force_forwarding")
    ipv6IsDisabled = try json.optional("ipv6_disable_ipv6")
    ipv6KeepsAddresses = try json.optional("ipv6_keep_addr_on_down")
    receivePacketSteering = try json.optional("rps")
    receiveHashing = try json.optional("rx_hashing")
    driver = try json.optional("driver")
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("ipv4_forwarding", ipv4Forwarding)
      $0.member("ipv4_ignore_routes_with_linkdown", ipv4IgnoresLinkdown)
      $0.member("ipv4_rp_filter", reversePathFilter)
      $0.member("ipv4_accept_source_route", ipv4AcceptsSourceRoutes)
      ipv4Admission.writeMembers(to: &$0, prefix: "ipv4_")
      $0.member("ipv6_forwarding", ipv6Forwarding)
      $0.member("ipv6_ignore_routes_with_linkdown", ipv6IgnoresLinkdown)
      $0.member("ipv6_force_forwarding", ipv6ForcesForwarding)
      $0.member("ipv6_disable_ipv6", ipv6IsDisabled)
      $0.member("ipv6_keep_addr_on_down", ipv6KeepsAddresses)
      $0.member("rps", receivePacketSteering)
      $0.member("rx_hashing", receiveHashing)
      $0.member("driver", driver)
    }
  }
}

/// They stand among the other settings of their object.
extension AdmissionSettings {
  fileprivate init(members json: JSONValue, prefix: String) throws(JSONMismatch) {
    self.init()
    for entry in Entry.all { self[keyPath: entry.value] = try json.optional(prefix + entry.name) }
  }

  fileprivate func writeMembers(to writer: inout JSONWriter, prefix: String) {
    for entry in Entry.all { writer.member(prefix + entry.name, self[keyPath: entry.value]) }
  }
}
