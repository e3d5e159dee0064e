import Forwarding
import MultipathHash
import Routing
import TestSupport
import Testing

/// What becomes of frames that a router does not simply forward.
@Suite("Verdicts on packets")
struct PacketVerdictTests {
  static let a4 = address("10.2.0.100")
  static let b4 = address("198.51.100.7")
  static let a6 = address("fd00:f::2")
  static let b6 = address("2001:db8::7")
  static let udp = Packets.transport(17, 4000, 53)

  /// A router with two interfaces, an ingress in0 and two-legged default routes of both families.
  static func state(_ change: (inout RoutingState) -> Void = { _ in }) -> RoutingState {
    var state = RoutingState(kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"))
    state.settings.hashSeed = 5
    state.settings.ipv4AcceptsSourceRoutesAll = false
    state.settings.ipv6ForwardingAll = true
    for entry in AdmissionSettings.Entry.all { state.settings.ipv4AdmissionAll[keyPath: entry.value] = false }
    var ingress = InterfaceSettings()
    ingress.ipv4Admission = state.settings.ipv4AdmissionAll
    ingress.receivePacketSteering = false
    state.settings.interfaces["in0"] = ingress
    for (index, name) in ["lo", "in0", "o1", "o2"].enumerated() {
      let flags: UInt32 = index == 0 ? 0x10049 : 0x11043
      state.links.append(
        Link(index: UInt32(index + 1), name: name, flags: flags, operationalState: 6, kind: index == 0 ? nil : "dummy"))
    }
    for family in [AddressFamily.ipv4, .ipv6] {
      state.rules += Rule.defaults(family)
      let gateways = family == .ipv4 ? ["10.1.1.2", "10.1.2.2"] : ["fd00:1::2", "fd00:2::2"]
      let legs = gateways.enumerated().map { RouteLeg(gateway: address($0.element), interface: UInt32($0.offset + 3)) }
      state.routes.append(
        Route(
          destination: Prefix(containing: .unspecified(family), length: 0), nexthops: .legs(.multipath(legs))))
    }
    change(&state)
    return state
  }

  static func decide(
    _ packet: [UInt8], in state: RoutingState = state(), linkBroadcast: Bool = false
  ) throws -> Decision {
    let frame: [UInt8] =
      Packets.ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86dd, packet)
    let sent = linkBroadcast ? [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] + frame.dropFirst(6) : frame
    let dissected = try PacketDissector.dissect(frame: sent.span, linkType: .ethernet, originalLength: sent.count)
    return ForwardingTable(state).decide(dissected.flow(inputInterface: 2), packet: dissected)
  }

  static func hops(_ packet: [UInt8], _ limit: UInt8) -> [UInt8] {
    var packet = packet
    guard packet[0] >> 4 == 4 else {
      packet[7] = limit
      return packet
    }
    packet[8] = limit
    return Packets.withChecksum(packet)
  }

  static let good4 = Packets.ipv4(a4, b4, 17, udp)
  static let good6 = Packets.ipv6(a6, b6, 17, udp)

  @Test(
    "Dropped, with the reason",
    arguments: [
      ("TTL 1", hops(good4, 1), .timeExceeded), ("TTL 0", hops(good4, 0), .timeExceeded),
      ("hop limit 1", hops(good6, 1), .timeExceeded),
      ("a wrong checksum", good4.prefix(10) + [0, 0] + good4.dropFirst(12), .packet(.checksum)),
      ("a wrong checksum comes before TTL", [UInt8](good4.prefix(8)) + [1] + good4.dropFirst(9), .packet(.checksum)),
      ("a packet longer than its frame", good6.dropLast(), .packet(.longerThanFrame)),
      ("a loose source route", Packets.ipv4(a4, b4, 17, udp, options: [131, 7, 4, 1, 2, 3, 4, 0]), .sourceRoute),
      ("a broken option", Packets.ipv4(a4, b4, 17, udp, options: [131, 7, 3, 1, 2, 3, 4, 0]), .packet(.options)),
      (
        "a hop-by-hop option that asks for it",
        Packets.ipv6(a6, b6, 0, [17, 0, 0x5e, 4, 0, 0, 0, 0] + udp), .packet(.hopByHop)
      ),
      ("from 127.0.0.1", Packets.ipv4(address("127.0.0.1"), b4, 17, udp), .martianSource),
      ("from a multicast address", Packets.ipv4(address("224.0.0.1"), b4, 17, udp), .martianSource),
      ("from ::1", Packets.ipv6(address("::1"), b6, 17, udp), .martianSource),
      ("from ::", Packets.ipv6(address("::"), b6, 17, udp), .martianSource),
      ("to 127.0.0.1", Packets.ipv4(a4, address("127.0.0.1"), 17, udp), .martianDestination),
      ("to 0.0.0.0", Packets.ipv4(a4, address("0.0.0.0"), 17, udp), .martianDestination),
      ("to ::1", Packets.ipv6(a6, address("::1"), 17, udp), .martianDestination),
      ("to a group", Packets.ipv4(a4, address("239.1.1.1"), 17, udp), .multicast),
      ("to a group", Packets.ipv6(a6, address("ff0e::1"), 17, udp), .multicast),
      ("from a link-local address", Packets.ipv6(address("fe80::1"), b6, 17, udp), .linkScope),
    ] as [(String, [UInt8], Decision.DropReason)])
  func dropped(description: String, packet: [UInt8], reason: Decision.DropReason) throws {
    let decision = try Self.decide(Array(packet))
    #expect(decision.outcome == .dropped(reason), "\(description)")
    #expect(decision.nexthop == nil && decision.isExact, "\(description): \(decision.caveats.list.map(\.code))")
  }

