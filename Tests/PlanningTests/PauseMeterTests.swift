import Planning
import Routing
import Testing

@Suite struct PauseMeterTests {
  private static func flow(_ port: UInt16) -> Flow {
    Flow(
      source: .unspecified(.ipv4), destination: .unspecified(.ipv4), ipProtocol: 17, sourcePort: port,
      destinationPort: 53)
  }

  @Test("Of each flow the longest pause counts, and of all flows the one that one of a hundred exceeds")
  func pauses() throws {
    var meter = PauseMeter()
    #expect(meter.pauses == nil)
    // 200 flows that pause for one second and then for two, one for 60 s; one has a single packet.
    for port in 1...200 as ClosedRange<UInt16> {
      for time in [0, 1_000_000_000, 3_000_000_000] { meter.add(Self.flow(port), time: Int64(time)) }
    }
    for time in [0, 60_000_000_000] { meter.add(Self.flow(500), time: Int64(time)) }
    meter.add(Self.flow(501), time: 5)
    let pauses = try #require(meter.pauses)
    #expect(pauses.flows == 201)
    #expect(pauses.long == 200)
  }

  @Test("A clock that steps back makes no pause, and flows beyond the limit are not looked at")
  func edges() throws {
    var meter = PauseMeter(limit: 2)
    for time in [Int64.max, .min, 0, .max] { meter.add(Self.flow(1), time: time) }
    for time in [5_000_000_000, 1_000_000_000, 1_500_000_000] as [Int64] { meter.add(Self.flow(2), time: time) }
    for time in [0, 90_000_000_000] as [Int64] { meter.add(Self.flow(3), time: time) }
    let pauses = try #require(meter.pauses)
    #expect(pauses.flows == 2)
    #expect(pauses.long == UInt64(Int64.max) / 10_000_000)
  }
}
