internal import Forwarding
package import HashLanes
package import KernelRouting
internal import Measurement
internal import MultipathHash
package import Routing

/// Lookups in a scratch network namespace, whose hashes tell of the key.
///
/// The boot seed is the same in every namespace, so nothing of the live one is touched.
package struct SeedObserver: ~Copyable {
  private var measurer: HashMeasurer
  private let hasher: MultipathHasher

  /// Furnishes the namespace.
  ///
  /// - Parameter seed: What its `fib_multipath_hash_seed` is set to; 0 for the boot seed.
  /// - Throws: with errno `noEntry` before Linux 6.11, which has no such sysctl.
  package init(seed: UInt32 = 0) throws(KernelError) {
    measurer = try HashMeasurer(settings: [SysctlSetting("ipv4/fib_multipath_hash_seed", seed)])
    // The input of IPv4 under policy 0 is the shortest there is.
    hasher = MultipathHasher(
      family: .ipv4, policy: .layer3, fields: [], key: HashKey(seed: 0),
      isLittleEndian: KernelIdentity.running.isLittleEndian)
  }

  /// The hashes of so many random flows; fewer where the kernel gives no answer.
  package mutating func observe(_ count: Int) throws(KernelError) -> [SeedSearch.Observation] {
    // Neither loopback nor multicast, and never from an address to itself.
    try observe(
      (0..<count).map { _ in
        Flow(
          source: IPAddress(ipv4: .random(in: 0x0b00_0000...0x3fff_ffff)),
          destination: IPAddress(ipv4: .random(in: 0x4000_0000...0x7eff_ffff)), origin: .forwarded)
      })
  }

  /// The hashes of forwarded IPv4 flows, in order, without those that the kernel gives no answer to.
  package mutating func observe(_ flows: [Flow]) throws(KernelError) -> [SeedSearch.Observation] {
    let traces = flows.map { hasher.trace($0, as: .packet) }
    let hashes = try measurer.measure(traces.map { HashQuestion($0, hasher: hasher) })
    return zip(traces, hashes).compactMap { trace, hash in
      guard let input = trace.outer, let hash31 = hash?.exact else { return nil }
      return SeedSearch.Observation(input: input, hash31: hash31)
    }
  }
}