  @Test("What a setting lets in is uncertain where the setting, or the interface, is not known")
  func unknownSettings() {
    func decide(_ source: String, _ destination: String, from interface: UInt32, _ state: RoutingState) -> Decision {
      ForwardingTable(state).decide(
        Flow(
          source: address(source), destination: address(destination), ipProtocol: 17, sourcePort: 1, destinationPort: 2,
          inputInterface: interface, origin: .forwarded, layer4Hash: .absent))
    }
    let old = Self.state {
      $0.settings.ipv4AdmissionAll = AdmissionSettings()
      $0.settings.interfaces["in0"]?.ipv4Admission = AdmissionSettings()
      $0.addresses = [InterfaceAddress(interface: 2, address: address("10.2.0.1"), prefixLength: 24)]
      for host in ["10.2.0.1", "127.0.0.1"] {
        $0.routes.append(
          Route(
            destination: Prefix(host: address(host)), table: RouteTable.local, type: .local, protocol: 2,
            nexthops: .legs(.single(RouteLeg(interface: 2)))))
      }
    }
    let known = Self.state { ($0.addresses, $0.routes) = (old.addresses, old.routes) }
    for source in ["127.0.0.1", "10.2.0.1"] {
      #expect(decide(source, "198.51.100.7", from: 2, old).caveats == .stateIncomplete)
      #expect(decide(source, "198.51.100.7", from: 2, known).isExact)
    }
    #expect(decide("10.2.0.9", "198.51.100.7", from: 2, old).isExact)
    // Of nowhere in particular.
    #expect(decide("127.0.0.1", "198.51.100.7", from: 0, known).isExact)
    let open = Self.state { $0.settings.interfaces["in0"]?.ipv4Admission.routesLoopback = true }
    #expect(decide("127.0.0.5", "198.51.100.7", from: 0, open).caveats == .ingressUnknown)
    let forced = Self.state {
      $0.settings.ipv6ForwardingAll = false
      $0.settings.interfaces["in0"]?.ipv6ForcesForwarding = true
    }
    #expect(decide("fd00:f::2", "2001:db8::7", from: 0, forced).caveats == .ingressUnknown)
    #expect(decide("fd00:f::2", "2001:db8::7", from: 2, forced).outcome == .sent)
    #expect(decide("fd00:f::2", "2001:db8::7", from: 3, forced).outcome == .dropped(.forwardingDisabled))
  }

  @Test("Good packets are sent")
  func sent() throws {
    for packet in [
      Self.good4, Self.good6, Self.hops(Self.good4, 2),
      Packets.ipv4(Self.a4, Self.b4, 17, Self.udp, options: [148, 4, 0, 0]),
      // Of 0.0.0.0/8 only the first address is special.
      Packets.ipv4(address("0.18.147.61"), Self.b4, 17, Self.udp),
      Packets.ipv4(Self.a4, address("0.0.0.1"), 17, Self.udp),
    ] {
      let decision = try Self.decide(packet)
      #expect(decision.outcome == .sent)
      #expect(decision.isExact)
    }
  }

  @Test("A frame to everybody is not forwarded to one")
  func linkBroadcast() throws {
    for packet in [Self.good4, Self.good6] {
      #expect(try Self.decide(packet, linkBroadcast: true).outcome == .dropped(.linkBroadcast))
    }
  }

  @Test("An unknown key does not matter where the packet is dropped all the same")
  func unknownKey() throws {
    let state = Self.state { $0.settings.hashSeed = 0 }
    #expect(try Self.decide(Self.good4, in: state).outcome == .undetermined)
    let decision = try Self.decide(Self.hops(Self.good4, 1), in: state)
    #expect(decision.outcome == .dropped(.timeExceeded) && decision.isExact)
  }

  @Test("Link tags inside of a tunnel are read as the kernel does, and uncertain where that is not known")
  func linkTags() throws {
    let inner = Packets.ipv4(address("192.0.2.1"), address("192.0.2.2"), 17, Self.udp)
    let redundant = Packets.gre(0x892f, [0, 0, 0, 0, 8, 0] + inner)
    let session = Packets.gre(0x8864, [0x11, 0, 0, 1, 0, 9, 0, 0x21] + inner)
    let discovery = Packets.gre(0x8864, [0x11, 9, 0, 1, 0, 9, 0, 0x21] + inner)
    let (plain, inside) = (try Self.hash(Packets.gre(0x0806, []), "6.18.44"), try Self.hash(session, "6.18.44"))
    #expect(plain != inside)
    for (carried, release, hash) in [
      (redundant, "5.10.262", plain), (redundant, "5.15.100", nil), (redundant, "6.1.192", inside),
      (session, "5.10.262", inside), (session, "5.15.100", inside), (session, "6.1.192", inside),
      (discovery, "5.10.262", inside), (discovery, "5.15.100", nil), (discovery, "6.1.192", plain),
    ] as [([UInt8], String, UInt32?)] {
      #expect(try Self.hash(carried, release) == hash, "\(release), \(carried.prefix(6))")
    }
    #expect(try Self.hash(redundant, "5.15.100", policy: 0) != nil)
  }

