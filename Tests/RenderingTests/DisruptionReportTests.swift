import Forwarding
import JSON
import Placement
import Rendering
import Routing
import TestSupport
import Testing

/// A router with four leaves and the flows of five hundred clients; leaf03 goes.
enum DisruptionLab {
  static func state(_ hosts: [UInt32] = [1, 2, 3, 4], change: (inout RoutingState) -> Void = { _ in }) -> RoutingState {
    let up: UInt32 = 0x1_0043
    var state = RoutingState(
      kernel: KernelIdentity(release: "6.18.44", machine: "x86_64"),
      links: [Link(index: 9, name: "swp51", flags: up)]
        + (1...4).map { Link(index: $0, name: "swp\($0)", flags: up) },
      rules: Rule.defaults(.ipv4),
      routes: [route("172.16.255.66/32", nhid: 50, .none)],
      nexthops: (1...4).map {
        nexthop($0, .device(interface: $0, gateway: address("10.1.\($0).1"), encapsulation: nil))
      },
      groups: [NexthopGroup(id: 50, members: hosts.map { .init(id: $0) })])
    state.settings.hashSeed = 12345
    state.settings.ipv4Hash.policy = 1
    change(&state)
    return state
  }

  static let flows: [Flow] = (0..<1000).map { number in
    Flow(
      source: IPAddress(ipv4: 0x0a02_0000 + UInt32(number / 2)), destination: address("172.16.255.66"), ipProtocol: 17,
      sourcePort: UInt16(20000 + number * 7), destinationPort: 53, inputInterface: 9, origin: .forwarded,
      layer4Hash: .absent)
  }

  static func report(
    from before: RoutingState = state(), to after: RoutingState = state([1, 2, 4]), flows: [Flow] = flows,
    weight: (Int) -> UInt64 = { _ in 1 }, changes: [String] = [], doubts: [DisruptionReport.Doubt] = [],
    resilient: ResilientOutlook? = nil, buckets: [BucketMap] = []
  ) -> DisruptionReport {
    let (old, new) = (ForwardingTable(before), ForwardingTable(after))
    var disruption = Disruption(before: old, after: new)
    for (index, flow) in flows.enumerated() {
      disruption.add(flow, before: old.decide(flow), after: new.decide(flow), weight: weight(index))
    }
    return DisruptionReport(
      disruption, before: before, after: after, changes: changes, doubts: doubts, resilient: resilient, buckets: buckets
    )
  }

