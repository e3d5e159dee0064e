import Files
import Glibc
import Routing
import SeedRecovery
import Testing

@Suite("The file of a recovered seed")
struct SeedCacheTests {
  private final class Directory {
    let path = "/tmp/seed-cache-tests-\(UInt64.random(in: .min ... .max))"
    deinit {
      unsafe unlink(file)
      unsafe rmdir(path)
    }

    var file: String { path + "/boot-seed" }
    var names: [String] { Files.Directory.names(in: path).filter { $0 != "." && $0 != ".." } }
  }

  private static let kernel = KernelIdentity(release: "6.18.44", machine: "x86_64", bootID: "b00t")
  private let directory = Directory()
  private let user = geteuid()
  private var cache: SeedCache { SeedCache(directory: directory.path, owner: user) }

  private func keep(_ seed: UInt32) throws {
    #expect(try cache.write(seed: seed, for: Self.kernel))
  }

  private func permissions(_ path: String) -> mode_t {
    var information = stat()
    unsafe stat(path, &information)
    return information.st_mode & 0o7777
  }

  @Test("What was kept is read, the newest of it, and belongs to its owner alone", arguments: [0, 1, UInt32.max])
  func keeps(seed: UInt32) throws {
    #expect(cache.read(for: Self.kernel) == .absent)
    try keep(7)
    try keep(seed)
    #expect(cache.read(for: Self.kernel) == .seed(seed))
    #expect(permissions(directory.path) == 0o700)
    #expect(permissions(directory.file) == 0o600)
    #expect(directory.names == ["boot-seed"])
  }

  @Test("It is of no use for another boot, or for a kernel whose boot is not known")
  func otherBoot() throws {
    try keep(7)
    for bootID in ["other", nil] {
      let kernel = KernelIdentity(release: "6.18.44", machine: "x86_64", bootID: bootID)
      #expect(cache.read(for: kernel) == .ignored("\(directory.file) is of another boot"))
    }
    #expect(try !cache.write(seed: 8, for: KernelIdentity(release: "6.18.44", machine: "x86_64")))
    #expect(cache.read(for: Self.kernel) == .seed(7))
  }

  @Test("A file that others can read, or could have written, is neither used nor written")
  func untrusted() throws {
    try keep(7)
    unsafe chmod(directory.file, 0o640)
    #expect(
      cache.read(for: Self.kernel)
        == .ignored("\(directory.file) is open to other users (mode 640): chmod go= \(directory.file)"))
    // Its successor is right again.
    try keep(8)
    #expect(cache.read(for: Self.kernel) == .seed(8))

    unsafe chmod(directory.path, 0o720)
    let reason = "\(directory.path) is open to other users (mode 720): chmod go= \(directory.path)"
    #expect(cache.read(for: Self.kernel) == .ignored(reason))
    #expect(throws: PrivateFile.Failure.untrusted(reason)) { try keep(9) }
    unsafe chmod(directory.path, 0o700)
    #expect(cache.read(for: Self.kernel) == .seed(8))

    let stranger = SeedCache(directory: directory.path, owner: user + 1)
    let complaint = "\(directory.path) belongs to user \(user) and not to \(user + 1)"
    #expect(stranger.read(for: Self.kernel) == .ignored(complaint))
    #expect(throws: PrivateFile.Failure.untrusted(complaint)) { try stranger.write(seed: 9, for: Self.kernel) }
  }

  @Test("A link, a pipe or a directory in its place is not followed, and does not hold the program up")
  func otherKinds() throws {
    try keep(7)
    unsafe unlink(directory.file)
    unsafe symlink("/dev/zero", directory.file)
    #expect(cache.read(for: Self.kernel) == .ignored("\(directory.file) is a symbolic link"))
    unsafe unlink(directory.file)
    unsafe mkfifo(directory.file, 0o600)
    #expect(cache.read(for: Self.kernel) == .ignored("\(directory.file) is no regular file"))
    unsafe unlink(directory.file)
    unsafe mkdir(directory.file, 0o700)
    #expect(cache.read(for: Self.kernel) == .ignored("\(directory.file) is no regular file"))
    unsafe rmdir(directory.file)
    #expect(cache.read(for: Self.kernel) == .absent)
  }

  @Test(
    "A damaged file is ignored",
    arguments: [
      ("empty", ""), ("cut off", #"{"boot_id":"b00t","seed":1"#), ("no seed", #"{"boot_id":"b00t"}"#),
      ("no boot", #"{"seed":1}"#), ("a seed beyond 32 bits", #"{"boot_id":"b00t","seed":4294967296}"#),
      ("a negative seed", #"{"boot_id":"b00t","seed":-1}"#), ("no object", "[1]"), ("no JSON", "\u{0}\u{1}"),
      ("more behind it", #"{"boot_id":"b00t","seed":1} x"#),
    ])
  func damaged(description: String, text: String) throws {
    try keep(7)
    let file = try OutputFile(path: directory.file, permissions: 0o600)
    try file.write(Array(text.utf8))
    try file.commit()
    #expect(cache.read(for: Self.kernel) == .ignored("\(directory.file) is damaged"), "\(description)")
  }

  @Test("A large file is not read")
  func large() throws {
    try keep(7)
    let file = try OutputFile(path: directory.file, permissions: 0o600)
    try file.write(Array(repeating: UInt8(ascii: " "), count: 5000))
    try file.commit()
    #expect(cache.read(for: Self.kernel) == .ignored("\(directory.file) is too large"))
  }

  @Test("A directory that can not be made is a failure that says so")
  func unwritable() {
    let cache = SeedCache(directory: directory.path + "/deep/down", owner: user)
    #expect(cache.read(for: Self.kernel) == .absent)
    #expect(throws: PrivateFile.Failure.self) { try cache.write(seed: 1, for: Self.kernel) }
  }
}
