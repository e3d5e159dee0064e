import Forwarding
import KernelRouting
import Measurement
import MultipathHash
import Routing
import TestSupport
import Testing

/// Hashes that were measured against hashes that were computed, the seed being set in the scratch namespace.
@Suite struct LiveMeasurerTests {
  static let seed: UInt32 = 0x1234_5678

  /// A state that has the settings, and does not know the seed.
  static func state(policy: UInt8, fields: UInt32) throws -> RoutingState {
    var kernel = try Kernel()
    var state = try kernel.readState()
    state.settings.hashSeed = 0
    state.settings.ipv4Hash = HashSettings(policy: policy, fields: fields)
    state.settings.ipv6Hash = HashSettings(policy: policy, fields: fields)
    return state
  }

  static func randomFlow(_ family: AddressFamily, using generator: inout SeededGenerator) -> Flow {
    func address() -> IPAddress {
      switch family {
      case .ipv4: IPAddress(ipv4: UInt32.random(in: 0x0b00_0000...0x7eff_ffff, using: &generator))
      case .ipv6:
        IPAddress(
          ipv6High: 0x2001_0db8 << 32 | UInt64.random(in: 0...0xffff_ffff, using: &generator),
          low: generator.next())
      }
    }
    let protocols: [UInt8] = [6, 17, family == .ipv4 ? 1 : 58]
    let ipProtocol = protocols.randomElement(using: &generator) ?? 17
    let hasPorts = ipProtocol == 6 || ipProtocol == 17
    return Flow(
      source: address(), destination: address(), ipProtocol: ipProtocol,
      sourcePort: hasPorts ? UInt16.random(in: 1...65535, using: &generator) : 0,
      destinationPort: hasPorts ? UInt16.random(in: 1...65535, using: &generator) : 0,
      flowLabel: family == .ipv6 && Bool.random(using: &generator)
        ? UInt32.random(in: 1...0xfffff, using: &generator) : 0)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var policy: UInt8
    var fields: UInt32 = 7
    var question: ForwardingTable.Question
    var origin: Flow.Origin
    /// The families in which every such flow can be measured by queries.
    var families: [AddressFamily]
    var testDescription: String { "policy \(policy) fields \(fields) \(question) \(origin) \(families)" }
  }

  static let cases: [Case] = [
    Case(policy: 0, question: .query, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 1, question: .query, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 2, question: .query, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 3, question: .query, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 3, fields: 0x37, question: .query, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 3, fields: 0x3f, question: .query, origin: .local, families: [.ipv6]),
    Case(policy: 0, question: .traffic, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 1, question: .traffic, origin: .forwarded, families: [.ipv4, .ipv6]),
    Case(policy: 2, question: .traffic, origin: .forwarded, families: [.ipv4]),
    Case(policy: 3, question: .traffic, origin: .forwarded, families: [.ipv4]),
    Case(policy: 3, fields: 0x30, question: .traffic, origin: .forwarded, families: [.ipv4]),
    Case(policy: 0, question: .traffic, origin: .local, families: [.ipv4, .ipv6]),
    Case(policy: 1, question: .traffic, origin: .local, families: [.ipv4, .ipv6]),
    Case(policy: 3, question: .traffic, origin: .local, families: [.ipv4, .ipv6]),
    Case(policy: 3, fields: 0x30, question: .traffic, origin: .local, families: [.ipv6]),
    Case(policy: 3, fields: 0x15, question: .traffic, origin: .local, families: [.ipv6]),
    Case(policy: 3, fields: 0x36, question: .traffic, origin: .local, families: [.ipv4, .ipv6]),
  ]

  @Test(arguments: cases)
  func `Measured hashes are the computed ones`(row: Case) throws {
    try withNetworkNamespace {
      let state = try Self.state(policy: row.policy, fields: row.fields)
      let table = ForwardingTable(state, key: HashKey(seed: Self.seed))
      var measurer = try HashMeasurer(settings: [SysctlSetting("ipv4/fib_multipath_hash_seed", Self.seed)])
      let findsWholeHashes = measurer.findsWholeHashes
      #expect(findsWholeHashes)
      let randomSeed = UInt64.random(in: 0...UInt64.max)
      var generator = SeededGenerator(seed: randomSeed)
      for family in row.families {
        let flows = (0..<1000).map { _ in
          var flow = Self.randomFlow(family, using: &generator)
          flow.origin = row.origin
          // A query for IPv4 has no place for type and code, which an ICMP socket hashes as ports.
          if row.origin == .local, flow.ipProtocol == IPProtocol.icmp { flow.ipProtocol = IPProtocol.udp }
          return flow
        }
        let view: MultipathHasher.View =
          row.origin == .forwarded || row.question == .query && family == .ipv4 ? .packet : .lookupKey
        let lookupKey = row.question == .query && family == .ipv6
        let traces = flows.map { table.hasher(family).trace($0, as: lookupKey ? .lookupKey : view) }
        let hashes = try measurer.measure(traces.map { HashQuestion($0, hasher: table.hasher(family)) })
        let wrong = zip(traces, hashes).filter { $0.hash31 != $1?.exact }
        #expect(
          wrong.isEmpty,
          "\(family): \(wrong.count) of \(flows.count), first \(String(describing: wrong.first)), seed \(randomSeed)")
      }
    }
  }
}
