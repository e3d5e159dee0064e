extension Topology {
  /// Reads a topology file.
  ///
  /// A line is a router, a cable, a comment that starts with `#`, or blank; a byte order mark in front is accepted:
  ///
  ///     router NAME live | netns NAMESPACE | snapshot FILE [seed NUMBER]
  ///     cable ROUTER:INTERFACE ROUTER:INTERFACE
  ///
  /// - Parameters:
  ///   - file: what errors call it; names of snapshots are relative to its folder.
  /// - Throws: for the first line that is neither, a name that is given twice or to no router, and no router at all.
  package init(parsing text: [UInt8], file: String) throws(TopologyError) {
    var reader = TopologyReader(file: file)
    var number = 0
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let lines = text.dropFirst(text.starts(with: mark) ? mark.count : 0)
    for line in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      try reader.read(line, number)
    }
    self = try reader.finish()
  }
}

/// Reads a topology a line at a time.
private struct TopologyReader {
  private let file: String
  private var topology = Topology(routers: [])
  private var names: Set<String> = []
  /// The line at hand, from 1.
  private var line = 0

  init(file: String) {
    self.file = file
  }

  private func wrong(_ message: String) -> TopologyError { TopologyError(file: file, line: line, message: message) }

  mutating func read(_ bytes: ArraySlice<UInt8>, _ number: Int) throws(TopologyError) {
    line = number
    guard let text = String(validating: bytes, as: UTF8.self) else { throw wrong("not UTF-8 text") }
    let words = text.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
    switch words.first {
    case nil: return
    case "router": try readRouter(Array(words.dropFirst()))
    case "cable": try readCable(Array(words.dropFirst()))
    case let word?: throw wrong("\"\(word)\" is neither router nor cable")
    }
  }

  private mutating func readRouter(_ words: [String]) throws(TopologyError) {
    let form = "a router is: router NAME live | netns NAMESPACE | snapshot FILE [seed NUMBER]"
    guard words.count >= 2 else { throw wrong(form) }
    let name = words[0]
    guard !name.contains(":") else { throw wrong("a router's name has no colon: \(name)") }
    guard names.insert(name).inserted else { throw wrong("router \(name) is there twice") }
    let source: Topology.Source
    var rest = words.dropFirst(2)
    switch (words[1], rest.first) {
    case ("live", _): source = .live
    case ("netns", let namespace?):
      source = .namespace(namespace)
      rest.removeFirst()
    case ("snapshot", let path?):
      source = .snapshot(relative(path))
      rest.removeFirst()
    default: throw wrong(form)
    }
    var router = Topology.Router(name: name, source: source, line: line)
    if !rest.isEmpty {
      guard rest.count == 2, rest.first == "seed" else { throw wrong(form) }
      guard let seed = rest.last.flatMap(Self.number), seed > 0 else { throw wrong("a seed is 1 to 4294967295") }
      router.seed = seed
    }
    topology.routers.append(router)
  }

  private static func number(_ text: String) -> UInt32? {
    text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }

  /// The path as seen from where the program runs.
  private func relative(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return file[...slash] + path
  }

  private mutating func readCable(_ words: [String]) throws(TopologyError) {
    guard words.count == 2 else { throw wrong("a cable is: cable ROUTER:INTERFACE ROUTER:INTERFACE") }
    let (first, second) = (try end(words[0]), try end(words[1]))
    guard first != second else { throw wrong("a cable has two ends") }
    topology.cables.append(Topology.Cable(first, second, line: line))
  }

  private func end(_ text: String) throws(TopologyError) -> Topology.End {
    guard let colon = text.firstIndex(of: ":"), colon > text.startIndex, text.index(after: colon) < text.endIndex
    else { throw wrong("\"\(text)\" is no ROUTER:INTERFACE") }
    return Topology.End(router: String(text[..<colon]), interface: String(text[text.index(after: colon)...]))
  }

  func finish() throws(TopologyError) -> Topology {
    guard !topology.routers.isEmpty else { throw TopologyError(file: file, message: "there is no router in it") }
    for cable in topology.cables {
      for end in [cable.first, cable.second] where !names.contains(end.router) {
        throw TopologyError(file: file, line: cable.line, message: "there is no router \(end.router)")
      }
    }
    let here = topology.routers.filter { $0.source == .live }
    guard here.count < 2 else {
      throw TopologyError(
        file: file, message: "only one router can be live: \(here.map(\.name).joined(separator: ", "))")
    }
    return topology
  }
}
