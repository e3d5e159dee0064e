internal import Files
package import JSON
internal import KernelRouting
package import Netlink
package import Planning
internal import Routing

/// The groups that transactions have left behind in one namespace since the boot, to be kept as they are.
package struct KeptGroupList: Hashable, Sendable {
  static var format: String { "ecmpctl-groups" }
  static var version: Int { 1 }

  package struct Entry: Hashable, Sendable {
    package var namespace: NamespaceIdentity
    package var group: KeptGroup
  }

  package var bootID: String?
  package var entries: [Entry] = []

  init(bootID: String?) { self.bootID = bootID }

  /// Those of a namespace, by id.
  package func groups(of namespace: NamespaceIdentity) -> [KeptGroup] {
    entries.filter { $0.namespace == namespace }.map(\.group).sorted { $0.group.id < $1.group.id }
  }

  /// Takes in what a transaction has left behind.
  mutating func take(_ course: JournalCourse) {
    let namespace = course.head.namespace
    let touched = Set(course.plan.changes.compactMap(\.objectID) + course.kept.map(\.group.id))
    let before = entries.filter { $0.namespace == namespace }
    entries.removeAll { $0.namespace == namespace && touched.contains($0.group.group.id) }
    entries += course.kept.map { kept in
      var kept = kept
      // A group that was changed in place goes on following.
      if kept.following == nil, course.plan.changes.changesInPlace(kept.group.id) {
        kept.following = before.first { $0.group.group.id == kept.group.id }?.group.following
      }
      return Entry(namespace: namespace, group: kept)
    }
  }
}

extension [PlannedChange] {
  fileprivate func changesInPlace(_ id: UInt32) -> Bool {
    contains { if case .replaceGroup(_, let group) = $0 { group.id == id } else { false } }
  }
}

extension KeptGroupList: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    let format: String = try json.required("format")
    guard format == Self.format else {
      throw JSONMismatch(expected: "\"\(Self.format)\"", found: .string(format)).inside(.key("format"))
    }
    let version: Int = try json.required("version")
    guard version == Self.version else {
      throw JSONMismatch("is of version \(version), and this ecmpctl knows \(Self.version)").inside(.key("version"))
    }
    self.init(bootID: try json.optional("boot_id"))
    entries = try json.required("groups")
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("format", Self.format)
      $0.member("version", Self.version)
      $0.member("boot_id", bootID)
      $0.member("groups", entries)
    }
  }
}

extension KeptGroupList.Entry: JSONCodable {
  package init(json: JSONValue) throws(JSONMismatch) {
    self.init(
      namespace: NamespaceIdentity(
        inode: try json.required("netns_inode"), cookie: try json.optional("netns_cookie") ?? 0),
      group: try json.required("kept"))
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("netns_inode", namespace.inode)
      $0.member("netns_cookie", namespace.cookie)
      $0.member("kept", group)
    }
  }
}

extension TransactionDirectory {
  private static let groupsName = "groups.json"

  /// The groups to be kept; none from another boot, as the kernel has nothing of it.
  package func keptGroups() throws(TransactionError) -> KeptGroupList {
    let contents = try system { () throws(PrivateFile.Failure) in try files.contents(of: Self.groupsName) }
    let bootID = KernelIdentity.running.bootID
    guard let contents else { return KeptGroupList(bootID: bootID) }
    do {
      var reader = JSONReader(contents)
      let value = try reader.value()
      try reader.finish()
      let list = try KeptGroupList(json: value)
      return list.bootID == bootID ? list : KeptGroupList(bootID: bootID)
    } catch {
      throw .damaged(path: files.file(Self.groupsName), "\(error)")
    }
  }

  /// Writes down what a finished transaction has left behind.
  func keep(_ course: JournalCourse) throws(TransactionError) {
    var list = try keptGroups()
    let before = list
    list.take(course)
    guard list != before else { return }
    var writer = JSONWriter()
    list.write(to: &writer)
    writer.endLine()
    try system { () throws(PrivateFile.Failure) in
      do throws(FileError) {
        let file = try OutputFile(path: files.file(Self.groupsName), permissions: 0o600)
        try file.write(writer.bytes)
        try file.commit()
      } catch {
        throw PrivateFile.Failure.system(error)
      }
      try files.synchronise()
    }
  }
}
