internal import Files
internal import JSON
package import Netlink
package import Planning

/// What a guard knows and the kernel does not tell, on the disk for its successor: the members that it has taken out, so
/// that they are put back and those let be that somebody else has taken out, and the groups of daemons.
package struct GuardMemory: Hashable, Sendable {
  private static let name = "guard.json"

  /// By group id.
  package var out: [UInt32: Set<UInt32>] = [:]
  /// Groups of daemons, as far as the kernel does not tell all of them.
  package var daemonGroups: [DaemonGroupRecord] = []

  package init() {}

  /// What the guard of `namespace` has left since the boot `bootID`; nothing where it can not be read.
  package init(_ directory: TransactionDirectory, namespace: NamespaceIdentity, bootID: String?) {
    guard let contents = try? directory.files.contents(of: Self.name) else { return }
    var reader = JSONReader(contents)
    guard let value = try? reader.value(), value["boot_id"]?.text == bootID,
      value["netns_inode"]?.wholeNumber == Int128(namespace.inode),
      value["netns_cookie"]?.wholeNumber == Int128(namespace.cookie)
    else { return }
    for entry in value["out"]?.elements ?? [] {
      guard let group: UInt32 = try? entry.required("group"), let members: [UInt32] = try? entry.required("members")
      else { continue }
      out[group] = Set(members)
    }
    for entry in value["daemon_groups"]?.elements ?? [] {
      guard let group: UInt32 = try? entry.required("group"),
        let members: [KeptGroup.Member] = try? entry.required("members"),
        let lost: [UInt32] = try? entry.required("lost")
      else { continue }
      daemonGroups.append(DaemonGroupRecord(group: group, members: members, lost: Set(lost)))
    }
  }

  /// Writes it down; a full disk is no reason to let a group down.
  package func save(in directory: TransactionDirectory, namespace: NamespaceIdentity, bootID: String?) {
    var writer = JSONWriter()
    writer.object { json in
      json.member("boot_id", bootID)
      json.member("netns_inode", namespace.inode)
      json.member("netns_cookie", namespace.cookie)
      json.key("out")
      json.array { json in
        for (group, members) in out.sorted(by: { $0.key < $1.key }) where !members.isEmpty {
          json.object {
            $0.member("group", group)
            $0.member("members", members.sorted())
          }
        }
      }
      json.key("daemon_groups")
      json.array { json in
        for record in daemonGroups {
          json.object {
            $0.member("group", record.group)
            $0.member("members", record.members)
            $0.member("lost", record.lost.sorted())
          }
        }
      }
    }
    writer.endLine()
    guard let file = try? OutputFile(path: directory.files.file(Self.name), permissions: 0o600) else { return }
    try? file.write(writer.bytes)
    try? file.commit()
  }
}
