import Rendering
import Routing
import Testing

/// Text with colours is the text without them, and escape sequences.
@Suite("Colours")
struct ColourTests {
  /// What `ip -c=always` of iproute2 6.1.0 printed for dumps of routes with these encapsulations (`ip route showdump`); ^
  /// stands for the escape character.
  private static let encapsulations: [(type: UInt16, hex: String, text: String)] = [
    (
      2,
      "0c0001000000000000000064080002000a090909080003000a010001050005000400000005000400"
        + "0900000006000600000d0000",
      " encap ip id 100 ^[35msrc 10.1.0.1 ^[0m^[35mdst 10.9.9.9 ^[0mttl 9 tos 4 key csum seq "
    ),
    (
      4,
      "0c00010000000000000000071400020020010db80009000000000000000000011400030000000000"
        + "00000000000000000000000005000400030000000500050005000000",
      " encap ip6 id 7 ^[34msrc :: ^[0m^[34mdst 2001:db8:9::1 ^[0mhoplimit 3 tc 5 "
    ),
    (
      10,
      "08000100070000000800020001000000",
      " encap xfrm if_id 7 link_dev lo "
    ),
    (
      8,
      "2c0001000004030200000000fc000000000000000000000000000001fc0000000000000000000000"
        + "00000002",
      " encap rpl segs 2 [ ^[34mfc00::2 ^[0m^[34mfc00::1 ^[0m] "
    ),
    (
      9,
      "050001000200000014000200fc000000000000000000000000000009140003000005000480000000"
        + "000000000000000008000400010000000800050001000000",
      " encap ioam6 freq 1/1 mode encap tundst fc00::9 trace prealloc type 0x800000 ns 5 size 16 "
    ),
    (
      7,
      "080001000a000000080004000a00000114000500fc00000000000000000000000000000408000600"
        + "010000000800070001000000",
      " encap seg6local action End.B6.Encaps nh4 10.0.0.1 nh6 fc00::4 iif lo oif lo "
    ),
    (
      5,
      "30000100010000000004040101000000fc000000000000000000000000000001fc00000000000000"
        + "0000000000000002",
      " encap seg6 mode encap segs 2 [ ^[34mfc00::2 ^[0m^[34mfc00::1 ^[0m] "
    ),
  ]

  @Test("an encapsulation has the colours that ip gives it", arguments: encapsulations)
  func encapsulation(type: UInt16, hex: String, text: String) {
    var printer = IPRoute2Printer(names: NameTables(), interfaces: [1: "lo"], palette: Palette(colorFGBG: nil))
    printer.append(
      route(
        "10.5.0.0/24", .single(RouteLeg(gateway: nil, interface: 1, encapsulation: Encapsulation(type: type, hex: hex)))
      ))
    let expected = "^[35m10.5.0.0/24 ^[0m\(text)dev ^[36mlo ^[0m\n"
    #expect(String(decoding: printer.output, as: UTF8.self).visible == expected)
  }

  private static func painted(_ text: String, colorFGBG: String? = nil) -> String {
    String(decoding: TextPainter(Palette(colorFGBG: colorFGBG)).painted(Array(text.utf8)), as: UTF8.self).visible
  }

  @Test("interfaces, addresses by family and states have colours, and headings are bold")
  func words() {
    let text = """
      198.51.100.0/24 nhid 50
          via 10.1.1.1 dev swp1  weight 1  25.0%  reachable
          via fd00::2 dev swp2  weight 1  25.0%  stale
          via 10.1.3.1 dev dead  weight 1  0.0%  failed  no carrier

      """
    #expect(
      Self.painted(text) == """
        ^[1;35m198.51.100.0/24^[0m^[1m nhid 50^[0m
            via ^[35m10.1.1.1^[0m dev ^[36mswp1^[0m  weight 1  25.0%  ^[32mreachable^[0m
            via ^[34mfd00::2^[0m dev ^[36mswp2^[0m  weight 1  25.0%  ^[33mstale^[0m
            via ^[35m10.1.3.1^[0m dev ^[36mdead^[0m  weight 1  0.0%  ^[31mfailed^[0m  ^[31mno carrier^[0m

        """)
  }

  @Test("columns have a bold heading, and figures are left alone")
  func columns() {
    let text = "nexthop   flows  share\ndev swp2     25   25.5%\ntotal        25\nevery prediction is exact\n"
    #expect(
      Self.painted(text, colorFGBG: "15;0")
        == "^[1mnexthop   flows  share^[0m\ndev ^[1;36mswp2^[0m     25   25.5%\ntotal        25\nevery prediction is exact\n"
    )
  }

  @Test("words that only look like addresses or states have none")
  func others() {
    for text in ["1.5 s", "12:30:01 nothing", "id 5: 1.2.3", "deadline", "10.0.0.0/x", "a: b", "", "\n\n", "dev", "  "]
    {
      #expect(Self.painted(text) == text)
    }
    #expect(
      Self.painted("from fe80::: x (10.0.0.1), ::/0") == "from ^[34mfe80::^[0m: x (^[35m10.0.0.1^[0m), ^[34m::/0^[0m")
  }

  @Test("without its escape sequences, coloured text is the text", arguments: 0..<50)
  func nothingElse(seed: Int) {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
      "dev", " ", "  ", "\n", "10.0.0.1", "::1", "reachable", "no", "carrier", "x", "5%", ":", ",", "(", "é",
    ]
    let text = (0..<40).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    var rest = Self.painted(text)[...]
    var plain = ""
    while let character = rest.first {
      rest.removeFirst()
      if character == "^" { rest = rest.drop { $0 != "m" }.dropFirst() } else { plain.append(character) }
    }
    #expect(plain == text)
  }
}

extension String {
  /// With ^ for the escape character.
  fileprivate var visible: String { String(map { $0 == "\u{1b}" ? "^" : $0 }) }
}
