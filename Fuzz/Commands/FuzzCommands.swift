import Forwarding
import FuzzSupport
import Planning
import Routing

/// Any bytes are a batch file for `ip`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommands(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  for family in [nil, AddressFamily.ipv4, .ipv6] {
    do throws(CommandError) {
      let steps = try CommandParser(family: family).batch(bytes)
      simulate(steps.map(\.change))
      for step in steps {
        guard case .route(let route) = step.change else { continue }
        for leg in [route.leg] + route.legs { _ = leg.encapsulation?.resolved { UInt32($0.utf8.count) } }
      }
    } catch {
      precondition(error.line >= 1 && error.column >= 1 && !error.description.isEmpty)
    }
  }
  return 0
}

/// Makes the changes in a small router; whatever comes out can be compiled for lookups.
private func simulate(_ changes: [RoutingChange]) {
  var simulation = Simulation(router)
  for change in changes {
    do throws(ChangeRefusal) { try simulation.apply(change) } catch { precondition(!error.description.isEmpty) }
    simulation.advance(to: simulation.now + 100)
  }
  for event in [RoutingEvent.linkDown("o1"), .carrierDown("o2"), .neighbourFails(IPAddress(ipv4: 0x0a00_0102))] {
    do throws(ChangeRefusal) { try simulation.apply(event) } catch { precondition(!error.description.isEmpty) }
  }
  let table = ForwardingTable(simulation.state)
  for destination in [IPAddress(ipv4: 0xc633_6407), IPAddress(ipv6High: 0x2001_0db8_0100_0000, low: 7)] {
    _ = table.decide(Flow(source: .unspecified(destination.family), destination: destination, ipProtocol: 17))
  }
}

/// Two links, a route of each kind and a group of each type.
private let router: RoutingState = {
  let families = [AddressFamily.ipv4, .ipv6]
  func gateway(_ family: AddressFamily, _ link: UInt32) -> IPAddress {
    family == .ipv4
      ? IPAddress(ipv4: 0x0a00_0002 | link << 8) : IPAddress(ipv6High: 0x2001_0db8_0000_0000 | UInt64(link), low: 2)
  }
  var state = RoutingState(
    kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
    links: [Link(index: 1, name: "lo", flags: 0x10049)]
      + (2...3).map { Link(index: $0, name: "o\($0 - 1)", flags: 0x11043, operationalState: 6, kind: "veth") },
    rules: families.flatMap(Rule.defaults), nexthops: [])
  state.settings.hashSeed = 1
  for (index, family) in families.enumerated() {
    let first = UInt32(index * 2 + 1)
    for link in 1...2 as ClosedRange<UInt32> {
      let prefix = Prefix(containing: gateway(family, link), length: family == .ipv4 ? 24 : 64)
      state.routes.append(
        Route(
          destination: prefix, metric: family == .ipv4 ? nil : 256, protocol: 2, scope: family == .ipv4 ? 253 : 0,
          nexthops: .legs(.single(RouteLeg(interface: link + 1)))))
      state.nexthops?.append(
        Nexthop(
          id: first + link - 1, family: family,
          target: .device(interface: link + 1, gateway: gateway(family, link), encapsulation: nil), scope: 253))
    }
    let members = [NexthopGroup.Member(id: first), NexthopGroup.Member(id: first + 1, weight: 3)]
    let resilient = ResilientParameters(buckets: 8, idleTimer: 100, unbalancedTimer: 200)
    state.groups += [
      NexthopGroup(id: 10 + first, members: members),
      NexthopGroup(id: 20 + first, kind: .resilient, members: members, resilient: resilient),
    ]
    state.bucketTables.append(
      BucketTable(
        group: 20 + first, buckets: (0..<8).map { NexthopBucket(nexthop: first + $0 % 2, idleTime: UInt64($0) * 30) }))
    let legs = (1...2).map { RouteLeg(gateway: gateway(family, $0), interface: $0 + 1) }
    let nexthops: [RouteNexthops] = [
      .legs(.multipath(legs)), .object(id: 10 + first, expansion: .none), .object(id: 20 + first, expansion: .none),
    ]
    for (number, way) in nexthops.enumerated() {
      let destination =
        family == .ipv4
        ? Prefix(containing: IPAddress(ipv4: 0xc633_6400 + UInt32(number) << 8), length: 24)
        : Prefix(containing: IPAddress(ipv6High: 0x2001_0db8_0100_0000 + UInt64(number) << 16, low: 0), length: 48)
      state.routes.append(Route(destination: destination, metric: family == .ipv4 ? nil : 1024, nexthops: way))
    }
  }
  return state
}()