  /// The hash of a packet that carries GRE, under policy 2 unless said otherwise; nil where the prediction is uncertain.
  private static func hash(_ gre: [UInt8], _ release: String, policy: UInt8 = 2) throws -> UInt32? {
    let state = state {
      $0.behaviour = KernelBehaviour(version: KernelVersion(release: release))
      $0.settings.ipv4Hash.policy = policy
    }
    let decision = try decide(Packets.ipv4(a4, b4, 47, gre), in: state)
    #expect(decision.caveats.subtracting(.kernelBehaviour).isEmpty)
    return decision.isExact ? decision.hash : nil
  }

  @Test("Source routes, where they are accepted or it is not known")
  func sourceRoutes() throws {
    let loose = Packets.ipv4(Self.a4, Self.b4, 17, Self.udp, options: [131, 7, 4, 1, 2, 3, 4, 0])
    let strict = Packets.ipv4(Self.a4, Self.b4, 17, Self.udp, options: [137, 7, 4, 1, 2, 3, 4, 0])
    let accepting = Self.state {
      $0.settings.ipv4AcceptsSourceRoutesAll = true
      $0.settings.interfaces["in0"] = InterfaceSettings()
      $0.settings.interfaces["in0"]?.ipv4AcceptsSourceRoutes = true
    }
    #expect(try Self.decide(loose, in: accepting).outcome == .sent)
    #expect(try Self.decide(strict, in: accepting).outcome == .dropped(.strictSourceRoute))
    let unknown = try Self.decide(loose, in: Self.state { $0.settings.ipv4AcceptsSourceRoutesAll = nil })
    #expect(unknown.outcome == .undetermined && unknown.caveats == .kernelBehaviour)
  }

  @Test("Too long for the nexthop")
  func mtu() throws {
    let long4 = Packets.ipv4(Self.a4, Self.b4, 17, [UInt8](repeating: 0, count: 1481), fragment: 0x4000)
    let long6 = Packets.ipv6(Self.a6, Self.b6, 17, [UInt8](repeating: 0, count: 1461))
    let divisible = Packets.ipv4(Self.a4, Self.b4, 17, [UInt8](repeating: 0, count: 1481))
    #expect(try Self.decide(long4).caveats == .exceedsMTU)
    #expect(try Self.decide(long6).caveats == .exceedsMTU)
    #expect(try Self.decide(divisible).isExact)
    #expect(try Self.decide(Array(long6.prefix(4)) + [0x05, 0xb4] + long6[6..<1500]).isExact, "1500 bytes fit")
    let jumbo = Self.state { for index in $0.links.indices { $0.links[index].mtu = 9000 } }
    #expect(try Self.decide(long4, in: jumbo).isExact)
    let metric = Self.state {
      for index in $0.links.indices { $0.links[index].mtu = 9000 }
      for index in $0.routes.indices {
        $0.routes[index].extras = RouteExtras()
        $0.routes[index].extras?.metrics = [RouteMetric(kind: 2, value: 1400)]
      }
    }
    #expect(try Self.decide(long4, in: metric).caveats == .exceedsMTU, "IPv4 honours the route's MTU")
    #expect(try Self.decide(long6, in: metric).isExact, "IPv6 does where it is locked")
  }

  @Test("What a cut capture does not show is uncertain where it matters")
  func cut() throws {
    func decide(_ captured: Int, policy: UInt8, rules: Bool = false) throws -> Decision {
      let state = Self.state {
        $0.settings.ipv4Hash.policy = policy
        if rules {
          var rule = Rule(family: .ipv4, priority: 5, action: .lookup(table: RouteTable.main))
          rule.ipProtocol = 6
          $0.rules.insert(rule, at: 0)
        }
      }
      let packet = try PacketDissector.dissect(
        Self.good4.span.extracting(first: captured), originalLength: Self.good4.count)
      return ForwardingTable(state).decide(packet.flow(inputInterface: 2), packet: packet)
    }
    #expect(try decide(20, policy: 0).isExact)
    #expect(try decide(20, policy: 1).caveats == .captureCut)
    #expect(try decide(24, policy: 1).isExact)
    #expect(try decide(20, policy: 0, rules: true).caveats == .captureCut)
    #expect(Decision(fault: .captureCut).outcome == .undetermined)
    #expect(Decision(fault: .captureCut).caveats == .captureCut)
    #expect(Decision(fault: .notIP("ARP")).outcome == .dropped(.packet(.notIP("ARP"))))
  }
}
