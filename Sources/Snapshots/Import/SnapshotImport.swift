internal import JSON
internal import Routing

/// Builds a snapshot from what `ip -j`, `sysctl` and `uname` print on a router without ecmpctl.
///
/// Every source may be missing; the snapshot's notes then say what is not known.
package struct SnapshotImport {
  /// One of the texts to import.
  package struct Source: Hashable, Sendable {
    /// What errors call it.
    package var file: String
    package var bytes: [UInt8]

    package init(file: String, bytes: [UInt8]) {
      self.file = file
      self.bytes = bytes
    }
  }

  /// `ip -j -d route show table all`, which may hold both families.
  package var routes: Source?
  /// `ip -6 -j -d route show table all`; when given, IPv6 routes are taken from here alone.
  package var ipv6Routes: Source?
  /// `ip -j -d nexthop`.
  package var nexthops: Source?
  /// `ip -j nexthop bucket show`.
  package var buckets: Source?
  /// `ip -j rule`.
  package var rules: Source?
  /// `ip -6 -j rule`.
  package var ipv6Rules: Source?
  /// `ip -j -d link`.
  package var links: Source?
  /// `ip -j addr`.
  package var addresses: Source?
  /// `ip -j neigh`.
  package var neighbours: Source?
  /// `sysctl net`.
  package var sysctls: Source?
  /// The text of /proc/net/snmp, followed by that of /proc/net/snmp6.
  package var counters: Source?
  /// `uname -r` or `uname -a`.
  package var release: Source?
  /// /etc/iproute2/rt_tables, for names of the router's own.
  package var tableNames: Source?
  /// /etc/iproute2/rt_protos, for names of the router's own.
  package var protocolNames: Source?

  package init() {}

  /// Reads all the sources.
  ///
  /// - Throws: `SnapshotError` with the source's file, and the line and column or the path.
  package func snapshot(created: String? = nil) throws(SnapshotError) -> Snapshot {
    var importer = Importer()
    if let tableNames { try importer.tables.add(tableNames) }
    if let protocolNames { try importer.protocols.add(protocolNames) }
    importer.readRelease(release)
    importer.readSysctls(sysctls)
    importer.readCounters(counters)
    try importer.readLinks(links, addresses: addresses)
    try importer.readNeighbours(neighbours)
    try importer.readNexthops(nexthops, buckets: buckets)
    try importer.readRoutes(routes, ipv6: ipv6Routes)
    try importer.readRules(rules, family: .ipv4)
    try importer.readRules(ipv6Rules, family: .ipv6)
    importer.finish()
    return Snapshot(state: importer.state, created: created, notes: importer.notes)
  }
}

extension SnapshotImport.Source {
  /// Split by bytes, since CR and LF together are one `Character`.
  var lines: [Substring] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      Substring(decoding: $0, as: UTF8.self)
    }
  }

  /// Hands on each element of the array that `ip -j` prints.
  ///
  /// Leaves out the empty objects that it prints for what it filters out.
  func forEachElement(_ body: (JSONValue) throws(JSONMismatch) -> Void) throws(SnapshotError) {
    // With nothing to show, some versions print nothing at all; where the kernel refuses the dump, a bracket is left.
    let text = bytes.filter { ![UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0) }
    if text.isEmpty || text == [UInt8(ascii: "[")] { return }
    var reader = JSONReader(bytes)
    var (index, line) = (0, 1)
    do {
      guard try reader.peek() == .beginArray else {
        line = reader.tokenLine
        throw ImportFailure.mismatch(
          JSONMismatch(expected: "an array, as `ip -j` prints", found: try reader.value()), line: line)
      }
      _ = try reader.next()
      while true {
        _ = try reader.peek()
        line = reader.tokenLine
        guard let element = try reader.nextElement() else { break }
        if element != .object([]) {
          do throws(JSONMismatch) {
            try body(element)
          } catch {
            throw ImportFailure.mismatch(error.inside(.index(index)), line: line)
          }
        }
        index += 1
      }
      try reader.finish()
    } catch var error as JSONError {
      if error.kind == .syntax { error.phrase += "; a dump is what `ip -j` prints" }
      throw SnapshotError(file: file, error)
    } catch ImportFailure.mismatch(var mismatch, let line) {
      mismatch.line = line
      throw .wrongValue(file: file, mismatch)
    } catch {
      throw .unreadable(file: file, reason: "\(error)")
    }
  }
}

/// Carries a mismatch out of a reading loop.
private enum ImportFailure: Error {
  case mismatch(JSONMismatch, line: Int)
}
