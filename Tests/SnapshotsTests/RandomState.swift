import Routing
import TestSupport

/// Makes routing states of every shape that the types can hold, sensible or not.
struct RandomState {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  // MARK: Pieces

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func number<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type = T.self) -> T {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return 0
    case 1: return T.max
    case 2: return T(truncatingIfNeeded: random.next() % 12)
    default: return T(truncatingIfNeeded: random.next())
    }
  }

  mutating func maybe<T>(_ make: (inout RandomState) -> T) -> T? { chance(50) ? make(&self) : nil }

  mutating func list<T>(_ most: Int, _ make: (inout RandomState) -> T) -> [T] {
    (0..<Int.random(in: 0...most, using: &random)).map { _ in make(&self) }
  }

  mutating func text() -> String {
    let alphabet = Array("eth0.1@-/ \"\\é\n😀")
    return String(list(8) { $0.random.next() }.map { alphabet[Int($0 % UInt64(alphabet.count))] })
  }

  mutating func family() -> AddressFamily { chance(50) ? .ipv4 : .ipv6 }

  mutating func address(_ family: AddressFamily? = nil) -> IPAddress {
    switch family ?? self.family() {
    case .ipv4: IPAddress(ipv4: number())
    case .ipv6: IPAddress(ipv6High: number(), low: number())
    }
  }

  mutating func prefix(_ family: AddressFamily? = nil) -> Prefix {
    let address = address(family)
    return Prefix(containing: address, length: UInt8(random.next() % UInt64(address.family.addressLength + 1)))
  }

  mutating func encapsulation() -> Encapsulation {
    Encapsulation(type: number(), attributes: list(20) { $0.number() })
  }

  mutating func range() -> Rule.Range { Rule.Range(first: number(), last: number()) }

  // MARK: Objects

  mutating func leg() -> RouteLeg {
    RouteLeg(
      gateway: maybe { $0.address() }, interface: number(), weight: number(), flags: NexthopFlags(rawValue: number()),
      encapsulation: maybe { $0.encapsulation() }, realms: maybe { $0.number() })
  }

  mutating func legs() -> RouteLegs {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: .none
    case 1: .single(leg())
    default: .multipath(list(4) { $0.leg() })
    }
  }

  mutating func extras() -> RouteExtras {
    var extras = RouteExtras()
    guard chance(80) else { return extras }
    extras.metrics = list(3) {
      RouteMetric(kind: UInt16($0.random.next() % 20), value: $0.number(), name: $0.maybe { $0.text() })
    }
    extras.mark = maybe { $0.number() }
    extras.realms = maybe { $0.number() }
    extras.uid = maybe { $0.number() }
    extras.expires = maybe { Int32(bitPattern: $0.number()) }
    extras.error = maybe { $0.number() }
    extras.inputInterface = maybe { $0.number() }
    extras.ttlPropagate = maybe { $0.number() }
    return extras
  }

  mutating func route() -> Route {
    let family = family()
    return Route(
      destination: prefix(family), source: maybe { $0.prefix(family) }, table: number(), metric: maybe { $0.number() },
      tos: number(), type: RouteType(rawValue: number()), protocol: number(), scope: number(), flags: number(),
      nexthops: chance(50) ? .legs(legs()) : .object(id: number(), expansion: legs()),
      preferredSource: maybe { $0.address(family) }, preference: maybe { $0.number() }, extras: maybe { $0.extras() })
  }

  mutating func nexthop() -> Nexthop {
    let target: Nexthop.Target =
      switch Int.random(in: 0..<4, using: &random) {
      case 0: .blackhole
      case 1: .fdb(gateway: maybe { $0.address() })
      default:
        .device(interface: number(), gateway: maybe { $0.address() }, encapsulation: maybe { $0.encapsulation() })
      }
    return Nexthop(
      id: number(), family: family(), target: target, protocol: number(), scope: number(), flags: number())
  }

  mutating func group() -> NexthopGroup {
    NexthopGroup(
      id: number(), kind: .init(rawValue: number()),
      members: list(4) { NexthopGroup.Member(id: $0.number(), weight: $0.number()) },
      resilient: maybe {
        ResilientParameters(
          buckets: $0.number(), idleTimer: $0.number(), unbalancedTimer: $0.number(), unbalancedTime: $0.number())
      },
      isFDB: chance(50), protocol: number(), scope: number(), flags: number(),
      statistics: list(3) {
        .init(id: $0.number(), packets: $0.number(), hardwarePackets: $0.maybe { $0.number() })
      })
  }

  mutating func rule() -> Rule {
    let actions: [Rule.Action] = [
      .lookup(table: number()), .goto(priority: number()), .nop, .blackhole, .unreachable, .prohibit, .other(number()),
    ]
    let family = family()
    var rule = Rule(family: family, priority: number(), action: actions[Int(random.next() % 7)])
    rule.isInverted = chance(50)
    rule.source = maybe { $0.prefix(family) }
    rule.destination = maybe { $0.prefix(family) }
    rule.inputInterface = maybe { $0.text() }
    rule.outputInterface = maybe { $0.text() }
    rule.mark = number()
    rule.markMask = number()
    rule.tos = number()
    rule.dscp = maybe { $0.number() }
    rule.dscpMask = chance(50) ? 0x3f : number()
    rule.ipProtocol = maybe { $0.number() }
    rule.sourcePorts = maybe { $0.range() }
    rule.sourcePortMask = maybe { $0.number() }
    rule.destinationPorts = maybe { $0.range() }
    rule.destinationPortMask = maybe { $0.number() }
    rule.userIDs = maybe { $0.range() }
    rule.tunnelID = maybe { $0.number() }
    rule.isL3MasterDevice = chance(50)
    rule.flowLabel = maybe { $0.number() }
    rule.flowLabelMask = maybe { $0.number() }
    rule.suppressPrefixLength = maybe { $0.number() }
    rule.suppressInterfaceGroup = maybe { $0.number() }
    rule.realms = maybe { $0.number() }
    rule.protocol = number()
    rule.flags = number()
    return rule
  }

  mutating func link() -> Link {
    Link(
      index: number(), name: text(), flags: number(), operationalState: number(), mtu: number(),
      kind: maybe { $0.text() }, master: maybe { $0.number() }, vrfTable: maybe { $0.number() }, group: number())
  }

  mutating func settings() -> KernelSettings {
    var settings = KernelSettings()
    settings.ipv4Hash = HashSettings(policy: maybe { $0.number() }, fields: maybe { $0.number() })
    settings.ipv6Hash = HashSettings(policy: maybe { $0.number() }, fields: maybe { $0.number() })
    settings.hashSeed = maybe { $0.number() }
    settings.rootUserID = maybe { $0.number() } ?? 0
    settings.useNeighbours = maybe { $0.chance(50) }
    settings.nexthopCompatMode = maybe { $0.chance(50) }
    settings.ipv4ForwardingAll = maybe { $0.chance(50) }
    settings.ipv6ForwardingAll = maybe { $0.chance(50) }
    settings.ipv4IgnoresLinkdownAll = maybe { $0.chance(50) }
    settings.ipv6IgnoresLinkdownAll = maybe { $0.chance(50) }
    settings.ipv4ReversePathFilterAll = maybe { $0.number() }
    for entry in AdmissionSettings.Entry.all {
      settings.ipv4AdmissionAll[keyPath: entry.value] = maybe { $0.chance(50) }
    }
    settings.autoFlowLabels = maybe { $0.number() }
    settings.skipNotifyOnDeviceDown = maybe { $0.chance(50) }
    for name in list(3, { $0.text() }) {
      var own = InterfaceSettings()
      own.ipv4IgnoresLinkdown = maybe { $0.chance(50) }
      own.ipv6IgnoresLinkdown = maybe { $0.chance(50) }
      own.ipv4Forwarding = maybe { $0.chance(50) }
      own.ipv6Forwarding = maybe { $0.chance(50) }
      own.reversePathFilter = maybe { $0.number() }
      for entry in AdmissionSettings.Entry.all { own.ipv4Admission[keyPath: entry.value] = maybe { $0.chance(50) } }
      own.ipv6ForcesForwarding = maybe { $0.chance(50) }
      own.ipv6IsDisabled = maybe { $0.chance(50) }
      own.ipv6KeepsAddresses = maybe { $0.chance(50) }
      own.receivePacketSteering = maybe { $0.chance(50) }
      own.receiveHashing = maybe { $0.chance(50) }
      own.driver = chance(50) ? "virtio_net" : nil
      settings.interfaces[name] = own
    }
    return settings
  }

  mutating func kernel() -> KernelIdentity {
    let numbers = "\(Int.random(in: 5...7, using: &random)).\(Int.random(in: 0...20, using: &random))"
    return KernelIdentity(
      release: chance(50) ? text() : numbers, machine: text(), build: maybe { $0.text() },
      bootID: maybe { $0.text() })
  }

  /// What the release does not tell may have been found out, and may be otherwise.
  mutating func behaviour(of kernel: KernelIdentity) -> KernelBehaviour {
    var found = KernelBehaviour(version: nil)
    for trait in KernelBehaviour.Trait.all { found[keyPath: trait.value] = maybe { $0.chance(50) } }
    return KernelBehaviour(version: kernel.version).updated(by: found)
  }

  mutating func state() -> RoutingState {
    let kernel = kernel()
    return RoutingState(
      kernel: kernel, behaviour: behaviour(of: kernel), settings: settings(),
      links: list(3) { $0.link() },
      addresses: list(3) {
        InterfaceAddress(
          interface: $0.number(), address: $0.address(), peer: $0.maybe { $0.address() }, prefixLength: $0.number(),
          scope: $0.number(), flags: $0.number())
      },
      neighbours: list(3) {
        Neighbour(
          address: $0.address(), interface: $0.number(), state: .init(rawValue: $0.number()),
          linkLayerAddress: $0.list(8) { $0.number() })
      },
      rules: list(3) { $0.rule() }, routes: list(5) { $0.route() }, nexthops: maybe { $0.list(3) { $0.nexthop() } },
      groups: list(3) { $0.group() },
      bucketTables: list(2) {
        BucketTable(
          group: $0.number(),
          buckets: $0.list(5) { NexthopBucket(nexthop: $0.number(), idleTime: $0.number(), flags: $0.number()) })
      })
  }
}