  static func text(_ report: DisruptionReport, details: Bool = false) -> String {
    var bytes: [UInt8] = []
    report.appendText(to: &bytes, details: details)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func json(_ report: DisruptionReport) throws -> (value: JSONValue, text: String) {
    var writer = JSONWriter()
    report.write(to: &writer)
    return (try JSONValue(parsing: writer.bytes), writer.text)
  }

  static func html(_ report: DisruptionReport) -> String {
    var bytes: [UInt8] = []
    report.appendHTML(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What the timers of a resilient group might do.
  static let outlook = ResilientOutlook(
    moves: count(250), mayMove: count(12), stays: count(738),
    course: [
      .init(seconds: 0, event: "ip nexthop del id 3", buckets: 64, flows: 250),
      .init(seconds: 60.5, event: "balanced", buckets: 1, flows: 12),
    ])

  private static func count(_ flows: UInt64) -> FlowTally.Count {
    var count = FlowTally.Count()
    (count.flows, count.weight) = (flows, flows)
    return count
  }
}

@Suite("Reports on disruption")
struct DisruptionReportTests {
  @Test("Text")
  func text() {
    let text = DisruptionLab.text(DisruptionLab.report())
    #expect(text == DisruptionGolden.text)
  }

  @Test("Text with weights, lost flows, timers and doubts")
  func richText() {
    let text = DisruptionLab.text(Self.rich)
    #expect(text == DisruptionGolden.rich)
    #expect(text.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 80 })
  }

  /// A route that is taken from a part of the clients, a group that loses a member, and what else a report can have.
  private static let rich = DisruptionLab.report(
    to: DisruptionLab.state([1, 2, 4]) {
      var rule = Rule(family: .ipv4, priority: 100, action: .prohibit)
      rule.source = prefix("10.2.1.0/25")
      $0.rules.insert(rule, at: 1)
    },
    weight: { UInt64($0) * 1000 }, changes: ["ip nexthop del id 3", "ip rule add from 10.2.1.0/25 prohibit"],
    doubts: [
      .init(code: "idle-unknown", text: "whether a bucket was used since it was moved can not be seen from outside")
    ],
    resilient: DisruptionLab.outlook)

  @Test("Long names and numbers keep to 80 columns")
  func narrowText() {
    let state = DisruptionLab.state {
      for index in $0.links.indices where $0.links[index].index < 9 {
        $0.links[index].name = "enp130s0f1n\(index)"
        $0.nexthops?[index - 1].target = .device(
          interface: UInt32(index), gateway: address("2001:db8:1234:5678:9abc:def0:1234:567\(index)"),
          encapsulation: nil)
      }
    }
    var after = state
    after.groups[0].members.removeLast()
    let text = DisruptionLab.text(
      DisruptionLab.report(from: state, to: after, weight: { _ in 1 << 40 }), details: true)
    #expect(text.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 80 }, "\(text)")
    #expect(text.contains("id 1 via 2001:db8:1234:5678:9abc:def0:1234:5671 dev enp130s0f1n1\n"))
  }

  @Test(
    "The first line is the answer",
    arguments: [
      ([1, 2, 3, 4], "none of 1000 flows moves"),
      ([1, 2, 4], "337 of 1000 flows move (33.7%): 250 had to, 87 need not"),
      ([], "none of 1000 flows moves, 1000 unroutable"),
    ] as [([UInt32], String)])
  func headline(members: [UInt32], expected: String) {
    let after = members.isEmpty ? DisruptionLab.state { $0.routes = [] } : DisruptionLab.state(members)
    let report = DisruptionLab.report(to: after)
    #expect(report.headline == expected)
    #expect(DisruptionLab.text(report).hasPrefix(expected + "\n"))
  }

  @Test("The first line tells of the timers of resilient groups, too")
  func timers() {
    let timers = ", 250 do and 12 may by the timers of resilient groups"
    #expect(
      DisruptionLab.report(to: DisruptionLab.state(), resilient: DisruptionLab.outlook).headline
        == "none of 1000 flows moves at once" + timers)
    let settled = ResilientOutlook(moves: FlowTally.Count(), mayMove: FlowTally.Count(), stays: FlowTally.Count())
    #expect(
      DisruptionLab.report(to: DisruptionLab.state(), resilient: settled).headline == "none of 1000 flows moves")
  }

  @Test("Without flows there is a report, too")
  func empty() throws {
    let report = DisruptionLab.report(flows: [])
    #expect(DisruptionLab.text(report).hasPrefix("no flows\n"))
    #expect(try DisruptionLab.json(report).value["flows"] == 0)
    #expect(DisruptionLab.html(report).contains("<h1>no flows</h1>"))
  }

  @Test("JSON")
  func json() {
    var writer = JSONWriter(.indented(width: 2, depth: 2))
    Self.rich.write(to: &writer)
    #expect(writer.text == DisruptionGolden.json)
  }

  @Test("JSON has the keys of the interface, and adds up")
  func keys() throws {
    let (json, _) = try DisruptionLab.json(DisruptionLab.report())
    for key in [
      "flows", "moved", "unavoidable", "collateral", "unroutable", "before", "after", "comparison", "certainty",
      "caveats",
    ] { #expect(json[key] != nil, "\(key)") }
    #expect(json["flows"] == 1000 && json["certainty"] == "exact" && json["caveats"] == [])
    let (moved, unavoidable) = (json["moved"]?.wholeNumber ?? -1, json["unavoidable"]?.wholeNumber ?? -1)
    #expect(moved == unavoidable + (json["collateral"]?.wholeNumber ?? -1))
    for side in ["before", "after"] {
      #expect(json[side]?.elements?.reduce(0) { $0 + ($1["flows"]?.wholeNumber ?? 0) } == 1000)
    }
    #expect(json["before"]?[2]?["nexthop"] == ["id": 3, "gateway": "10.1.3.1", "dev": "swp3", "weight": 1])
    #expect(json["comparison"]?["hash-threshold"]?["moved"] == json["moved"])
  }

  @Test("An uncertain prediction makes the report uncertain")
  func uncertain() throws {
    let unknown = DisruptionLab.state([1, 2, 4]) { $0.settings.hashSeed = 0 }
    let report = DisruptionLab.report(to: unknown)
    let (json, _) = try DisruptionLab.json(report)
    #expect(json["certainty"] == "uncertain" && json["uncertain"] == 1000 && json["undetermined"] == 1000)
    #expect(json["caveats"]?[0]?["code"] == "seed-unknown")
    #expect(json["comparison"] == .object([]))
    #expect(DisruptionLab.text(report).hasPrefix("which of 1000 flows move can not be told\n"))
    // Where only the key is missing, the ranges tell how many.
    let guess = DisruptionLab.report(from: DisruptionLab.state { $0.settings.hashSeed = 0 }, to: unknown)
    #expect(
      DisruptionLab.text(guess).contains(
        "\nabout 333 (33.3%) of 1000 undetermined flows move, by the ranges of\n  hash-threshold alone\n"))
    #expect(DisruptionLab.html(guess).contains("<p>About 333 (33.3%) of 1000 undetermined flows move"))
    #expect(try DisruptionLab.json(guess).value["undetermined_expected"]?["flows"] == 1000)
  }
}

@Suite("The list of moved flows")
struct MovementListTests {
  private static func line(_ flow: Flow?, from before: RoutingState, to after: RoutingState, index: Int = 7) -> String?
  {
    let (old, new) = (ForwardingTable(before), ForwardingTable(after))
    let (left, right) = (
      flow.map { old.decide($0) } ?? Decision(outcome: .local), flow.map { new.decide($0) } ?? Decision(outcome: .local)
    )
    var disruption = Disruption(before: old, after: new, comparesSchemes: false, judgesAnycast: false)
    let movement = disruption.add(flow, before: left, after: right, weight: 1)
    guard MovementList.holds(movement, before: left, after: right) else { return nil }
    var bytes: [UInt8] = []
    MovementList(before: before, after: after)
      .appendCSV(flow, before: left, after: right, movement, index: index, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func flow(_ interface: String) -> Flow? {
    let table = ForwardingTable(DisruptionLab.state())
    return DisruptionLab.flows.first { table.decide($0).nexthop.map { table.interfaceName($0.interface) } == interface }
  }

  @Test("A line a flow, by its columns")
  func lines() throws {
    let flow = try #require(Self.flow("swp3"))
    let state = DisruptionLab.state()
    let line = try #require(Self.line(flow, from: state, to: DisruptionLab.state([1, 2])))
    #expect(MovementList.csvHeader == "index,src,dst,proto,sport,dport,from,to,reason\n")
    #expect(
      line == "7,\(flow.source),172.16.255.66,17,\(flow.sourcePort),53,via 10.1.3.1 dev swp3,via 10.1.2.1 dev swp2,"
        + "nexthop-gone\n")
    #expect(Self.line(flow, from: state, to: state) == nil)
    #expect(Self.line(nil, from: state, to: state) == nil)
    // From one refusal to another: it never went anywhere.
    let (refused, unreachable) = (DisruptionLab.state { $0.routes = [] }, DisruptionLab.state { $0.rules = [] })
    #expect(Self.line(flow, from: refused, to: unreachable) == nil)
    #expect(Self.line(flow, from: state, to: unreachable)?.contains(",via 10.1.3.1 dev swp3,unreachable,") == true)
  }

  @Test("What a list can not tell is said")
  func doubts() {
    let unknown = DisruptionLab.state { $0.settings.hashSeed = nil }
    let guess = DisruptionLab.report(from: unknown, to: DisruptionLab.state([1, 2, 4]) { $0.settings.hashSeed = nil })
    #expect(guess.doubtSentence?.hasPrefix("the list can not be sure: which of 1000 flows move can not be told") == true)
    #expect(DisruptionLab.report(to: DisruptionLab.state([1, 2])).doubtSentence == nil)
  }

  @Test("A field that does not apply is empty, and one that a reader would take apart stands in quotes")
  func fields() throws {
    let odd = "a,\"b\"\nc"
    func named(_ hosts: [UInt32]) -> RoutingState {
      DisruptionLab.state(hosts) { state in
        for place in state.links.indices where state.links[place].name == "swp1" { state.links[place].name = odd }
      }
    }
    let flow = Flow(
      source: address("0.0.0.0"), destination: address("172.16.255.66"), ipProtocol: 1, inputInterface: 9,
      origin: .local, layer4Hash: .absent)
    let line = try #require(Self.line(flow, from: named([1]), to: named([2])))
    #expect(
      line == "7,,172.16.255.66,1,,,\"via 10.1.1.1 dev a,\"\"b\"\"\nc\",via 10.1.2.1 dev swp2,nexthop-gone\n")
  }

