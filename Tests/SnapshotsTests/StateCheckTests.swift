import JSON
import Planning
import Rendering
import Routing
import Testing

/// States that make no sense are checked like any others.
struct StateCheckTests {
  @Test("Any state that can be written down can be checked, and what is found can be told", arguments: 1...300)
  func anything(seed: Int) {
    var random = RandomState(seed: UInt64(seed))
    let state = random.state()
    for family in [nil] + AddressFamily.allCases {
      let findings = StateCheck.findings(in: state, family: family)
      let report = CheckReport(findings, threshold: .note, in: state, namespace: "blue")
      var text: [UInt8] = []
      report.appendText(to: &text, details: true)
      #expect(!text.isEmpty)
      var json = JSONWriter()
      report.write(to: &json)
      var reader = JSONReader(json.bytes)
      #expect(throws: Never.self) { try reader.value() }
      #expect(report.lines.count + report.hidden == findings.count && report.hidden == 0)
    }
  }
}
