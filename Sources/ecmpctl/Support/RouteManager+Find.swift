import Files
import Planning

extension RouteManager {
  /// The programs that make routes in the network namespace of the calling thread.
  ///
  /// What can not be read, as by an ordinary user, is passed over.
  static func running() -> [RouteManager] {
    let own = SymbolicLink.target(of: "/proc/thread-self/ns/net")
    var found: [RouteManager] = []
    for name in Directory.names(in: "/proc") {
      guard let id = Int32(name), let kind = kind(of: text("/proc/\(name)/comm")) else { continue }
      let namespace = SymbolicLink.target(of: "/proc/\(name)/ns/net")
      guard namespace == nil || namespace == own else { continue }
      found.append(
        RouteManager(
          kind, processID: id, managesForeignNexthops: kind == .networkd ? managesForeignNexthops() : true))
    }
    return found.sorted { ($0.kind.rawValue, $0.processID) < ($1.kind.rawValue, $1.processID) }
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
