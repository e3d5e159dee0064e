/// Why a change is not made: what the kernel, or `ip` before it asks the kernel, would say.
package struct ChangeRefusal: Error, Hashable {
  /// The error numbers that changes of routing are refused with.
  package enum Code: String, Hashable, Sendable {
    case noEntry = "No such file or directory"
    case noProcess = "No such process"
    case accessDenied = "Permission denied"
    case busy = "Device or resource busy"
    case exists = "File exists"
    case noDevice = "No such device"
    case invalid = "Invalid argument"
    case notSupported = "Operation not supported"
    case noAddress = "Cannot assign requested address"
    case networkDown = "Network is down"
    case networkUnreachable = "Network is unreachable"
    case hostUnreachable = "No route to host"
  }

  package enum Reason: Hashable, Sendable {
    /// The kernel's answer; the text is that of its extended acknowledgement.
    case kernel(Code, text: String?)
    /// `ip` finds no interface of this name.
    case noInterface(String)
    /// The same, as `ip nexthop` says it.
    case noInterfaceOfNexthop(String)
    /// The same, as `ip address flush` says it.
    case noInterfaceOfAddresses(String)
    /// `sysctl` finds no such file, or can not write the value: the path, and why.
    case sysctl(String, Code)
    /// Whether the kernel would take it, or what it would make of it, is not known here: a sentence.
    case notSimulated(String)
  }

  package var reason: Reason

  package init(_ reason: Reason) { self.reason = reason }

  static func kernel(_ code: Code, _ text: String? = nil) -> ChangeRefusal { ChangeRefusal(.kernel(code, text: text)) }

  static func notSimulated(_ sentence: String) -> ChangeRefusal { ChangeRefusal(.notSimulated(sentence)) }

  /// Whether it is certain that the machine would refuse the change, too.
  package var isCertain: Bool { if case .notSimulated = reason { false } else { true } }
}

extension ChangeRefusal: CustomStringConvertible {
  /// As `ip` and `sysctl` print it.
  package var description: String {
    switch reason {
    case .kernel(_, let text?): "Error: \(text)" + (text.hasSuffix(".") ? "" : ".")
    case .kernel(let code, nil): "RTNETLINK answers: \(code.rawValue)"
    case .noInterface(let name): "Cannot find device \"\(name)\""
    case .noInterfaceOfNexthop(let name): "Error: argument \"\(name)\" is wrong: Device does not exist"
    case .noInterfaceOfAddresses(let name): "Device \"\(name)\" does not exist."
    case .sysctl(let path, .noEntry): "sysctl: cannot stat /proc/sys/\(path): No such file or directory"
    case .sysctl(let path, let code):
      "sysctl: setting key \"\(path.split(separator: "/").joined(separator: "."))\": \(code.rawValue)"
    case .notSimulated(let sentence): sentence
    }
  }
}
