import MultipathHash
import Routing
import Testing

@Suite("Hashes measured on Linux 6.18.44")
struct MeasuredHashTests {
  @Test("All measurements are read")
  func count() {
    #expect(MeasuredHash.all.count == 377)
    #expect(MeasuredHash.all.count { $0.mode == .packet } == 273)
    #expect(MeasuredHash.all.count { $0.mode == .flowi } == 76)
    #expect(MeasuredHash.all.count { $0.mode == .getroute4 } == 28)
  }

  @Test("The hash of a socket's or IPv6 query's lookup key", arguments: MeasuredHash.all.filter { $0.mode == .flowi })
  func lookupKey(_ measured: MeasuredHash) throws {
    let flow = try #require(measured.flow)
    #expect(measured.hasher.hash(flow, as: .lookupKey) >> 1 == measured.hash31)
  }

  @Test("The hash of the packet an IPv4 query makes up", arguments: MeasuredHash.all.filter { $0.mode == .getroute4 })
  func query(_ measured: MeasuredHash) throws {
    let flow = try #require(measured.flow)
    #expect(measured.hasher.hash(flow, as: .packet) >> 1 == measured.hash31)
  }

  @Test("The hash of a forwarded packet", arguments: MeasuredHash.all.filter { $0.mode == .packet })
  func packet(_ measured: MeasuredHash) throws {
    let packet = try #require(dissect(measured.packet))
    #expect(packet.family == measured.family)
    #expect(!packet.isTruncated)
    let trace = measured.hasher.trace(packet)
    #expect(trace.hash31 == measured.hash31)
    #expect(measured.hasher.hash(packet) == trace.hash)
  }

  @Test("The member of a hash-threshold group that the hash falls on", arguments: MeasuredHash.all)
  func member(_ measured: MeasuredHash) {
    #expect(measured.indices.count == 3)
    for (weights, index) in zip(MeasuredHash.groupWeights, measured.indices) {
      let bounds = UpperBounds.bounds(weights: weights)
      #expect(UpperBounds.index(of: measured.hash31, in: bounds) == index)
    }
  }
}
