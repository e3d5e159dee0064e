import TestSupport

/// What the installed `ip` made of a command.
enum IPVerdict: Hashable {
  case done
  /// `ip` took the command, the kernel did not.
  case refusedByKernel
  /// The command names an interface or VRF that is not there, so that `ip` read no further.
  case missing
  /// `ip` did not take the command.
  case refused

  /// Runs each command with `ip -batch`, whatever became of the ones before; o1 and o2 are there for each.
  static func of(_ commands: [String]) throws -> [(verdict: IPVerdict, output: String)] {
    var verdicts: [(IPVerdict, String)] = []
    for start in stride(from: 0, to: commands.count, by: 50) {
      let part = commands[start..<min(start + 50, commands.count)]
      let output = try run(preparation + part.map(script).joined())
      // What follows a mark is the status and the output of one command.
      for answer in output.split(separator: "@@@").dropFirst() {
        let status = answer.prefix { $0.isNumber }
        verdicts.append((verdict(status: String(status), String(answer)), String(answer)))
      }
    }
    return verdicts
  }

  private static let preparation = """
    prepare() {
      ip link show dev o1 >/dev/null 2>&1 || ip link add o1 type veth peer name o2
      ip link show dev o2 >/dev/null 2>&1 || { ip link del o1; ip link add o1 type veth peer name o2; }
    }
    prepare
    echo

    """

  private static func script(_ command: String) -> String {
    let isIPv6 = command.hasPrefix("ip -6 ")
    let line = isIPv6 ? command.dropFirst(6) : Substring(command)
    return """
      prepare
      status=0
      answer=$(ip \(isIPv6 ? "-6" : "") -batch - 2>&1 <<'END_OF_BATCH'
      \(line)
      END_OF_BATCH
      ) || status=$?
      printf '@@@%s %s\\n' "$status" "$answer"

      """
  }

  private static func verdict(status: String, _ output: String) -> IPVerdict {
    if status == "0" { return .done }
    let missing = ["Cannot find device", "Device does not exist", "VRF", "Device \""]
    if missing.contains(where: output.contains) { return .missing }
    // Of a switch that is neither on nor off `ip` says so, and ends the batch as the kernel's refusals do.
    if output.contains("Error: argument of") { return .refused }
    // What ends `ip` at once is its own; for the kernel's refusals it ends the batch, except with neighbours.
    let isKernel =
      output.contains("RTNETLINK answers") || output.contains("Failed to send flush request")
      || output.contains("Error: ") && (output.contains("Command failed") || status == "2")
    return isKernel ? .refusedByKernel : .refused
  }
}
