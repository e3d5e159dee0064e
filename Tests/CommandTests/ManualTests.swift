import Forwarding
import Placement
import Planning
import Rendering
import TestSupport
import Testing

/// The manual page and the program say the same.
@Suite("The manual page")
struct ManualTests {
  /// man/ecmpctl.8 of this source tree.
  private static let page: String = {
    // Three steps up from Tests/CommandTests/ManualTests.swift.
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(package)/man/ecmpctl.8"
  }()

  private func page() throws -> String { try run("cat '\(Self.page)'") }

  @Test("names every option that --help prints", arguments: HelpTests.commands)
  func options(command: String) throws {
    let page = try page()
    let help = try Program.run("\(command) --help").output
    let words = help.split(whereSeparator: { " ,\n[]|()".contains($0) })
    let options = Set(words.filter { $0.hasPrefix("--") && $0.count > 2 && !$0.contains("=") })
    #expect(options.contains("--help"))
    for option in options {
      // mdoc writes "--flows" as "Fl -flows".
      let name = option.dropFirst(1).prefix { $0 == "-" || $0.isLetter || $0.isNumber }
      #expect(page.contains("Fl \(name)") || page.contains(" Fl \(name)"), "\(command): \(option) is not in the page")
    }
  }

  @Test("documents every caveat code", arguments: Caveat.all.map(\.code))
  func caveats(code: String) throws {
    #expect(try page().contains(code), "\(code) is not in the page")
  }

  @Test("documents every reason for a move", arguments: Movement.Reason.allCases.map(\.rawValue))
  func reasons(code: String) throws {
    #expect(try page().contains(code), "\(code) is not in the page")
  }

  @Test("documents every doubt about a change", arguments: SimulationDoubt.codes)
  func doubts(code: String) throws {
    #expect(try page().contains(code), "\(code) is not in the page")
  }

  @Test("documents every hazard of a plan", arguments: ConversionHazard.Code.allCases)
  func hazards(code: ConversionHazard.Code) throws {
    #expect(try page().contains(code.rawValue), "\(code.rawValue) is not in the page")
  }

  @Test("documents every reason why a path has too few values", arguments: SteeringReport.Code.allCases.map(\.rawValue))
  func steering(code: String) throws {
    #expect(try page().contains(".It Cm \(code)\n"), "\(code) is not in the page")
  }

  @Test("documents every finding of a check", arguments: Finding.Code.allCases)
  func findings(code: Finding.Code) throws {
    // Codes of hazards are in the page for plans, too: what counts is the section on checks.
    let page = try page()
    let section = page.split(separator: ".Ss check\n").dropFirst().first?.split(separator: ".Ss ").first ?? ""
    #expect(section.contains(code.rawValue), "\(code.rawValue) is not in the section on check")
  }

  @Test("has nothing to correct")
  func lint() throws {
    #expect(try run("mandoc -T lint -W warning '\(Self.page)'") == "")
  }
}
