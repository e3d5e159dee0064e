internal import JSON
internal import Routing

extension Snapshot {
  /// How much text is put together before it is handed on.
  private static let flushSize = 1 << 16

  /// Writes the file's text in pieces, and never holds more than one of them.
  ///
  /// An element of an array stands on a line of its own, so that `grep` and `diff` are of use.
  package func write<Failure>(_ output: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var writer = JSONWriter(.indented(width: 1, depth: 2))
    writer.beginObject()
    writer.member("format", Self.format)
    writer.member("version", Self.version)
    writer.member("created", created)
    writer.member("notes", notes.isEmpty ? nil : notes)
    writer.member("unread", state.unread.isEmpty ? nil : state.unread.sorted().map(\.rawValue))
    if !state.rebalanced.isEmpty {
      writer.key("rebalanced")
      writer.object {
        $0.member("ipv4", state.rebalanced[.ipv4]?.sorted())
        $0.member("ipv6", state.rebalanced[.ipv6]?.sorted())
      }
    }
    if !state.unread.contains(.redirects) { writer.member("redirects", state.redirects) }
    writer.member("hidden", state.hiddenRoutes.isEmpty ? nil : state.hiddenRoutes)
    writer.member("kernel", state.kernel)
    writer.member("behaviour", state.behaviour)
    writer.member("settings", state.settings)
    try writeArray("links", state.links, to: &writer, output)
    try writeArray("addresses", state.addresses, to: &writer, output)
    try writeArray("neighbours", state.neighbours, to: &writer, output)
    try writeArray("rules", state.rules, to: &writer, output)
    if let nexthops = state.nexthops { try writeArray("nexthops", nexthops, to: &writer, output) }
    try writeArray("groups", state.groups, to: &writer, output)
    try writeArray("buckets", state.bucketTables, to: &writer, output)
    try writeArray("routes", state.routes, to: &writer, output)
    writer.endObject()
    writer.endLine()
    try writer.flush(output)
  }

  private func writeArray<Failure>(
    _ name: String, _ elements: [some JSONEncodable], to writer: inout JSONWriter,
    _ output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    writer.key(name)
    writer.beginArray()
    for element in elements {
      element.write(to: &writer)
      if writer.bytes.count >= Self.flushSize { try writer.flush(output) }
    }
    writer.endArray()
  }
}
