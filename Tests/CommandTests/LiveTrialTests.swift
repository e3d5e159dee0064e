import Routing
import TestSupport
import Testing

/// `whatif --shadow` on a live router: the commands are run in a copy of it, whose kernel has to agree.
@Suite struct LiveTrialTests {
  /// Some of each group of changes.
  private static let changes = ChangeKind.all.enumerated().filter { $0.offset % 7 == 3 }.map(\.element)

  @Test(
    "What a copy of the router does is what was predicted, and the router itself is left alone",
    arguments: [AddressFamily.ipv4, .ipv6], ChangeLab.Kind.allCases)
  func trial(family: AddressFamily, kind: ChangeLab.Kind) throws {
    let lab = ChangeLab(
      family: family, kind: kind,
      members: [.init(link: 1, weight: 2), .init(link: 2, weight: 1), .init(link: 3, weight: 4)])
    try withNetworkNamespace {
      try run(lab.script)
      let dump = "ip -d nexthop; ip -4 -d route show table all; ip -6 -d route show table all; ip rule; ip -d link"
      let before = try run(dump)
      for change in Self.changes {
        try withTemporaryDirectory { directory in
          try run("cat >\(directory)/batch <<'E'\n\(change.commands(lab).joined(separator: "\n"))\nE")
          let run = try Program.run(
            "whatif --batch \(directory)/batch --random 300 --random-seed 5 --to \(lab.destination) --from \(lab.sources) "
              + "-i o5 --l4hash none --shadow")
          #expect(run.status == 0, "\(lab), \(change.name): \(run.error)")
          #expect(
            run.error.contains("of 300 flows that its kernel was asked about, 0 differ"),
            "\(lab), \(change.name): \(run.error)")
        }
      }
      #expect(try run(dump) == before)
    }
  }
}
