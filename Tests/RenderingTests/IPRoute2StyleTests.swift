import Rendering
import Routing
import Testing

@Suite("The style of iproute2")
struct IPRoute2StyleTests {
  static let routes = [
    GoldenRoute.ofIPv4, GoldenRoute.ofSpecials, GoldenRoute.ofIPv6, GoldenRoute.ofEncapsulationsInIPv4,
    GoldenRoute.ofEncapsulationsInIPv6,
    GoldenRoute.ofObjects, GoldenRoute.ofExpandedObjects,
  ].flatMap { $0 }

  @Test("prints a route as ip route does", arguments: routes)
  func printsRoute(golden: GoldenRoute) {
    #expect(Lab.output(.text) { $0.append(golden.value) } == golden.text + "\n")
    #expect(Lab.output(.text, details: true) { $0.append(golden.value) } == golden.details + "\n")
    #expect(Lab.output(.json) { $0.append(golden.value) } == "[" + golden.json + "]\n")
    #expect(Lab.output(.json, details: true) { $0.append(golden.value) } == "[" + golden.detailedJSON + "]\n")
  }

  @Test("prints a nexthop object as ip nexthop does", arguments: GoldenNexthop.all)
  func printsNexthop(golden: GoldenNexthop) {
    func append(_ printer: inout IPRoute2Printer) {
      switch golden.object {
      case .single(let nexthop): printer.append(nexthop)
      case .group(let group): printer.append(group)
      }
    }
    #expect(Lab.output(.text, append) == golden.text + "\n")
    #expect(Lab.output(.text, details: true, append) == golden.details + "\n")
    #expect(Lab.output(.json, append) == "[" + golden.json + "]\n")
    #expect(Lab.output(.json, details: true, append) == "[" + golden.detailedJSON + "]\n")
  }

  @Test("joins all routes in one JSON array")
  func joinsRoutes() {
    let expected = "[" + Self.routes.map(\.json).joined(separator: ",") + "]\n"
    #expect(Lab.output(.json) { printer in for golden in Self.routes { printer.append(golden.value) } } == expected)
  }

  @Test("takes flushing in between")
  func flushes() {
    var printer = Lab.printer(.json)
    var flushed: [UInt8] = []
    printer.begin()
    for golden in Self.routes {
      printer.append(golden.value)
      flushed += printer.output
      printer.discardOutput()
    }
    printer.end()
    flushed += printer.output
    #expect(
      String(decoding: flushed, as: UTF8.self)
        == Lab.output(.json) { printer in for golden in Self.routes { printer.append(golden.value) } })
  }

  @Test("lists nexthops and groups by id")
  func listsById() {
    let text = Lab.output(.text) {
      $0.append(nexthops: GoldenNexthop.nexthops.reversed(), groups: GoldenNexthop.groups.reversed())
    }
    #expect(text == GoldenNexthop.all.map { $0.text + "\n" }.joined())
  }

  @Test("leaves groups out when one family is asked for", arguments: AddressFamily.allCases)
  func filtersNexthopsByFamily(family: AddressFamily) {
    let text = Lab.output(.text) {
      $0.append(nexthops: GoldenNexthop.nexthops, groups: GoldenNexthop.groups, family: family)
    }
    let expected = GoldenNexthop.all.filter {
      if case .single(let nexthop) = $0.object { nexthop.family == family } else { false }
    }
    #expect(!expected.isEmpty)
    #expect(text == expected.map { $0.text + "\n" }.joined())
  }
}
