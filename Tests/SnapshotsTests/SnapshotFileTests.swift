import Files
import Glibc
import Routing
import Snapshots
import Testing

struct SnapshotFileTests {
  private final class Directory {
    let path = "/tmp/snapshot-tests-\(UInt64.random(in: .min ... .max))"
    init() { unsafe mkdir(path, 0o700) }
    deinit {
      for name in names { unsafe unlink("\(path)/\(name)") }
      unsafe rmdir(path)
    }

    var names: [String] {
      var names: [String] = []
      guard let stream = unsafe opendir(path) else { return names }
      defer { unsafe closedir(stream) }
      while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: entry.pointee.d_name) {
          unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        if name != ".", name != ".." { names.append(name) }
      }
      return names.sorted()
    }
  }

  private let directory = Directory()
  private let snapshot: Snapshot = {
    var maker = RandomState(seed: 7)
    var state = maker.state()
    // More text than one buffer holds.
    state.routes = (0..<2000).map { _ in maker.route() }
    return Snapshot(state: state)
  }()

  @Test("A saved file reads back, and nothing else is left beside it")
  func saves() throws {
    let path = "\(directory.path)/a.json"
    try snapshot.save(to: path)
    #expect(try Snapshot(path: path) == snapshot)
    let small = Snapshot(state: RoutingState(kernel: KernelIdentity(release: "1.2", machine: "m")))
    try small.save(to: path)
    #expect(try Snapshot(path: path) == small)
    #expect(directory.names == ["a.json"])
  }

  @Test("A symbolic link stays one")
  func links() throws {
    unsafe symlink("real.json", "\(directory.path)/link.json")
    let real = try OutputFile(path: "\(directory.path)/real.json")
    try real.commit()
    try snapshot.save(to: "\(directory.path)/link.json")
    #expect(try Snapshot(path: "\(directory.path)/real.json") == snapshot)
    #expect(directory.names == ["link.json", "real.json"])
  }

  @Test("What is not committed leaves the old file as it was")
  func abandoned() throws {
    let path = "\(directory.path)/a.json"
    try snapshot.save(to: path)
    do {
      let file = try OutputFile(path: path)
      try file.write(Array("half a".utf8))
    }
    #expect(try Snapshot(path: path) == snapshot)
    #expect(directory.names == ["a.json"])
  }

  @Test("A device is written to, not replaced")
  func devices() throws {
    try snapshot.save(to: "/dev/null")
    let error = #expect(throws: SnapshotError.self) { try snapshot.save(to: "/dev/full") }
    #expect(error?.description == "can not write /dev/full: No space left on device")
    #expect(throws: SnapshotError.self) { try Snapshot(path: "/dev/null") }
  }

  @Test("What the system refuses is said in its words")
  func refusals() {
    let missing = #expect(throws: SnapshotError.self) { try Snapshot(path: "\(directory.path)/none.json") }
    #expect(missing?.description == "can not read \(directory.path)/none.json: No such file or directory")
    let folder = #expect(throws: SnapshotError.self) { try Snapshot(path: directory.path) }
    #expect(folder?.description == "can not read \(directory.path): Is a directory")
    let nowhere = #expect(throws: SnapshotError.self) { try snapshot.save(to: "\(directory.path)/x/a.json") }
    #expect(nowhere?.description == "can not write \(directory.path)/x/a.json: No such file or directory")
  }
}
