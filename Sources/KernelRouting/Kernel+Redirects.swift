internal import Netlink
package import Routing

extension Kernel {
  /// The kernel repeats all exceptions of a nexthop for each route over it. More messages of a family are not read.
  private static let mostExceptions = 1 << 18
  /// The first release that tells of exceptions alone.
  private static let firstRelease = KernelVersion(5, 3)

  /// What ICMP redirects have changed for single destinations; nil where nothing tells whether any has come in.
  ///
  /// Where none has, as on nearly every router, it takes two small files of the calling thread's namespace to know that
  /// there are no exceptions; otherwise the kernel goes through its routes once more.
  mutating func redirects(_ links: [Link]) throws(KernelError) -> Redirects? {
    let counts = Self.redirectCounts
    guard let ipv4 = counts.ipv4 else { return nil }
    var redirects = Redirects()
    guard ipv4 > 0 || counts.ipv6 ?? 0 > 0 else { return redirects }
    for family in AddressFamily.allCases {
      if counts[family] ?? 0 > 0 {
        let taking = Set(links.lazy.filter { !$0.isLoopback && Self.takesRedirects(family, $0.name) }.map(\.index))
        if !taking.isEmpty { redirects.takingInterfaces[family] = taking }
      }
      // A tunnel may hand a redirect of one family on to the other.
      guard identity().version.map({ $0 >= Self.firstRelease }) ?? true,
        try read(family, into: &redirects.destinations)
      else {
        redirects.unreadFamilies.insert(family)
        continue
      }
    }
    return redirects
  }

  /// `/proc/net` is that of the process, whose namespace need not be the thread's.
  private static var redirectCounts: RedirectCounts {
    let files = ["snmp", "snmp6"].map {
      (try? System.contents(of: "/proc/thread-self/net/\($0)", limit: 1 << 16)) ?? []
    }
    return RedirectCounts(parsing: files.joined())
  }

  /// Mirrors IN_DEV_RX_REDIRECTS (linux/inetdevice.h), which asks both settings on a router and either on a host, and
  /// `rt6_do_redirect()`.
  private static func takesRedirects(_ family: AddressFamily, _ name: String) -> Bool {
    let path = family == .ipv4 ? "ipv4/conf/" : "ipv6/conf/"
    let own = Sysctl.flag(path + name + "/accept_redirects") ?? false
    let forwards = Sysctl.flag(path + name + "/forwarding") ?? false
    guard family == .ipv4 else { return own && !forwards }
    let common = Sysctl.flag(path + "all/accept_redirects") ?? false
    return forwards ? own && common : own || common
  }

  /// - Returns: false where there are too many.
  private func read(
    _ family: AddressFamily, into destinations: inout [RedirectedDestination]
  ) throws(KernelError) -> Bool {
    var payload = AttributeWriter()
    payload.append(
      header: [family.kernelValue, 0, 0, 0, 0, 0, 0, 0] + AttributeWriter.bytes(of: RTM_F_CLONED))
    let request = DumpRequest<RedirectedDestination?>(
      type: RTM_GETROUTE, answer: RTM_NEWROUTE, payload: payload,
      absences: [.notSupported, .familyNotSupported, .noEntry]
    ) { (wire) throws(WireError) in .some(try RedirectedDestination(wire: wire)) }
    var reader: DumpReader<RedirectedDestination?>
    do throws(NetlinkError) {
      reader = try DumpReader(.route, [request], operation: "read the route exceptions")
    } catch {
      throw KernelError(error)
    }
    var known = Set(destinations)
    var count = 0
    while let exception = try reader.next() {
      count += 1
      guard count <= Self.mostExceptions else { return false }
      if let exception, known.insert(exception).inserted { destinations.append(exception) }
    }
    return true
  }
}

extension RedirectedDestination {
  /// RTCF_REDIRECTED: an IPv4 exception with a gateway of its own.
  private static let redirected: UInt32 = 0x0004_0000

  /// Reads the payload of an RTM_NEWROUTE message; nil for what is no exception, or one of IPv4 that only has an MTU.
  init?(wire: RawSpan) throws(WireError) {
    guard wire.byteCount >= Route.headerSize else {
      throw .truncated(needed: Route.headerSize, available: wire.byteCount)
    }
    guard let family = AddressFamily(kernelValue: try wire.uint8(at: 0)) else { return nil }
    let flags = try wire.uint32(at: 8)
    guard flags & RTM_F_CLONED != 0, family == .ipv6 || flags & Self.redirected != 0 else { return nil }
    var destination: IPAddress?
    var interface: UInt32 = 0
    var gateway: IPAddress?
    var cursor = AttributeCursor(from: Route.headerSize)
    while let attribute = try cursor.next(in: wire) {
      let value = wire.extracting(attribute.range)
      switch attribute.type {
      case RTA_DST: destination = try IPAddress(value, family: family)
      case RTA_OIF: interface = try value.uint32()
      case RTA_GATEWAY: gateway = try IPAddress(value, family: family)
      case RTA_VIA: gateway = try IPAddress(via: value)
      default: break
      }
    }
    guard let destination else { return nil }
    self.init(destination: destination, interface: interface, gateway: gateway)
  }
}
