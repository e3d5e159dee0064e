import KernelRouting
import Measurement
import Routing
import TestSupport
import Testing

@Suite struct LiveBehaviourTests {
  /// What the kernel at hand is known to do.
  private static let release = KernelBehaviour(version: KernelIdentity.running.version)

  @Test func `Experiments tell what the release tells`() throws {
    try withNetworkNamespace {
      var probe = try BehaviourProbe()
      let found = probe.run()
      for trait in KernelBehaviour.Trait.all {
        guard let known = Self.release[keyPath: trait.value], let value = found[keyPath: trait.value] else { continue }
        #expect(value == known, "\(trait.name)")
      }
      #expect(
        found.unknown.map(\.name) == [
          "randomises_unbound_port", "uses_transmit_hash_for_ipv6_tcp", "reads_link_tags",
          "ipv4_obeys_common_linkdown", "ipv6_rules_ignore_ecn", "replaces_interfaces_by_vrf", "rules_match_vrfs",
          "takes_source_of_vrf",
        ])
    }
  }

  @Test func `Experiments leave nothing behind`() throws {
    try withNetworkNamespace {
      var kernel = try Kernel()
      let before = try kernel.readState()
      let unknown = KernelBehaviour(version: nil)
      let found = BehaviourProbe.completing(unknown)
      #expect(found.hasWideWeights != nil && found.randomisesUnboundPort == nil)
      #expect(try kernel.readState() == before)
    }
  }
}
