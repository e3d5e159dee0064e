import Routing

/// The colours of text on a terminal: those that `ip -c` of iproute2 6.1 has.
package struct Palette: Hashable, Sendable {
  /// What has a colour; the raw value is the parameter of SGR (ECMA-48) that sets it.
  package enum Colour: UInt8, Sendable {
    case interface = 36
    case ipv4 = 35
    case ipv6 = 34
    case good = 32
    case doubtful = 33
    case bad = 31

    init(_ family: AddressFamily) { self = family == .ipv4 ? .ipv4 : .ipv6 }
  }

  static let end = Array("\u{1b}[0m".utf8)
  static let bold = Array("\u{1b}[1m".utf8)

  private let isBright: Bool

  /// - Parameter colorFGBG: the environment's `COLORFGBG`, such as `15;0`: the last number is the background. On a
  ///   dark one (0 to 6, and 8) colours are brighter.
  package init(colorFGBG: String?) {
    let background = colorFGBG?.split(separator: ";", omittingEmptySubsequences: false).dropFirst().last
    isBright = background.map { ["0", "1", "2", "3", "4", "5", "6", "8"].contains($0) } ?? false
  }

  func start(_ colour: Colour, isBold: Bool = false) -> [UInt8] {
    Array("\u{1b}[\(isBright || isBold ? "1;" : "")\(colour.rawValue)m".utf8)
  }
}
