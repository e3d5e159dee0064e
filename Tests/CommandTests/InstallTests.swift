import TestSupport
import Testing

/// Scripts/install puts everything where it belongs, and takes it away again.
@Suite("Installing")
struct InstallTests {
  /// Scripts/install of this source tree.
  private static let script: String = {
    // Three steps up from Tests/CommandTests/InstallTests.swift.
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(package)/Scripts/install"
  }()

  private func install(_ arguments: String) throws -> String {
    try run("status=0; ECMPCTL='\(Program.path)' '\(Self.script)' \(arguments) 2>&1 || status=$?; echo status $status")
  }

  @Test("puts the program, its page, completions and the service below the prefix; removing leaves no file")
  func whole() throws {
    try withTemporaryDirectory { directory in
      #expect(try install("--root \(directory) --prefix /opt/e").hasSuffix("status 0\n"))
      let installed = "\(directory)/opt/e"
      #expect(try run("\(installed)/sbin/ecmpctl --version") == Program.run("--version").output)
      #expect(try run("stat -c %a \(installed)/sbin/ecmpctl") == "755\n")
      #expect(try run("nm \(installed)/sbin/ecmpctl 2>&1").contains("no symbols"))
      #expect(try run("mandoc -T lint -W warning \(installed)/share/man/man8/ecmpctl.8") == "")
      let service = try run("cat \(installed)/lib/systemd/system/ecmpctl-guard.service")
      #expect(service.contains("ExecStart=/opt/e/sbin/ecmpctl resilient guard\n"))
      #expect(try run("bash -n \(installed)/share/bash-completion/completions/ecmpctl") == "")
      for shell in ["zsh/site-functions/_ecmpctl", "fish/vendor_completions.d/ecmpctl.fish"] {
        #expect(try run("grep -c resilient \(installed)/share/\(shell)") != "0\n")
      }

      #expect(try install("--remove --root \(directory) --prefix /opt/e") == "status 0\n")
      #expect(try run("find \(directory) -type f") == "")
    }
  }

  @Test("replaces a program that runs")
  func replaces() throws {
    try withTemporaryDirectory { directory in
      // Writing into a program that runs is refused: "text file busy".
      let running = "\(directory)/sbin/ecmpctl"
      let begin = "mkdir \(directory)/sbin; cp /bin/sleep \(running); \(running) 60 >/dev/null 2>&1 & echo $!"
      let process = try run(begin).filter(\.isNumber)
      defer { _ = try? run("kill \(process)") }
      #expect(try install("--prefix \(directory)").hasSuffix("status 0\n"))
      #expect(try run("\(running) --version") == Program.run("--version").output)
    }
  }

  @Test("says in one line what is wrong", arguments: ["--prefix local", "--prefix", "--rot /", "--prefix /proc/ecmpctl"])
  func mistakes(arguments: String) throws {
    let lines = try install(arguments).split(separator: "\n")
    #expect(lines.last == (arguments.contains("/proc") ? "status 4" : "status 2"))
    #expect(lines.count == 2 && lines.first?.hasPrefix("install: ") == true)
  }
}
