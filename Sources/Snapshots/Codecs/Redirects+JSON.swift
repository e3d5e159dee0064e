package import JSON
package import Routing

extension RedirectedDestination: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      destination: try json.required("dst"), interface: try json.required("ifindex"),
      gateway: try json.optional("gateway"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("dst", destination)
      $0.member("ifindex", interface)
      $0.member("gateway", gateway)
    }
  }
}

extension Redirects: JSONCodable {
  private static let families = [("ipv4", AddressFamily.ipv4), ("ipv6", .ipv6)]

  package init(json: JSONValue) throws(JSONMismatch) {
    self.init()
    destinations = try json.optional("destinations") ?? []
    if let taking: JSONValue = try json.optional("taking") {
      for (name, family) in Self.families {
        do {
          let interfaces: [UInt32] = try taking.optional(name) ?? []
          if !interfaces.isEmpty { takingInterfaces[family] = Set(interfaces) }
        } catch {
          throw error.inside(.key("taking"))
        }
      }
    }
    let unread: [String] = try json.optional("unread") ?? []
    // What a family of the future is called says nothing of these.
    unreadFamilies = Set(Self.families.filter { unread.contains($0.0) }.map(\.1))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("destinations", destinations.isEmpty ? nil : destinations)
      if !takingInterfaces.isEmpty {
        $0.key("taking")
        $0.object {
          for (name, family) in Self.families { $0.member(name, takingInterfaces[family]?.sorted()) }
        }
      }
      let unread = Self.families.filter { unreadFamilies.contains($0.1) }.map(\.0)
      $0.member("unread", unread.isEmpty ? nil : unread)
    }
  }
}
