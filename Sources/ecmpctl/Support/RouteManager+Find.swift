import Files
import Netlink
import Planning

extension RouteManager {
  /// The programs that make routes in the network namespace of the calling thread.
  ///
  /// What can not be read, as by an ordinary user, is passed over.
  ///
  /// - Parameter asksVersions: whether zebra is asked for its version.
  static func running(asksVersions: Bool = false) -> [RouteManager] {
    let own = SymbolicLink.target(of: "/proc/thread-self/ns/net")
    var found: [RouteManager] = []
    for name in Directory.names(in: "/proc") {
      guard let id = Int32(name), let kind = kind(of: text("/proc/\(name)/comm")) else { continue }
      // One that has ended and that nobody has asked for has no arguments any more.
      guard !text("/proc/\(name)/cmdline").isEmpty else { continue }
      let namespace = SymbolicLink.target(of: "/proc/\(name)/ns/net")
      guard namespace == nil || namespace == own else { continue }
      found.append(
        RouteManager(
          kind, processID: id, version: asksVersions && kind == .zebra ? zebraVersion(id) : nil,
          managesForeignNexthops: kind == .networkd ? managesForeignNexthops() : true))
    }
    return found.sorted { ($0.kind.rawValue, $0.processID) < ($1.kind.rawValue, $1.processID) }
  }

  /// What zebra tells of its version; nil where vtysh is not there, or does not reach it within two seconds.
  private static func zebraVersion(_ process: Int32) -> String? {
    // Where its sockets are is told by how it was started.
    let words = text("/proc/\(process)/cmdline").split(separator: "\0").map(String.init)
    var place: [String] = []
    for (index, word) in words.enumerated() where index + 1 < words.count {
      if word == "-N" || word == "--pathspace" { place += ["-N", words[index + 1]] }
      if word == "--vty_socket" { place += ["--vty_socket", words[index + 1]] }
    }
    for word in words where word.hasPrefix("--vty_socket=") || word.hasPrefix("--pathspace=") { place.append(word) }
    guard
      let answer = try? System.run(
        ["timeout", "2", "vtysh"] + place + ["-d", "zebra", "-c", "show version"], limit: 4096),
      answer.status == 0
    else { return nil }
    // "FRRouting 8.4.4 (spine02) on Linux(6.1.0)."
    let answered = String(decoding: answer.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard let name = answered.firstIndex(of: "FRRouting"), name + 1 < answered.count else { return nil }
    return String(answered[name + 1])
  }

  /// The kernel keeps 15 bytes of a program's name.
  private static func kind(of command: String) -> Kind? {
    switch command {
    case "zebra": .zebra
    case "bird", "bird6": .bird
    case "systemd-network", "systemd-networkd": .networkd
    case "NetworkManager": .networkManager
    default: nil
    }
  }

  /// `ManageForeignNextHops` of networkd.conf(5), or, in versions before it, `ManageForeignRoutes`.
  private static func managesForeignNexthops() -> Bool {
    var setting = NetworkdSetting()
    for directory in ["/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd"] {
      setting.read(text("\(directory)/networkd.conf"))
    }
    for directory in ["/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd"] {
      let names = Directory.names(in: "\(directory)/networkd.conf.d").filter { $0.hasSuffix(".conf") }.sorted()
      for name in names { setting.read(text("\(directory)/networkd.conf.d/\(name)")) }
    }
    return setting.managesForeignNexthops
  }

  private static func text(_ path: String) -> String {
    let bytes = (try? InputFile.contents(of: path)) ?? []
    return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }
}
