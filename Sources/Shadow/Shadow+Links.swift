internal import KernelRouting
internal import Routing
internal import Scratch

extension Shadow {
  /// Makes the interfaces, all down.
  ///
  /// A kind that carries a decision is made as it is where the kernel has it: a VRF, and what follows the carrier of
  /// another interface. All others are ends of cables.
  mutating func makeLinks() throws(KernelError) {
    var existing = try inside.kernel.links()
    let plan = LinkPlan(wanted.links)
    var left = plan.stands.filter { stand in !isThere(stand.link, existing) }
    // A kind that the kernel lacks, or that does not do what is asked for, becomes a cable.
    for index in left.indices {
      guard let kind = left[index].ownKind, left[index].stage == .alone else { continue }
      if try !makes(left[index].link, kind) { left[index].becomeCable() }
    }
    try makeCables(left.filter { $0.stage == .cable })
    for stand in left where stand.stage == .stacked {
      guard let kind = stand.ownKind else { continue }
      if try makes(stand.link, kind) { continue }
      var substitute = stand
      substitute.becomeCable()
      try makeCables([substitute])
    }
    existing = try inside.kernel.links()
    let names = Dictionary(existing.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
    built = wanted.links.filter { names[$0.index] == $0.name }
    try adjust(existing)
    // The members of a bridge or a bond change what it is.
    try adjust(try inside.kernel.links())
  }

  /// Whether the namespace came with the interface, as with `lo`; one that is in its place is remembered.
  private mutating func isThere(_ link: Link, _ existing: [Link]) -> Bool {
    if let other = existing.first(where: { $0.index == link.index || $0.name == link.name }) {
      if other.name != link.name || other.index != link.index {
        refusals[link.place] =
          "every new namespace has an interface \(other.index) \(other.name) in its place; "
          + "with net.core.fb_tunnels_only_for_init_net=2 none has"
      }
      return true
    }
    return false
  }

  private mutating func makes(_ link: Link, _ kind: NewLink.Kind) throws(KernelError) -> Bool {
    let request = KernelRequest.add(.link(NewLink(end(of: link), kind)))
    return try inside.kernel.perform([request]) == [nil]
  }

  /// The interface itself, with the link-layer address that its link-local address tells.
  private func end(of link: Link) -> NewLink.End {
    NewLink.End(link.name, index: link.index, address: linkLocal(link) ?? [])
  }

  /// The link-layer address of an interface whose link-local address was made of it (RFC 4291, appendix A).
  func linkLocal(_ link: Link) -> [UInt8]? {
    for address in wanted.addresses where address.interface == link.index && address.address.isLinkLocal {
      let bytes = address.address.networkBytes
      guard bytes.count == 16, bytes[11] == 0xff, bytes[12] == 0xfe else { continue }
      let universal: UInt8 = 2
      return [bytes[8] ^ universal, bytes[9], bytes[10], bytes[13], bytes[14], bytes[15]]
    }
    return nil
  }

  private mutating func makeCables(_ stands: [LinkPlan.Stand]) throws(KernelError) {
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    for stand in stands {
      let near = end(of: stand.link)
      if let peer = stand.pairedWith {
        let kind = NewLink.Kind.veth(peer: end(of: peer))
        requests.append((stand.link.place, .add(.link(NewLink(near, kind)))))
        continue
      }
      // Where both ends had one index, the kernel would take its time to tell of a carrier (`linkwatch_urgent_event()`).
      let index = stand.link.index ^ 1 << 30
      let end = NewLink.End("far\(stand.link.index)", index: index == 0 ? nil : index, namespace: far.descriptor)
      requests.append((stand.link.place, .add(.link(NewLink(near, .veth(peer: end))))))
    }
    try perform(requests)
    let ends = Dictionary(try far.kernel.links().map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
    for stand in stands where stand.pairedWith == nil {
      cables[stand.link.index] = ends["far\(stand.link.index)"]
    }
  }

  /// Gives the interfaces their MTU, group, master and use of ARP.
  private mutating func adjust(_ found: [Link]) throws(KernelError) {
    let found = Dictionary(found.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    for link in built {
      guard let now = found[link.index] else { continue }
      if now.group != link.group {
        requests.append((link.place, .change(LinkChange(index: link.index, group: link.group))))
      }
      if now.master != link.master {
        requests.append((link.place, .change(LinkChange(index: link.index, master: link.master ?? 0))))
      }
      if now.mtu != link.mtu {
        requests.append((link.place, .change(LinkChange(index: link.index, mtu: link.mtu))))
      }
      if now.usesARP != link.usesARP, !link.isLoopback {
        requests.append((link.place, .change(LinkChange(index: link.index, usesARP: link.usesARP))))
      }
    }
    try perform(requests)
  }

  /// Brings every interface up that is up or used, with a carrier.
  mutating func raiseLinks() throws(KernelError) {
    let ends = cables.values.sorted().map { KernelRequest.change(LinkChange(index: $0, isUp: true)) }
    _ = try far.kernel.perform(ends)
    let used = wanted.usedLinks
    try perform(
      built.filter { $0.isUp || used.contains($0.index) }.map {
        ($0.place, .change(LinkChange(index: $0.index, isUp: true)))
      })
    try awaitLinks()
  }

  /// Takes those down that are down, and the carrier of those that have none.
  mutating func lowerLinks() throws(KernelError) {
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    var ends: [KernelRequest] = []
    for link in built {
      if !link.isUp {
        requests.append((link.place, .change(LinkChange(index: link.index, isUp: false))))
      } else if !link.hasCarrier, let end = cables[link.index] {
        ends.append(.change(LinkChange(index: end, isUp: false)))
      }
    }
    try perform(requests)
    _ = try far.kernel.perform(ends)
    try awaitLinks()
  }

  /// Waits until the kernel has made of what was changed whatever follows from it: it tells of a carrier, and checks IPv6
  /// addresses, by and by.
  mutating func awaitLinks() throws(KernelError) {
    var before: [Link] = []
    try wait { (shadow) throws(KernelError) in
      let ends = Set(try shadow.far.kernel.links().filter(\.isUp).map(\.index))
      let links = try shadow.inside.kernel.links()
      let running = Set(links.filter(\.isRunning).map(\.index))
      let addresses = try shadow.inside.kernel.addresses(family: .ipv6)
      let isQuiet =
        links == before && shadow.haveCarriersOfCables(links, ends)
        && addresses.allSatisfy { !$0.isTentative || !running.contains($0.interface) }
      before = links
      return isQuiet
    }
    // What was begun under the lock of all changes is done when the next one has had it.
    _ = try inside.kernel.perform([.change(LinkChange(index: 1))])
  }

  /// Whether each end of a cable runs as its own state and that of the other end ask for.
  ///
  /// - Parameter ends: the indices of the ends in `far` that are up.
  private func haveCarriersOfCables(_ links: [Link], _ ends: Set<UInt32>) -> Bool {
    let isUp = Dictionary(links.map { ($0.index, $0.isUp) }, uniquingKeysWith: { first, _ in first })
    return links.allSatisfy { link in
      let other: Bool? =
        if let end = cables[link.index] {
          ends.contains(end)
        } else if link.kind == "veth", let peer = link.lower {
          isUp[peer]
        } else {
          nil
        }
      guard let other else { return true }
      return link.isUp && other ? link.isRunning : !link.hasCarrier
    }
  }
}

extension RoutingState {
  /// The indices of interfaces that something of the state is about.
  var usedLinks: Set<UInt32> {
    var used = Set(addresses.map(\.interface)).union(neighbours.map(\.interface))
    used.formUnion((nexthops ?? []).compactMap(\.interface))
    for route in routes { used.formUnion(route.legs.list.map(\.interface)) }
    for link in links {
      if let master = link.master { used.formUnion([master, link.index]) }
      if let lower = link.lower { used.formUnion([lower, link.index]) }
    }
    let names = Set(rules.flatMap { [$0.inputInterface, $0.outputInterface].compactMap { $0 } })
    return used.union(links.filter { names.contains($0.name) }.map(\.index))
  }
}

extension Link {
  var place: ShadowDifference.Place { ShadowDifference.Place(.link, "\(name) index \(index)") }

  /// IFF_RUNNING and IFF_LOWER_UP: the kernel has taken notice of the carrier.
  fileprivate var isRunning: Bool { isUp && flags & 0x10040 == 0x10040 }

  /// Whether IFF_NOARP is not set.
  var usesARP: Bool { flags & 0x80 == 0 }
}
