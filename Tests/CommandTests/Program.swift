import Glibc
import JSON
import TestSupport

/// One run of the built program, as a user would run it from a shell.
struct ProgramRun {
  var status: Int32
  var output: String
  var error: String

  /// What it has printed, as JSON.
  func json() throws -> JSONValue {
    var reader = JSONReader(Array(output.utf8))
    return try reader.value()
  }

  /// The lines on standard error.
  var errorLines: [Substring] { error.split(separator: "\n") }
}

enum Program {
  /// The program under test: `ECMPCTL`, or the one beside the test bundle.
  static let path: String = {
    if let path = unsafe getenv("ECMPCTL") { return unsafe String(cString: path) }
    let bundle = CommandLine.arguments[0]
    let directory = bundle.lastIndex(of: "/").map { String(bundle[..<$0]) } ?? "."
    return directory + "/ecmpctl"
  }()

  /// Runs `ecmpctl` with the rest of a shell command line, in the calling thread's namespace.
  ///
  /// - Parameter prefix: shell words in front of the program, such as a pipe into it.
  static func run(_ arguments: String, prefix: String = "") throws -> ProgramRun {
    try withTemporaryDirectory { directory in
      let script = """
        status=0
        { \(prefix) '\(path)' \(arguments); } >\(directory)/out 2>\(directory)/err || status=$?
        echo $status
        """
      let status = try TestSupport.run(script)
      return ProgramRun(
        status: Int32(status.filter(\.isNumber)) ?? -1,
        output: try TestSupport.run("cat \(directory)/out"), error: try TestSupport.run("cat \(directory)/err"))
    }
  }
}

/// A directory that is gone after `body`.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let directory = try TestSupport.run("mktemp -d").filter { $0 != "\n" }
  defer { _ = try? TestSupport.run("rm -rf \(directory)") }
  return try body(directory)
}
