internal import Netlink
package import Routing

extension Kernel {
  /// The network interfaces.
  package mutating func links() throws(KernelError) -> [Link] {
    var request = AttributeWriter()
    request.append(header: [UInt8](repeating: 0, count: Link.headerSize))
    request.append(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
    do throws(NetlinkError) {
      return try collect("read the interfaces", type: RTM_GETLINK, request: request) { (wire) throws(WireError) in
        try Link(wire: wire)
      }
    } catch {
      throw KernelError(error)
    }
  }

  /// The addresses of the interfaces, of one family or of both.
  package mutating func addresses(family: AddressFamily? = nil) throws(KernelError) -> [InterfaceAddress] {
    try byFamily(family, "read the addresses", type: RTM_GETADDR, headerSize: InterfaceAddress.headerSize) {
      (wire, family) throws(WireError) in
      guard let address = try InterfaceAddress(wire: wire), address.address.family == family else { return nil }
      return address
    }
  }

  /// The ARP and neighbour-discovery tables, of one family or of both.
  package mutating func neighbours(family: AddressFamily? = nil) throws(KernelError) -> [Neighbour] {
    try byFamily(family, "read the neighbours", type: RTM_GETNEIGH, headerSize: Neighbour.headerSize) {
      (wire, family) throws(WireError) in
      guard let neighbour = try Neighbour(wire: wire), neighbour.address.family == family else { return nil }
      return neighbour
    }
  }

  /// The policy routing rules, in the order in which they are tried, of one family or of both.
  package mutating func rules(family: AddressFamily? = nil) throws(KernelError) -> [Rule] {
    try byFamily(family, "read the rules", type: RTM_GETRULE, headerSize: Rule.headerSize) {
      (wire, family) throws(WireError) in
      guard let rule = try Rule(wire: wire), rule.family == family else { return nil }
      return rule
    }
  }

  /// Reads a dump for each family; a family that the kernel was built or booted without has nothing.
  ///
  /// A kernel without the family may answer with every other family, so `decode` is told which one was asked for.
  private mutating func byFamily<Element>(
    _ family: AddressFamily?, _ operation: String, type: UInt16, headerSize: Int,
    _ decode: (RawSpan, AddressFamily) throws(WireError) -> Element?
  ) throws(KernelError) -> [Element] {
    var elements: [Element] = []
    for family in family.map({ [$0] }) ?? AddressFamily.allCases {
      var request = AttributeWriter()
      request.append(header: [family.kernelValue] + [UInt8](repeating: 0, count: headerSize - 1))
      do throws(NetlinkError) {
        elements += try collect(operation, type: type, request: request) { (wire) throws(WireError) in
          try decode(wire, family)
        }
      } catch {
        guard error.isUnsupported else { throw KernelError(error) }
      }
    }
    return elements
  }
}
