import MultipathHash
import Routing

extension PolicyReport {
  /// A line on the policy, one more on packets without an inner header where it matters, one on the key, then two lines a setting and a behaviour of the kernel.
  ///
  /// - Parameter details: Also settings that this kernel does not have.
  package func appendText(to output: inout [UInt8], details: Bool = false) {
    var text = family == .ipv4 ? "IPv4" : "IPv6"
    text += " policy \(number) (\(policyName))"
    text += fields.isEmpty ? "\n" : ": " + fields.names.joined(separator: ", ") + "\n"
    if !fieldsWithoutInner.isEmpty {
      text += "    without an inner header: " + fieldsWithoutInner.names.joined(separator: ", ") + "\n"
    }
    text += "    key: \(keyText)\n"
    for setting in settings where setting.value != nil || details {
      text += "    \(setting.name) = \(valueText(setting))\n        \(setting.effect)\n"
    }
    for trait in traits {
      let answer = behaviour[keyPath: trait.value].map { $0 ? "yes" : "no" } ?? "unknown"
      text += "    kernel \(trait.name): \(answer)\n        \(trait.meaning)\n"
    }
    output.append(contentsOf: text.utf8)
  }

  private var keyText: String {
    switch key {
    case .seed(let seed): "known, seed \(seed)"
    case .recovered(let seed): "known, the recovered boot seed \(seed)"
    case .boot: "unknown (seed 0: the key of the kernel's start)"
    case .noSysctl: "unknown (this kernel has no seed setting)"
    }
  }

  private func valueText(_ setting: Setting) -> String {
    guard let value = setting.value else { return "absent" }
    return setting.name.hasSuffix("hash_fields") ? "0x" + String(value, radix: 16) : String(value)
  }
}
