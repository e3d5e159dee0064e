package import Files
internal import JSON
package import Routing

/// The file that keeps a recovered boot seed until the next boot.
///
/// It is root's alone, because who knows the seed can choose flows that all take one way. One object of JSON:
/// `{"boot_id":"…","seed":1234}`.
package struct SeedCache: Sendable {
  /// What the file holds for a kernel.
  package enum Content: Hashable, Sendable {
    case seed(UInt32)
    case absent
    /// Only root may read it, and the process is not root.
    case unreadable
    /// It can not be used; a clause that says which file and why.
    case ignored(String)
  }

  /// Where files go that need not outlive a boot.
  package static let defaultDirectory = "/run/ecmpctl"

  private let file: PrivateFile

  /// - Parameters:
  ///   - directory: Is made when there is none.
  ///   - owner: The user id that the file and its directory must belong to.
  package init(directory: String = defaultDirectory, owner: UInt32 = 0) {
    file = PrivateFile(directory: directory, name: "boot-seed", owner: owner)
  }

  package var path: String { file.path }

  /// The boot seed of a running kernel, or of a snapshot that was taken since its last boot.
  package func read(for kernel: KernelIdentity) -> Content {
    let bytes: [UInt8]
    do {
      guard let contents = try file.read() else { return .absent }
      bytes = contents
    } catch {
      return error.isPermission ? .unreadable : .ignored("\(error)")
    }
    guard let entry = Entry(bytes) else { return .ignored("\(path) is damaged") }
    guard let bootID = kernel.bootID, entry.bootID == bootID else { return .ignored("\(path) is of another boot") }
    return .seed(entry.seed)
  }

  /// Keeps the seed for the time until the kernel's next boot.
  ///
  /// - Returns: false for a kernel whose boot has no id: nothing is kept.
  package func write(seed: UInt32, for kernel: KernelIdentity) throws(PrivateFile.Failure) -> Bool {
    guard let bootID = kernel.bootID else { return false }
    try file.write(Entry(bootID: bootID, seed: seed).bytes)
    return true
  }

  private struct Entry {
    let bootID: String
    let seed: UInt32

    init(bootID: String, seed: UInt32) {
      self.bootID = bootID
      self.seed = seed
    }

    /// Nil for anything but what `bytes` makes.
    init?(_ bytes: [UInt8]) {
      var reader = JSONReader(bytes)
      guard let json = try? reader.value(), (try? reader.finish()) != nil,
        let bootID = try? json.required("boot_id", as: String.self),
        let seed = try? json.required("seed", as: UInt32.self)
      else { return nil }
      self.init(bootID: bootID, seed: seed)
    }

    var bytes: [UInt8] {
      var writer = JSONWriter()
      writer.beginObject()
      writer.member("boot_id", bootID)
      writer.member("seed", seed)
      writer.endObject()
      writer.endLine()
      return writer.bytes
    }
  }
}
