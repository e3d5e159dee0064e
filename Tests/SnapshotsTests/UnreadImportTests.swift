import Routing
import Snapshots
import Testing

struct UnreadImportTests {
  @Test("Each source that is not there is a part that is not known")
  func unread() throws {
    /// Some of the counters of ICMP.
    func counters(_ ipv4: Int, _ ipv6: Int? = nil) -> String {
      "Ip: Forwarding\nIp: 1\nIcmp: InMsgs InRedirects OutMsgs\nIcmp: 5 \(ipv4) 7\n"
        + (ipv6.map { "Icmp6InMsgs \t9\nIcmp6InRedirects                \t\($0)\n" } ?? "")
    }
    typealias Change = (inout SnapshotImport) throws -> Void
    let cases: [(String, Change, Set<StatePart>)] = [
      ("all", { _ in }, []), ("routes", { $0.routes = nil }, [.ipv4Routes]),
      ("IPv6 routes in the other dump", { $0.ipv6Routes = nil }, []),
      ("routes of one family", { ($0.routes, $0.ipv6Routes) = ($0.ipv6Routes, nil) }, [.ipv4Routes]),
      ("nexthops", { $0.nexthops = nil }, [.nexthops]), ("buckets", { $0.buckets = nil }, [.buckets]),
      ("rules", { $0.rules = nil }, [.ipv4Rules]), ("IPv6 rules", { $0.ipv6Rules = nil }, [.ipv6Rules]),
      ("link details", { $0.links = nil }, [.links]), ("addresses", { $0.addresses = nil }, [.addresses]),
      ("neighbours", { $0.neighbours = nil }, [.neighbours]),
      ("sysctls", { $0.sysctls = nil }, [.ipv4Settings, .ipv6Settings]),
      ("counters", { $0.counters = nil }, []),
      ("counters of IPv4 alone", { $0.counters = .init(file: "c", bytes: Array(counters(0).utf8)) }, []),
      (
        "counters without IPv6, and no sysctl of it", {
          $0.counters = .init(file: "c", bytes: Array(counters(0).utf8))
          $0.sysctls = .init(file: "s", bytes: Array("net.ipv4.fib_multipath_hash_policy = 1".utf8))
        }, [.ipv4Settings, .ipv6Settings]
      ),
      ("a redirect", { $0.counters = .init(file: "c", bytes: Array(counters(1, 0).utf8)) }, [.redirects]),
      ("one of IPv6", { $0.counters = .init(file: "c", bytes: Array(counters(0, 3).utf8)) }, [.redirects]),
      ("release", { $0.release = nil }, [.release, .machine]),
      ("release without a machine", { $0.release = .init(file: "u", bytes: Array("6.1.0".utf8)) }, [.machine]),
      (
        "some sysctls",
        { $0.sysctls = .init(file: "s", bytes: Array("net.ipv4.fib_multipath_hash_policy = 1".utf8)) },
        [.ipv4Settings, .ipv6Settings]
      ),
      (
        "a dump of one table",
        { $0.routes = .init(file: "r", bytes: Array(#"[{"dst":"10.0.0.0/8","dev":"o1"}]"#.utf8)) }, [.ipv4Routes]
      ),
    ]
    for (name, change, parts) in cases {
      var sources = try SnapshotImportTests.router()
      try change(&sources)
      let snapshot = try sources.snapshot()
      #expect(snapshot.state.unread == parts.union([.details]), "\(name)")
    }
  }
}
