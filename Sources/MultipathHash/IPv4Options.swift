/// The options of an IPv4 header, as far as they decide whether a router forwards the packet.
///
/// Mirrors __ip_options_compile(), net/ipv4/ip_options.c, Linux 6.12.
struct IPv4Options {
  private enum Kind {
    static let end: UInt8 = 0
    static let noOperation: UInt8 = 1
    static let recordRoute: UInt8 = 7
    static let timestamp: UInt8 = 68
    static let looseSourceRoute: UInt8 = 131
    static let cipso: UInt8 = 134
    static let strictSourceRoute: UInt8 = 137
    static let routerAlert: UInt8 = 148
  }

  private(set) var sourceRoute: ForwardingFacts.SourceRoute?
  private(set) var isLabelled = false
  private var hasRecordRoute = false
  private var hasTimestamp = false

  /// Reads options.
  ///
  /// - Returns: nil when one is malformed, for which the kernel drops the packet.
  init?(_ bytes: Span<UInt8>) {
    var position = 0
    while position < bytes.count {
      let kind = bytes.byte(at: position)
      if kind == Kind.end { return }
      if kind == Kind.noOperation {
        position += 1
        continue
      }
      let length = Int(bytes.byte(at: position + 1))
      guard length >= 2, bytes.holds(length, at: position),
        take(kind, bytes.extracting(position..<position + length))
      else { return nil }
      position += length
    }
  }

  /// Takes one option, its kind and length included; false when it is malformed.
  private mutating func take(_ kind: UInt8, _ option: Span<UInt8>) -> Bool {
    switch kind {
    case Kind.looseSourceRoute, Kind.strictSourceRoute:
      guard sourceRoute == nil, option.count >= 3, option.byte(at: 2) >= 4 else { return false }
      sourceRoute = kind == Kind.strictSourceRoute ? .strict : .loose
      return true
    case Kind.recordRoute:
      guard !hasRecordRoute, option.count >= 3 else { return false }
      hasRecordRoute = true
      let pointer = Int(option.byte(at: 2))
      return pointer >= 4 && (pointer > option.count || pointer + 3 <= option.count)
    case Kind.timestamp:
      guard !hasTimestamp else { return false }
      hasTimestamp = true
      return Self.isTimestamp(option)
    case Kind.routerAlert:
      return option.count >= 4
    case Kind.cipso:
      guard !isLabelled else { return false }
      isLabelled = true
      return true
    default:
      return true
    }
  }

  private static func isTimestamp(_ option: Span<UInt8>) -> Bool {
    guard option.count >= 4 else { return false }
    let pointer = Int(option.byte(at: 2))
    guard pointer >= 5 else { return false }
    let (overflow, form) = (option.byte(at: 3) >> 4, option.byte(at: 3) & 0xf)
    let isPrespecified = form == 3
    guard pointer <= option.count else { return isPrespecified || overflow != 15 }
    let room = form == 1 || isPrespecified ? 8 : 4
    return pointer + room - 1 <= option.count
  }
}
