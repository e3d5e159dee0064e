package import JSON
internal import Routing

extension Snapshot {
  /// Reads a snapshot, one element of its arrays at a time.
  ///
  /// - Parameter file: What errors call the source.
  package init(reading reader: inout JSONReader, file: String) throws(SnapshotError) {
    let parts: SnapshotParts?
    do {
      parts = try SnapshotParts(reading: &reader)
    } catch {
      throw SnapshotError(file: file, error)
    }
    guard let parts else { throw .notASnapshot(file: file) }
    self = try parts.snapshot(file: file)
  }

  /// Reads a snapshot that is in memory.
  package init(bytes: [UInt8], file: String) throws(SnapshotError) {
    var reader = JSONReader(bytes)
    try self.init(reading: &reader, file: file)
  }
}

/// The members of a snapshot's object as they come by, in any order.
private struct SnapshotParts {
  private var format: JSONValue?
  private var version: JSONValue?
  private var created: String?
  private var notes: [String] = []
  private var unread: [String]?
  private var kernel: KernelIdentity?
  private var behaviour: KernelBehaviour?
  private var redirects: Redirects?
  private var hiddenRoutes: HiddenRoutes?
  private var state = RoutingState(kernel: KernelIdentity(release: "", machine: ""))
  /// The first wrong value, which counts only once the format and the version, which may come later, are right.
  private var mismatch: JSONMismatch?
  /// Where the member or the element at hand begins.
  private var line = 1

  /// Nil for anything but an object.
  init?(reading reader: inout JSONReader) throws(JSONError) {
    guard try reader.peek() == .beginObject else { return nil }
    _ = try reader.next()
    while let key = try reader.nextKey() { try read(key, from: &reader) }
    try reader.finish()
  }

  private mutating func read(_ key: String, from reader: inout JSONReader) throws(JSONError) {
    line = reader.tokenLine
    switch key {
    case "format": format = try reader.value()
    case "version": version = try reader.value()
    case "created": created = decode(key, try reader.value())
    case "notes": notes = decode(key, try reader.value()) ?? []
    case "unread": unread = decode(key, try reader.value())
    case "rebalanced": readRebalanced(try reader.value())
    case "redirects": redirects = decode(key, try reader.value())
    case "hidden": hiddenRoutes = decode(key, try reader.value())
    case "kernel": kernel = decode(key, try reader.value())
    case "behaviour": behaviour = decode(key, try reader.value())
    case "settings": state.settings = decode(key, try reader.value()) ?? state.settings
    case "links": state.links = try readArray(key, from: &reader)
    case "addresses": state.addresses = try readArray(key, from: &reader)
    case "neighbours": state.neighbours = try readArray(key, from: &reader)
    case "rules": state.rules = try readArray(key, from: &reader)
    case "nexthops": state.nexthops = try readArray(key, from: &reader)
    case "groups": state.groups = try readArray(key, from: &reader)
    case "buckets": state.bucketTables = try readArray(key, from: &reader)
    case "routes":
      var pool = AttributePool()
      state.routes = try readArray(key, from: &reader) { pool.sharing($0) }
    default: try reader.skipValue()
    }
  }

  func snapshot(file: String) throws(SnapshotError) -> Snapshot {
    guard format == .string(Snapshot.format) else { throw .notASnapshot(file: file) }
    guard case .integer(let number) = version, let number = Int64(exactly: number), number >= 1 else {
      throw .wrongValue(
        file: file, JSONMismatch(expected: "a whole number from 1", found: version ?? .null).inside(.key("version")))
    }
    guard number <= Snapshot.version else {
      throw .newerVersion(file: file, version: number, supported: Snapshot.version)
    }
    if let mismatch { throw .wrongValue(file: file, mismatch) }
    guard let kernel else { throw .wrongValue(file: file, JSONMismatch("expected the key \"kernel\"")) }
    var state = state
    state.kernel = kernel
    state.behaviour = KernelBehaviour(version: kernel.version)
    if let behaviour { state.behaviour = state.behaviour.updated(by: behaviour) }
    if let unread {
      state.unread = Set(unread.map { StatePart(rawValue: $0) })
    } else if notes.contains(where: { $0.contains("not known") }) {
      // An import of before there was `unread`.
      state.unread = [.unspecified]
    }
    if let redirects { state.redirects = redirects }
    if let hiddenRoutes { state.hiddenRoutes = hiddenRoutes }
    return Snapshot(state: state, created: created, notes: notes)
  }

  private mutating func readRebalanced(_ value: JSONValue) {
    for (name, family) in [("ipv4", AddressFamily.ipv4), ("ipv6", .ipv6)] {
      do {
        guard let interfaces: [UInt32] = try value.optional(name) else { continue }
        state.rebalanced[family] = Set(interfaces)
      } catch {
        remember(error.inside(.key("rebalanced")))
      }
    }
  }

  private mutating func decode<T: JSONDecodable>(_ key: String, _ value: JSONValue) -> T? {
    do {
      return try T(json: value)
    } catch {
      remember(error.inside(.key(key)))
      return nil
    }
  }

  private mutating func readArray<T: JSONDecodable>(
    _ key: String, from reader: inout JSONReader, _ change: (T) -> T = { $0 }
  ) throws(JSONError) -> [T] {
    guard try reader.peek() == .beginArray else {
      remember(JSONMismatch(expected: "an array", found: try reader.value()).inside(.key(key)))
      return []
    }
    _ = try reader.next()
    var elements: [T] = []
    var index = 0
    while true {
      _ = try reader.peek()
      line = reader.tokenLine
      guard let value = try reader.nextElement() else { break }
      if mismatch == nil {
        do {
          elements.append(change(try T(json: value)))
        } catch {
          remember(error.inside(.index(index)).inside(.key(key)))
        }
      }
      index += 1
    }
    return elements
  }

  private mutating func remember(_ error: JSONMismatch) {
    guard mismatch == nil else { return }
    mismatch = error
    mismatch?.line = line
  }
}
