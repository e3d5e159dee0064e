import Paths
import Testing

/// The file of routers and cables.
@Suite("Topology files")
struct TopologyTests {
  private func parse(_ text: String, file: String = "fabric") throws(TopologyError) -> Topology {
    try Topology(parsing: Array(text.utf8), file: file)
  }

  @Test("hold routers and cables, comments and blank lines")
  func whole() throws {
    let topology = try parse(
      """
      # a fabric
      router spine02 live   # here

        router leaf01 netns 4711 seed 0x10
      router leaf03\tsnapshot leaf03.json seed 7
      cable spine02:swp1 leaf01:swp1.10\r
      """, file: "/etc/net/fabric")
    #expect(
      topology.routers == [
        Topology.Router(name: "spine02", source: .live, line: 2),
        Topology.Router(name: "leaf01", source: .namespace("4711"), seed: 16, line: 4),
        Topology.Router(name: "leaf03", source: .snapshot("/etc/net/leaf03.json"), seed: 7, line: 5),
      ])
    let cable = Topology.Cable(
      Topology.End(router: "spine02", interface: "swp1"), Topology.End(router: "leaf01", interface: "swp1.10"), line: 6)
    #expect(topology.cables == [cable])
  }

  @Test(
    "names of snapshots are relative to the file's folder",
    arguments: [
      ("fabric", "a.json", "a.json"), ("nets/fabric", "a.json", "nets/a.json"),
      ("nets/fabric", "/x/a.json", "/x/a.json"),
    ])
  func folders(file: String, path: String, found: String) throws {
    #expect(try parse("router a snapshot \(path)", file: file).routers.map(\.source) == [.snapshot(found)])
  }

  @Test(
    "a wrong line is told with its number",
    arguments: [
      ("router", 1), ("router a", 1), ("router a netns", 1), ("router a snapshot", 1), ("router a live now", 1),
      ("router a live seed 0", 1), ("router a live seed 4294967296", 1), ("router a live seed", 1),
      ("router a:b live", 1),
      ("router a live\ncable a:x", 2), ("router a live\ncable a:x :y", 2), ("router a live\ncable a:x a:", 2),
      ("router a live\ncable a:x a:x", 2), ("router a live\n\nrouter a netns b", 3),
      ("router a live\ncable a:x b:y", 2),
      ("hub a", 1), ("", 0), ("# nothing", 0),
    ])
  func mistakes(text: String, line: Int) {
    let error = #expect(throws: TopologyError.self) { try parse(text) }
    #expect(error?.line == line)
    #expect(error?.description.contains("\n") == false)
  }

  @Test("a byte order mark in front is no part of the first word")
  func mark() throws {
    #expect(try parse("\u{feff}router a live\r\n").routers == [Topology.Router(name: "a", source: .live, line: 1)])
  }

  @Test("bytes that are no text are told with their line")
  func bytes() {
    let error = #expect(throws: TopologyError.self) {
      try Topology(parsing: Array("router a live\n".utf8) + [0xff, 0xfe], file: "fabric")
    }
    #expect(error?.line == 2)
  }
}
