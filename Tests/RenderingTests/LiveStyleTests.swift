import KernelRouting
import Rendering
import Routing
import TestSupport
import Testing

/// Compares with the `ip` of this machine, in a lab with every kind of route that its kernel has.
@Suite("The style of iproute2 on this machine")
struct LiveStyleTests {
  private static let laboratory: String = {
    // Three steps up from Tests/RenderingTests/LiveStyleTests.swift.
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(package)/Scripts/iproute2-lab"
  }()

  /// Options that both understand, with what they mean to the printer.
  private static let options: [(words: String, format: OutputFormat, details: Bool, palette: Palette?)] = [
    ("", .text, false, nil), ("-d", .text, true, nil), ("-j", .json, false, nil), ("-d -j", .json, true, nil),
    ("-j -p", .prettyJSON, false, nil), ("-d -j -p", .prettyJSON, true, nil),
    ("-c=always", .text, false, Palette(colorFGBG: nil)), ("-c=always -d", .text, true, Palette(colorFGBG: nil)),
    ("-c=always -j", .json, false, Palette(colorFGBG: nil)),
  ]

  private static let selections: [(before: String, after: String, RouteSelection)] = [
    ("", "", RouteSelection()),
    ("-6", "", RouteSelection(family: .ipv6)),
    ("", "table all", .allTables()),
    ("-4", "table all", .allTables(.ipv4)),
    ("-6", "table all", .allTables(.ipv6)),
    ("", "table local", RouteSelection(table: RouteTable.local)),
    ("-6", "table local", RouteSelection(family: .ipv6, table: RouteTable.local)),
    ("", "table 100", RouteSelection(table: 100)),
    ("", "10.2.1.0/24", RouteSelection(prefix: .exactly(prefix("10.2.1.0/24")))),
    ("", "default", RouteSelection(prefix: .everything)),
    ("", "default table all", RouteSelection(family: nil, table: nil, prefix: .everything)),
    ("-6", "2001:db8:2::/48", RouteSelection(family: .ipv6, prefix: .exactly(prefix("2001:db8:2::/48")))),
  ]

  @Test("every byte is that of ip", arguments: [0, 1])
  func comparesWithIP(compatMode: Int) throws {
    try withNetworkNamespace {
      try run("'\(Self.laboratory)'; echo \(compatMode) > /proc/sys/net/ipv4/nexthop_compat_mode")
      var kernel = try Kernel()
      #expect(try kernel.routes().count >= 80)
      // Weights that ip itself can not give; kernels before 6.12 refuse them.
      let wide = NexthopGroup(id: 300, members: [.init(id: 1, weight: 300), .init(id: 2, weight: 65535), .init(id: 3)])
      _ = try? kernel.add(.group(wide))
      for (words, format, details, palette) in Self.options {
        for (before, after, selection) in Self.selections {
          try Self.compare("ip \(before) \(words) route show \(after)", &kernel, format, details, palette) {
            (printer, kernel) in
            for route in try kernel.routes() { printer.append(route, selection: selection) }
          }
        }
        for (before, family) in [("", nil), ("-4", AddressFamily.ipv4), ("-6", .ipv6)] {
          try Self.compare("ip \(before) \(words) nexthop show", &kernel, format, details, palette) {
            (printer, kernel) in
            guard let objects = try kernel.nexthops() else { return }
            printer.append(nexthops: objects.single, groups: objects.groups, family: family)
          }
        }
        for (before, family) in [("", nil), ("-4", AddressFamily.ipv4), ("-6", .ipv6)] {
          try Self.compare("ip \(before) \(words) nexthop bucket show", &kernel, format, details, palette) {
            (printer, kernel) in
            for table in try kernel.bucketTables() { printer.append(table, family: family) }
          }
        }
      }
    }
  }

  @Test(
    "colours are those that ip has for this background",
    arguments: [nil, "", "15;0", "15;6", "15;7", "15;8", "15;10", "7", "0;default;4", ";0x", ";"] as [String?])
  func background(colorFGBG: String?) throws {
    try withNetworkNamespace {
      try run("ip link set lo up; ip route add 198.51.100.0/24 dev lo src 127.0.0.1")
      var kernel = try Kernel()
      let setting = colorFGBG.map { "COLORFGBG='\($0)'" } ?? "-u COLORFGBG"
      try Self.compare("env \(setting) ip -c=always route show", &kernel, .text, false, Palette(colorFGBG: colorFGBG)) {
        (printer, kernel) in
        for route in try kernel.routes() { printer.append(route, selection: RouteSelection()) }
      }
    }
  }

  /// Clocks tick between the two: idle times and lifetimes may take several attempts, or are compared without.
  private static func compare(
    _ command: String, _ kernel: inout Kernel, _ format: OutputFormat, _ details: Bool, _ palette: Palette?,
    _ append: (inout IPRoute2Printer, inout Kernel) throws -> Void
  ) throws {
    var expected = ""
    var printed = ""
    for _ in 0..<3 {
      expected = try run(command)
      var interfaces: [UInt32: String] = [:]
      for link in try kernel.links() { interfaces[link.index] = link.name }
      let objects = try kernel.nexthops()
      var printer = IPRoute2Printer(
        names: .read(), interfaces: interfaces, format: format, details: details, nexthops: objects?.single ?? [],
        groups: objects?.groups ?? [], palette: palette)
      printer.begin()
      try append(&printer, &kernel)
      printer.end()
      printed = String(decoding: printer.output, as: UTF8.self)
      if printed == expected { return }
    }
    #expect(withoutClocks(printed) == withoutClocks(expected), "\(command)")
  }

  /// The text with a `T` for the numbers of idle times and lifetimes.
  private static func withoutClocks(_ text: String) -> String {
    var rest = text[...]
    var result = ""
    let keys = ["idle_time ", "idle_time\":", "expires ", "expires\":", "unbalanced_time ", "unbalanced_time\":"]
    while let character = rest.first {
      if let key = keys.first(where: rest.hasPrefix) {
        result += key
        rest = rest.dropFirst(key.count).drop { "0123456789. e+".contains($0) }
        result += "T"
      } else {
        result.append(character)
        rest.removeFirst()
      }
    }
    return result
  }
}
