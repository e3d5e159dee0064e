import Forwarding
import Routing
import TestSupport
import Testing

/// What `PrefixTable` is, as plainly as it can be said: a dictionary, asked for one length after the other.
private struct PrefixDictionary {
  private var routes: [Prefix: [Int32]] = [:]

  init(routes: [(prefix: Prefix, index: Int32)]) {
    for route in routes { self.routes[route.prefix, default: []].append(route.index) }
  }

  func routes(of prefix: Prefix) -> [Int32] { routes[prefix] ?? [] }

  func covering(_ address: IPAddress) -> [[Int32]] {
    (0...address.family.addressLength).reversed().compactMap { routes[Prefix(containing: address, length: $0)] }
  }

  var lengths: [UInt8] { Set(routes.keys.map(\.length)).sorted(by: >) }
}

@Suite("Longest prefix match")
struct PrefixTableTests {
  private static let seed: UInt64 = 0x1f1b

  /// Prefixes that crowd into few places, so that many cover each other or are the same.
  private static func routes(
    _ family: AddressFamily, _ count: Int, places: Int, using generator: inout SeededGenerator
  ) -> [(prefix: Prefix, index: Int32)] {
    let centres = (0..<places).map { _ in generator.address(family) }
    return (0..<count).map { index in
      let near = Prefix(containing: generator.pick(centres), length: generator.number() % (family.addressLength + 1))
      let address =
        generator.chance(70) ? near.address | generator.address(family).host(of: near) : generator.pick(centres)
      let length =
        generator.chance(10)
        ? generator.pick([0, family.addressLength]) : generator.number() % (family.addressLength + 1)
      return (Prefix(containing: address, length: length), Int32(index))
    }
  }

  /// Addresses where something begins or ends, and any others.
  private static func addresses(
    _ routes: [(prefix: Prefix, index: Int32)], _ family: AddressFamily, using generator: inout SeededGenerator
  ) -> [IPAddress] {
    let all = Prefix.everything(family)
    var addresses = [all.address, all.lastAddress] + (0..<200).map { _ in generator.address(family) }
    for route in routes.prefix(2000) {
      addresses += [route.prefix.address, route.prefix.lastAddress]
      addresses += [route.prefix.address.previous, route.prefix.lastAddress.next].compactMap { $0 }
      addresses.append(route.prefix.address | generator.address(family).host(of: route.prefix))
    }
    return addresses
  }

  @Test(
    "Every address has the prefixes that a plain dictionary finds, in its order",
    arguments: AddressFamily.allCases, [0, 1, 2, 3, 10, 100, 1000, 20000])
  func covering(family: AddressFamily, count: Int) {
    var generator = SeededGenerator(seed: Self.seed &+ UInt64(count))
    for round in 0..<(count > 1000 ? 2 : 20) {
      let routes = Self.routes(family, count, places: 1 + round, using: &generator)
      let table = PrefixTable(routes.map(\.index)) { routes[Int($0)].prefix }
      let plain = PrefixDictionary(routes: routes)
      #expect(table.lengths == plain.lengths)
      var wrong = 0
      for address in Self.addresses(routes, family, using: &generator)
      where table.covering(address).map(Array.init) != plain.covering(address) {
        wrong += 1
      }
      #expect(wrong == 0, "\(family), \(count) routes, round \(round), generator seed \(Self.seed)")
    }
  }

  @Test("A prefix has its own routes and those of no other", arguments: AddressFamily.allCases)
  func exact(family: AddressFamily) {
    var generator = SeededGenerator(seed: Self.seed)
    let routes = Self.routes(family, 3000, places: 4, using: &generator)
    let table = PrefixTable(routes.map(\.index)) { routes[Int($0)].prefix }
    let plain = PrefixDictionary(routes: routes)
    for route in routes {
      #expect(Array(table.routes(of: route.prefix)) == plain.routes(of: route.prefix))
      let other = Prefix(containing: route.prefix.address, length: generator.number() % (family.addressLength + 1))
      #expect(Array(table.routes(of: other)) == plain.routes(of: other))
    }
    #expect(table.routes(of: .everything(family == .ipv4 ? .ipv6 : .ipv4)).isEmpty)
  }
}

extension IPAddress {
  fileprivate static func | (left: IPAddress, right: IPAddress) -> IPAddress {
    left.family == .ipv4
      ? IPAddress(ipv4: left.ipv4Value | right.ipv4Value)
      : IPAddress(ipv6High: left.high | right.high, low: left.low | right.low)
  }

  /// The bits of the address behind the network's.
  fileprivate func host(of prefix: Prefix) -> IPAddress {
    let network = masked(to: prefix.length)
    return family == .ipv4
      ? IPAddress(ipv4: ipv4Value ^ network.ipv4Value)
      : IPAddress(ipv6High: high ^ network.high, low: low ^ network.low)
  }

  private var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

  private init(_ number: UInt128, _ family: AddressFamily) {
    switch family {
    case .ipv4: self.init(ipv4: UInt32(truncatingIfNeeded: number))
    case .ipv6: self.init(ipv6High: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }
  }

  fileprivate var previous: IPAddress? { isUnspecified ? nil : IPAddress(number - 1, family) }

  fileprivate var next: IPAddress? {
    self == Prefix.everything(family).lastAddress ? nil : IPAddress(number + 1, family)
  }
}

extension Prefix {
  fileprivate var lastAddress: IPAddress {
    let ones = family == .ipv4 ? IPAddress(ipv4: .max) : IPAddress(ipv6High: .max, low: .max)
    return address | ones.host(of: self)
  }
}
