import Routing

/// What the kernel looks up in a state while it checks a change.
extension Simulation {
  /// The interface that a command names: by name, or as `if` and an index.
  func link(named name: String) throws(ChangeRefusal) -> Link {
    if let link = base.links.first(where: { $0.isNamed(name) }) { return link }
    if name.hasPrefix("if"), let index = UInt32(name.dropFirst(2)),
      let link = base.links.first(where: { $0.index == index })
    {
      return link
    }
    throw ChangeRefusal(.noInterface(name))
  }

  /// The interface that a command of `ip nexthop` names.
  func linkOfNexthop(named name: String) throws(ChangeRefusal) -> Link {
    do throws(ChangeRefusal) { return try link(named: name) } catch {
      throw ChangeRefusal(.noInterfaceOfNexthop(name))
    }
  }

  func link(_ index: UInt32) -> Link? { base.links.first { $0.index == index } }

  /// The number of a table; that of a VRF device by its name.
  func number(_ table: TableReference) throws(ChangeRefusal) -> UInt32 {
    switch table {
    case .number(let number): return number == 0 ? RouteTable.main : number
    case .vrf(let name):
      guard let table = try link(named: name).vrfTable else {
        throw ChangeRefusal(.notSimulated("\"\(name)\" is no VRF, or its table is not known"))
      }
      return table
    }
  }

  /// The table of the VRF that an interface is enslaved to (`l3mdev_fib_table()`).
  func vrfTable(of interface: UInt32) -> UInt32? {
    guard let link = link(interface) else { return nil }
    return link.vrfTable ?? link.master.flatMap { self.link($0)?.vrfTable }
  }

  func isOwnAddress(_ address: IPAddress, on interface: UInt32? = nil) -> Bool {
    base.addresses.contains { $0.address == address && (interface == nil || $0.interface == interface) }
  }
}
