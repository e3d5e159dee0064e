import Rendering
import Routing
import Testing

@Suite("Which routes are shown")
struct RouteSelectionTests {
  static let here = route("10.0.0.0/8", .single(leg(dev: 3)))
  static let elsewhere = route("10.0.0.0/8", table: 100, .single(leg(dev: 3)))
  static let everything = route("0.0.0.0/0", .single(leg("10.1.0.2", dev: 3)))
  static let six = route("2001:db8::/32", metric: 1024, .single(leg(dev: 3)), pref: 0)
  static let everything6 = route("::/0", metric: 1024, .single(leg(dev: 3)), pref: 0)
  static let local6 = route("2001:db8::1/128", metric: 1024, type: .local, .single(leg(dev: 1)), pref: 0)
  static let cached = route("10.0.0.1/32", flags: RouteFlags.cloned, .single(leg(dev: 3)))
  static let all = [here, elsewhere, everything, six, everything6, local6, cached]

  @Test(
    "follows the command line",
    arguments: [
      ("ip route show", RouteSelection(), [here, everything]),
      ("ip -6 route show hides local routes of table main", RouteSelection(family: .ipv6), [six, everything6]),
      ("ip route show table 100", RouteSelection(table: 100), [elsewhere]),
      ("ip route show table all", .allTables(), [here, elsewhere, everything, six, everything6, local6]),
      ("ip -6 route show table all", .allTables(.ipv6), [six, everything6, local6]),
      ("ip route show 10.0.0.0/8", RouteSelection(prefix: .exactly(prefix("10.0.0.0/8"))), [here]),
      ("ip route show 10.0.0.0/9", RouteSelection(prefix: .exactly(prefix("10.0.0.0/9"))), []),
      ("ip route show default", RouteSelection(prefix: .everything), [everything]),
      (
        "ip route show default table all", RouteSelection(family: nil, table: nil, prefix: .everything),
        [everything, everything6]
      ),
      (
        "ip route show 0.0.0.0/0 table all",
        RouteSelection(family: nil, table: nil, prefix: .exactly(prefix("0.0.0.0/0"))), [everything]
      ),
    ] as [(String, RouteSelection, [Route])])
  func selects(command: String, selection: RouteSelection, expected: [Route]) {
    #expect(Self.all.filter(selection.includes) == expected, "\(command)")
  }

  @Test("names the table only when all are shown")
  func namesTable() {
    #expect(
      Lab.output(.text, details: true) { $0.append(Self.here, selection: RouteSelection()) }
        == "unicast 10.0.0.0/8 dev lab0 proto boot scope global \n")
    #expect(
      Lab.output(.text) { $0.append(Self.elsewhere, selection: RouteSelection(table: 100)) }
        == "10.0.0.0/8 dev lab0 \n")
    #expect(
      Lab.output(.text) { $0.append(Self.elsewhere) } == "10.0.0.0/8 dev lab0 table 100 \n")
  }
}
