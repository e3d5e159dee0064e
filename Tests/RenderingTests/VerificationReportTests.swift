import JSON
import Rendering
import Routing
import Testing

@Suite("Reports of verifications")
struct VerificationReportTests {
  private static func report(_ number: Int) -> VerificationReport {
    VerificationReport(
      kernel: "6.18.44", compared: number, hashed: number, uncertain: number, uncertainCodes: ["seed-unknown"],
      notAskable: number, mismatches: number, details: [])
  }

  private static let formatter = PredictionFormatter(
    state: RoutingState(kernel: KernelIdentity(release: "6.18.44", machine: "x86_64")), names: NameTables())

  @Test("count one as one, and several as several")
  func numbers() {
    #expect(
      Self.report(1).lines(formatter: Self.formatter) == [
        "and 1 more", "1 flow can not be asked of the kernel by RTM_GETROUTE",
        "1 prediction is uncertain (seed-unknown) and does not count",
        "1 flow compared with RTM_GETROUTE on Linux 6.18.44, 1 of them hashed: 1 mismatch",
      ])
    #expect(
      Self.report(2).lines(formatter: Self.formatter) == [
        "and 2 more", "2 flows can not be asked of the kernel by RTM_GETROUTE",
        "2 predictions are uncertain (seed-unknown) and do not count",
        "2 flows compared with RTM_GETROUTE on Linux 6.18.44, 2 of them hashed: 2 mismatches",
      ])
  }

  @Test("tell in JSON how many mismatches are not listed")
  func leftOff() {
    var json = JSONWriter()
    Self.report(117).write(to: &json, formatter: Self.formatter)
    #expect(json.text.hasSuffix(#""details_left_off":117,"details":[]}"#))
  }
}
