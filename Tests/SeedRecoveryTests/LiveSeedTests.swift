import HashLanes
import Routing
import SeedRecovery
import TestSupport
import Testing

/// Seeds of this kernel, found by real lookups.
@Suite("Live recovery of a seed")
struct LiveSeedTests {
  @Test("A seed that is set in a scratch namespace is found near its place", arguments: [1, 0x1234_5678, UInt32.max])
  func knownSeed(seed: UInt32) throws {
    try withNetworkNamespace {
      var observer = try SeedObserver(seed: seed)
      let observations = try observer.observe(3)
      #expect(observations.count == 3)
      let near = (seed &- 100_000 < seed ? seed - 100_000 : 0)...(seed &+ 100_000 > seed ? seed + 100_000 : .max)
      #expect(SeedSearch(observations, seeds: near).run() == [seed])
      let more = try observer.observe(50)
      #expect(more.count == 50)
      #expect(more.allSatisfy { $0.fits(seed) })
      #expect(more.count { $0.fits(seed ^ 1) } == 0)
    }
  }

  @Test("The boot seed is one for all namespaces: what one has observed holds in another")
  func bootSeed() throws {
    try withNetworkNamespace {
      var first = try SeedObserver()
      var second = try SeedObserver()
      var other = try SeedObserver(seed: 1)
      let flows = (0..<20 as Range<UInt32>).map {
        Flow(
          source: IPAddress(ipv4: 0x0b00_0000 + $0), destination: IPAddress(ipv4: 0x4000_0000 + $0), origin: .forwarded)
      }
      let hashes = try first.observe(flows).map(\.hash31)
      #expect(hashes.count == flows.count)
      #expect(try second.observe(flows).map(\.hash31) == hashes)
      #expect(try other.observe(flows).map(\.hash31) != hashes)
    }
  }
}
