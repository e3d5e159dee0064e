package import JSON
package import Routing

extension Link: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      index: try json.required("ifindex"), name: try json.required("ifname"), flags: try json.required("flags"),
      operationalState: try json.required("operstate", Words.operationalStates), mtu: try json.required("mtu"),
      kind: try json.optional("kind"), master: try json.optional("master"),
      lower: try json.optional("link"), vrfTable: try json.optional("vrf_table"),
      queues: try json.optional("queues") ?? false, group: try json.optional("group") ?? 0,
      alternativeNames: try json.optional("altnames") ?? [])
    ipv6MTU = try json.optional("ipv6_mtu")
    takesAllOfLower = try json.optional("passthru") ?? false
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("ifindex", index)
      $0.member("ifname", name)
      $0.member("flags", flags)
      $0.member("operstate", Worded(number: operationalState, words: .operationalStates))
      $0.member("mtu", mtu)
      $0.member("ipv6_mtu", ipv6MTU)
      $0.member("kind", kind)
      $0.member("master", master)
      $0.member("link", lower)
      $0.member("passthru", takesAllOfLower ? true : nil)
      $0.member("vrf_table", vrfTable)
      $0.member("queues", queues ? true : nil)
      $0.member("group", group == 0 ? nil : group)
      $0.member("altnames", alternativeNames.isEmpty ? nil : alternativeNames)
    }
  }
}

extension InterfaceAddress: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      interface: try json.required("ifindex"), address: try json.required("local"), peer: try json.optional("peer"),
      prefixLength: try json.required("prefixlen"), scope: try json.required("scope"),
      flags: try json.optional("flags") ?? 0)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("ifindex", interface)
      $0.member("local", address)
      $0.member("peer", peer)
      $0.member("prefixlen", prefixLength)
      $0.member("scope", scope)
      $0.member("flags", flags == 0 ? nil : flags)
    }
  }
}

extension Neighbour: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let address: HexBytes? = try json.optional("lladdr")
    self.init(
      address: try json.required("dst"), interface: try json.required("ifindex"),
      state: State(rawValue: try json.required("state", Words.neighbourStates)),
      linkLayerAddress: address?.bytes ?? [])
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("dst", address)
      $0.member("ifindex", interface)
      $0.member(
        "lladdr",
        linkLayerAddress.isEmpty ? nil : HexBytes(linkLayerAddress, separator: UInt8(ascii: ":")))
      $0.member("state", Worded(number: state.rawValue, words: .neighbourStates))
    }
  }
}