  @Test("What becomes of a flow that is not sent any more")
  func words() throws {
    let flow = try #require(Self.flow("swp3"))
    let state = DisruptionLab.state()
    func end(_ change: (inout RoutingState) -> Void) -> String? {
      Self.line(flow, from: state, to: DisruptionLab.state(change: change))?.split(separator: ",").suffix(2)
        .joined(separator: ",")
    }
    #expect(end { $0.routes = [] } == "unreachable,route-gone\n")
    #expect(
      end {
        $0.routes[0].nexthops = .legs(.none)
        $0.routes[0].type = .blackhole
      } == "blackhole,route-changed\n")
    #expect(
      end {
        $0.routes[0].nexthops = .legs(.none)
        $0.routes[0].type = .local
      } == "local,route-changed\n")
    #expect(end { $0.settings.ipv4ForwardingAll = false } == "dropped,dropped\n")
    // Local delivery is neither a move nor a loss, but worth a line.
    #expect(
      Self.line(flow, from: DisruptionLab.state { $0.routes = [] }, to: state)?.hasSuffix(
        ",unreachable,via 10.1.3.1 dev swp3,route-gone\n") == true)
  }

  @Test("Names with commas and quotes are quoted")
  func quoting() throws {
    let flow = try #require(Self.flow("swp3"))
    let line = Self.line(
      flow, from: DisruptionLab.state { $0.links[3].name = "a,\"b" },
      to: DisruptionLab.state([1, 2, 4]) { $0.links[3].name = "a,\"b" })
    #expect(line?.contains(#",53,"via 10.1.3.1 dev a,""b",via "#) == true)
  }
}

