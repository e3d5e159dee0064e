import Routing
import Testing

struct KernelBehaviourTests {
  @Test("What is found takes the place of what the release tells, and the rest stays")
  func updates() {
    let release = KernelBehaviour(version: KernelVersion(6, 18, 44))
    var found = KernelBehaviour(version: nil)
    #expect(release.updated(by: found) == release)
    found.scoresSourceAddress = false
    found.ipv6HonoursOutputInterface = true
    var expected = release
    expected.scoresSourceAddress = false
    expected.ipv6HonoursOutputInterface = true
    #expect(release.updated(by: found) == expected)
    #expect(found.updated(by: release).hasWideWeights == true)
  }

  @Test("Every property has its name, and no two have one")
  func traits() {
    let names = KernelBehaviour.Trait.all.map(\.name)
    #expect(Set(names).count == names.count)
    // Each is known of a kernel that was measured, and none of one that is not named.
    #expect(KernelBehaviour(version: KernelVersion(6, 18, 44)).unknown.isEmpty)
    #expect(KernelBehaviour(version: nil).unknown.map(\.name) == names)
    let properties = Mirror(reflecting: KernelBehaviour(version: nil)).children.count {
      $0.value is Bool? && !($0.value is Bool)
    }
    #expect(names.count == properties)
  }

  @Test("A release that hides its point release tells nothing of what came in one")
  func distributions() throws {
    let debian = KernelBehaviour(version: try #require(KernelVersion(release: "6.1.0-50-cloud-amd64")))
    #expect(debian.scoresSourceAddress == false && debian.randomisesUnboundPort == false)
    #expect(
      debian.unknown.map(\.name) == [
        "starts_at_first_sibling", "ipv6_honours_output_interface", "skips_invalid_members_from_start",
        "takes_source_of_vrf", "has_wide_weights",
      ])
  }

  @Test(
    "Point releases tell what came in one, or is known to be missing",
    arguments: [
      ("5.10.223", [false, false, false, false]), ("6.1.176", [true, false, false, false]),
      ("6.1.192", [true, true, true, true]), ("6.12.95", [true, true, true, false]),
      ("6.12.117", [true, true, true, true]), ("6.18.44", [true, true, true, false]),
      ("6.1.180", [true, nil, nil, nil]), ("6.12.94", [nil, true, true, false]),
    ] as [(String, [Bool?])])
  func pointReleases(release: String, expected: [Bool?]) {
    let behaviour = KernelBehaviour(version: KernelVersion(release: release))
    let found = [
      behaviour.startsAtFirstSibling, behaviour.skipsInvalidMembersFromStart, behaviour.hasWideWeights,
      behaviour.ipv6HonoursOutputInterface,
    ]
    #expect(found == expected, "\(release)")
  }

  @Test(
    "What packets of one batch do is told for the series that are known",
    arguments: [
      ("5.4.300", false, false), ("5.5.1", true, true), ("5.10.100", nil, nil), ("5.10.262", false, true),
      ("5.15.90", nil, nil), ("6.1.0", nil, nil), ("6.1.176", false, false), ("6.2.16", true, true),
      ("6.5.13", nil, nil), ("6.6.0", false, false), ("6.18.44", false, false),
    ] as [(String, Bool?, Bool?)])
  func batches(release: String, ipv4: Bool?, ipv6: Bool?) throws {
    let version = try #require(KernelVersion(release: release))
    #expect(KernelBehaviour.reusesRoutesOfBatches(version, .ipv4) == ipv4)
    #expect(KernelBehaviour.reusesRoutesOfBatches(version, .ipv6) == ipv6)
  }
}
