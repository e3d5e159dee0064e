import Testing

@testable import Routing

@Suite struct HiddenRoutesTests {
  private static func prefix(_ number: UInt64, length: UInt8 = 64) -> Prefix {
    Prefix(containing: IPAddress(ipv6High: 0x2001_0db8_0000_0000 | number, low: 0), length: length)
  }

  private static func leg(_ number: UInt64) -> RouteLeg {
    RouteLeg(gateway: IPAddress(ipv6High: 0xfd00 << 48 | number, low: 2), interface: UInt32(number))
  }

  private static func route(
    _ number: UInt64, legs count: Int, metric: UInt32 = 100, preference: UInt8 = 0, table: UInt32 = RouteTable.main
  ) -> Route {
    let legs = (1...UInt64(count)).map(leg)
    return Route(
      destination: prefix(number), table: table, metric: metric,
      nexthops: .legs(count == 1 ? .single(legs[0]) : .multipath(legs)), preference: preference)
  }

  /// A line as the kernel prints it.
  private static func line(
    _ number: UInt64, metric: UInt32 = 100, preference: UInt32 = 0, source: Prefix? = nil, interface: String = "o1"
  ) -> String {
    func digits(_ value: some FixedWidthInteger, _ width: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: width - text.count) + text
    }
    func address(_ address: IPAddress) -> String { digits(address.high, 16) + digits(address.low, 16) }
    let own = prefix(number)
    let from = source ?? .everything(.ipv6)
    let name = String(repeating: " ", count: max(0, 8 - interface.count)) + interface
    return "\(address(own.address)) \(digits(own.length, 2)) \(address(from.address)) \(digits(from.length, 2)) "
      + "\(address(leg(1).gateway ?? own.address)) \(digits(metric, 8)) 00000001 00000000 "
      + "\(digits(preference << 27 | 3, 8)) \(name)\n"
  }

  private static func hidden(_ routes: [Route], _ lines: [String]) -> HiddenRoutes {
    HiddenRoutes(routes, listed: lines.joined().utf8)
  }

  private static let place = HiddenRoutes.Place(destination: prefix(1), metric: 100)

  @Test func `What is listed as it was told hides nothing`() {
    // The list has all tables, and does not tell which.
    let routes = [
      Self.route(1, legs: 2), Self.route(1, legs: 1), Self.route(1, legs: 2, table: 7, ), Self.route(2, legs: 1),
      Self.route(3, legs: 2, preference: 3),
    ]
    let lines =
      Array(repeating: Self.line(1), count: 5) + [Self.line(2), Self.line(9)]
      + [Self.line(3, preference: 3, interface: "an-interface-15"), Self.line(3, preference: 3)]
    #expect(Self.hidden(routes, lines).isEmpty)
    #expect(Self.hidden(routes, lines.reversed()).isEmpty)
  }

  @Test func `What is listed beside legs and was not told is found`() {
    let two = [Self.line(1), Self.line(1)]
    for (what, lines) in [
      ("a third entry", two + [Self.line(1)]), ("one of another preference", two + [Self.line(1, preference: 1)]),
      ("a leg of another preference", [Self.line(1), Self.line(1, preference: 3)]), ("a leg that has gone", [two[0]]),
      ("nothing any more", []),
    ] {
      #expect(Self.hidden([Self.route(1, legs: 2)], lines) == HiddenRoutes(places: [Self.place]), "\(what)")
    }
    let others = [Self.line(1, metric: 101), Self.line(2), Self.line(1, source: Self.prefix(8))]
    #expect(Self.hidden([Self.route(1, legs: 2)], two + others).isEmpty)
    #expect(Self.hidden([Self.route(1, legs: 1)], two + others).isEmpty, "the dump tells all that have no legs")
  }

  @Test func `Routes from a source are told apart`() {
    var route = Self.route(1, legs: 2)
    route.source = Self.prefix(8)
    let line = Self.line(1, source: Self.prefix(8))
    #expect(Self.hidden([route], [line, line, Self.line(1)]).isEmpty)
    var place = Self.place
    place.source = Self.prefix(8)
    #expect(Self.hidden([route], [line, line, line]) == HiddenRoutes(places: [place]))
  }

  @Test func `They concern the routes where they lie, and what is anywhere all multipath ones`() {
    let routes = [
      Self.route(1, legs: 2), Self.route(1, legs: 1, table: 9), Self.route(2, legs: 2), Self.route(2, legs: 1),
    ]
    let some = HiddenRoutes(places: [Self.place])
    #expect(routes.map(some.concern) == [true, true, false, false])
    #expect(routes.map(HiddenRoutes.anywhere.concern) == [true, false, true, false])
    #expect(routes.map(HiddenRoutes().concern) == [false, false, false, false])
    var object = Self.route(1, legs: 2)
    object.nexthops = .object(id: 1, expansion: object.legs)
    #expect(object.entries6 == 1 && !HiddenRoutes.anywhere.concern(object))
  }

  @Test func `A list in any other form leaves all in doubt`() {
    let line = Self.line(1)
    let good = Array(line.utf8)
    for index in 0..<140 {
      var bytes = good
      bytes[index] = UInt8(ascii: "~")
      // Gateway and counters do not count.
      let isRead = index < 72 || (105..<114).contains(index) || index >= 132
      let isGap = [32, 35, 68, 71].contains(index)
      if isGap && !isRead { continue }
      let found = HiddenRoutes([Self.route(1, legs: 2)], listed: good + bytes)
      #expect(found == (isRead ? .anywhere : HiddenRoutes()) || isGap, "column \(index)")
      // Cut at every place.
      #expect(HiddenRoutes([Self.route(1, legs: 2)], listed: good + good[..<index]) != HiddenRoutes() || index == 0)
    }
    #expect(HiddenRoutes([Self.route(1, legs: 2)], listed: "no\n".utf8) == .anywhere)
    let long = line.replacing(" 40 ", with: " ff ", maxReplacements: 1)
    #expect(HiddenRoutes([Self.route(1, legs: 2)], listed: (line + long).utf8) == .anywhere)
  }

  // MARK: What is read

  private static func hidden(
    _ routes: [Route], changes: Int = 0, count: String?, list: [String]?
  ) -> (HiddenRoutes, read: [HiddenRoutes.File]) {
    var read: [HiddenRoutes.File] = []
    let hidden = HiddenRoutes(routes, changes: changes) { file, limit in
      read.append(file)
      switch file {
      case .count: return count.map { Array($0.utf8.prefix(limit)) }
      case .list: return list.map { Array($0.joined().utf8.prefix(limit)) }
      }
    }
    return (hidden, read)
  }

  @Test func `Without legs nothing is read`() {
    var four = Self.route(1, legs: 2)
    four.destination = .everything(.ipv4)
    var object = Self.route(1, legs: 2)
    object.nexthops = .object(id: 1, expansion: object.legs)
    let (hidden, read) = Self.hidden([Self.route(1, legs: 1), four, object], count: nil, list: nil)
    #expect(hidden.isEmpty && read.isEmpty)
  }

  @Test func `Few routes are held against the list`() {
    let routes = [Self.route(1, legs: 2)]
    for (list, expected) in [
      ([Self.line(1), Self.line(1)], HiddenRoutes()),
      ([Self.line(1), Self.line(1), Self.line(1)], HiddenRoutes(places: [Self.place])), (nil, .anywhere),
    ] as [([String]?, HiddenRoutes)] {
      let (hidden, read) = Self.hidden(routes, count: "1 2 3 2 0 0 0\n", list: list)
      #expect(hidden == expected && read == [.count, .list])
    }
    // A table that has grown much meanwhile.
    let long = Array(repeating: Self.line(1), count: HiddenRoutes.mostListed * 2)
    #expect(Self.hidden(routes, count: "1 2 3 2 0 0 0\n", list: long).0 == .anywhere)
  }

  @Test(arguments: ["", "x", "1 2 3", "1 2 3 -4 0 0 0", "1 2 3 zz 0 0 0", "1 2 3 ffffffffffffffffff 0"])
  func `Where the number can not be read all legs are in doubt`(text: String) {
    let lines = [Self.line(1), Self.line(1)]
    #expect(Self.hidden([Self.route(1, legs: 2)], count: text, list: lines).0 == .anywhere)
    #expect(Self.hidden([Self.route(1, legs: 2)], count: nil, list: lines).0 == .anywhere)
  }

  @Test func `Of many routes the number is compared`() {
    let routes = [Self.route(1, legs: 2)] + (2...5000).map { Self.route($0, legs: 1) }
    for (count, changes, expected) in [
      (5001, 0, HiddenRoutes()), (5002, 0, .anywhere), (5000, 0, .anywhere), (5002, 1, HiddenRoutes()),
      (5000, 3, HiddenRoutes()), (5005, 3, .anywhere),
    ] as [(Int, Int, HiddenRoutes)] {
      let text = "0001 0002 0003 " + String(count, radix: 16) + " 0000 0000 0000\n"
      let (hidden, read) = Self.hidden(routes, changes: changes, count: text, list: nil)
      #expect(hidden == expected && read == [.count], "\(count), \(changes)")
    }
  }
}
