import Netlink
import TestSupport
import Testing

@testable import KernelRouting
@testable import Routing

@Suite struct LiveInterruptionTests {
  /// Reads a table of 65535 buckets, which takes many messages, and changes the nexthops in the middle of an attempt.
  ///
  /// Returns how often the dump was begun, and how many buckets the last attempt has seen.
  static func read(
    changingDuring changes: (Int) -> Bool
  ) throws -> (attempts: Int, buckets: Int, error: NetlinkError?) {
    try withRouter { kernel in
      try run(
        """
        ip nexthop add id 1 via 10.0.1.2 dev o1
        ip nexthop add id 2 via 10.0.2.2 dev o2
        ip nexthop add id 9 group 1/2 type resilient buckets 65535
        """)
      var attempts = 0
      var buckets = 0
      var problem: (any Error)?
      var failure: NetlinkError?
      var request = AttributeWriter()
      request.append(header: NexthopHeader().bytes)
      do throws(NetlinkError) {
        try kernel.dump(
          "read the buckets", type: RTM_GETNEXTHOPBUCKET, request: request,
          start: {
            attempts += 1
            buckets = 0
          }
        ) { (wire) throws(WireError) in
          buckets += 1
          guard buckets == 1, changes(attempts) else { return }
          do { try run("ip nexthop add id \(100 + attempts) blackhole") } catch { problem = error }
        }
      } catch {
        failure = error
      }
      if let problem { throw problem }
      return (attempts, buckets, failure)
    }
  }

  @Test func `A dump that a change interrupts is read again, whole`() throws {
    let result = try Self.read { $0 < 3 }
    #expect(result.attempts == 3 && result.buckets == 65535 && result.error == nil)
  }

  @Test func `A dump that never comes to rest is an error after five attempts`() throws {
    let result = try Self.read { _ in true }
    #expect(result.attempts == 5)
    #expect(result.error?.reason == .interrupted)
  }
}
