internal import Files
internal import JSON
package import Netlink

/// The members that a guard has taken out, on the disk, so that its successor puts them back and lets those be that
/// somebody else has taken out.
package struct GuardMemory: Hashable, Sendable {
  private static let name = "guard.json"

  /// By group id.
  package var out: [UInt32: Set<UInt32>] = [:]

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
    }
    writer.endLine()
    guard let file = try? OutputFile(path: directory.files.file(Self.name), permissions: 0o600) else { return }
    try? file.write(writer.bytes)
    try? file.commit()
  }
}