@Suite("The report as a page")
struct DisruptionPageTests {
  private static let buckets = BucketMap(
    group: 50, before: (0..<200).map { way($0 / 50 + 1) }, after: (0..<200).map { way($0 / 50 == 2 ? 4 : $0 / 50 + 1) })

  private static func way(_ host: Int) -> Way {
    .sent(gateway: address("10.1.\(host).1"), interface: UInt32(host))
  }

  /// The names of the elements that are open at each point; nil when they do not nest.
  private static func isBalanced(_ html: String) -> Bool {
    let empty: Set<String> = ["meta", "rect", "path", "!DOCTYPE"]
    var open: [String] = []
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      guard let end = rest.firstIndex(of: ">") else { return false }
      let tag = rest[..<end]
      rest = rest[rest.index(after: end)...]
      let name = tag.split(whereSeparator: { " /\n".contains($0) }).first.map(String.init) ?? ""
      if tag.hasPrefix("/") {
        guard open.popLast() == name else { return false }
      } else if !tag.hasSuffix("/"), !empty.contains(name) || name == "path" && rest.hasPrefix("<title>") {
        open.append(name)
      }
    }
    return open.isEmpty
  }

  @Test("Everything is in it, and it needs nothing else")
  func page() {
    let report = DisruptionLab.report(
      weight: { UInt64($0) }, changes: ["ip nexthop del id 3"], resilient: DisruptionLab.outlook,
      buckets: [Self.buckets])
    let html = DisruptionLab.html(report)
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    for text in [
      report.headline, "<code>ip nexthop del id 3</code>", "Before → after", "via 10.1.3.1 dev swp3: 50 → 0",
      "50 buckets of 200 change", "rendezvous", "RFC 2992", "60.5 s", "Every prediction is exact.",
      "prefers-color-scheme",
      "by chance (RFC 7690)",
    ] { #expect(html.contains(text), "\(text)") }
    for text in ["http:", "https:", "<script", "<link", "<img", "src=", "@import", "url("] {
      #expect(!html.contains(text), "\(text)")
    }
    #expect(Self.isBalanced(html))
  }

  @Test("Names and commands are text, whatever is in them")
  func escaping() {
    let evil = "<i>\"&'\u{7}"
    let state = DisruptionLab.state { $0.links[3].name = evil }
    var after = state
    after.groups[0].members.remove(at: 2)
    let html = DisruptionLab.html(
      DisruptionLab.report(
        from: state, to: after, changes: ["</code><script>alert(1)</script>", "second line"],
        doubts: [.init(code: "<b>", text: "a & b")],
        resilient: .init(
          moves: .init(), mayMove: .init(), stays: .init(),
          course: [.init(seconds: 0, event: evil, buckets: 1, flows: 1)]),
        buckets: [Self.buckets]))
    #expect(!html.contains("<i>") && !html.contains("<script>") && !html.contains("<b>:") && !html.contains("\u{7}"))
    #expect(html.contains("&lt;i&gt;&quot;&amp;&#39;\u{fffd}"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;\nsecond line</code>"))
    #expect(Self.isBalanced(html))
  }

  @Test("Many nexthops are drawn as one, large tables have several buckets in a cell")
  func large() {
    let hosts: [UInt32] = Array(1...80)
    let state = DisruptionLab.state(hosts) {
      $0.nexthops = hosts.map {
        nexthop($0, .device(interface: $0 == 9 ? 99 : $0, gateway: address("10.1.\($0).1"), encapsulation: nil))
      }
    }
    var after = state
    after.groups[0].members.removeFirst(3)
    let map = BucketMap(
      group: 50, before: (0..<40000).map { Self.way($0 % 7 / 4) }, after: (0..<40000).map { _ in Self.way(1) })
    let html = DisruptionLab.html(DisruptionLab.report(from: state, to: after, buckets: [map]))
    #expect(html.contains("49 others"))
    #expect(html.contains("A cell is 10 buckets."))
    #expect(html.utf8.count < 300_000)
    #expect(Self.isBalanced(html))
  }
}
