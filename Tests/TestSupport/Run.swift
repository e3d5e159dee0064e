internal import Glibc

/// Runs a shell script and returns what it writes to standard output and standard error.
///
/// The script sees the namespace of the calling thread, and stops at the first command that fails. Links that it takes
/// up have settled when it is back.
///
/// - Throws: `CommandFailure`, also when the shell itself does not start.
@discardableResult
package func run(_ script: String) throws -> String {
  let settling = script.contains("ip link set ") && script.contains(" up") ? "\n" + settledLinks : ""
  guard let pipe = unsafe popen("exec 2>&1 </dev/null; set -e\n" + script + settling, "re") else {
    throw CommandFailure(command: script, status: errno, output: "the shell does not start")
  }
  var output: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = unsafe fread(&chunk, 1, chunk.count, pipe)
    if count == 0 { break }
    output += chunk[..<count]
  }
  let status = unsafe pclose(pipe)
  let text = String(decoding: output, as: UTF8.self)
  guard status == 0 else {
    // The low seven bits are a signal, the next eight the exit status.
    let code = status & 0x7f == 0 ? status >> 8 & 0xff : status
    throw CommandFailure(command: script, status: code, output: text)
  }
  return text
}
