package import JSON
import Routing

extension SnapshotDiff {
  /// One setting, by the name that `sysctl` has for it.
  struct Setting: Hashable, JSONEncodable {
    var name: String
    /// As a snapshot writes it.
    var value: JSONValue

    package func write(to writer: inout JSONWriter) { value.write(to: &writer) }
  }

  /// The settings of two states one by one; those of an interface that only one of them has are a whole.
  static func settings(_ old: KernelSettings, _ new: KernelSettings) -> (old: [Setting], new: [Setting]) {
    let shared = Set(old.interfaces.keys).intersection(new.interfaces.keys)
    return (settings(old, apart: shared), settings(new, apart: shared))
  }

  private static func settings(_ settings: KernelSettings, apart: Set<String>) -> [Setting] {
    let all = json(settings)
    var list: [Setting] = []
    for family in ["ipv4", "ipv6"] {
      for member in all[family]?.members ?? [] {
        list.append(Setting(name: "net.\(family).\(path(member.key))", value: member.value))
      }
    }
    for interface in all["interfaces"]?.members ?? [] {
      guard apart.contains(interface.key) else {
        list.append(Setting(name: "of interface \(interface.key)", value: interface.value))
        continue
      }
      for member in interface.value.members ?? [] {
        list.append(Setting(name: name(member.key, of: interface.key), value: member.value))
      }
    }
    return list
  }

  /// Where below its family a setting of all interfaces stands.
  private static func path(_ key: String) -> String {
    if key.hasPrefix("fib_") || ["nexthop_compat_mode", "auto_flowlabels"].contains(key) { return key }
    return key == "skip_notify_on_dev_down" ? "route.\(key)" : "conf.all.\(key)"
  }

  /// The name of an interface's setting; of what is no sysctl, the interface and the word of snapshots.
  private static func name(_ key: String, of interface: String) -> String {
    for family in ["ipv4", "ipv6"] where key.hasPrefix("\(family)_") {
      return "net.\(family).conf.\(interface).\(key.dropFirst(5))"
    }
    return "\(interface) \(key)"
  }
}
