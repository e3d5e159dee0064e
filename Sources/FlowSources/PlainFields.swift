internal import Files
import Routing

/// The fields of one flow after the other, read where they are written plainly: no quotes, blanks or escapes in them,
/// and only such as a packet on its way has. Everything else is left to `FlowBuilder`.
///
/// Digits are read eight at a time, and nothing is allocated for a flow.
struct PlainFields: Sendable {
  enum Field: Sendable {
    case source, destination, ipProtocol, sourcePort, destinationPort, interface, mark, tos, flowLabel, weight
    case layer4Hash, origin

    /// Whether JSON may have it as a number.
    var isNumber: Bool {
      switch self {
      case .source, .destination, .interface, .origin: false
      default: true
      }
    }

    /// nil for a field that is left to `FlowBuilder`.
    init?(_ field: FlowField) {
      switch field {
      case .source: self = .source
      case .destination: self = .destination
      case .ipProtocol: self = .ipProtocol
      case .sourcePort: self = .sourcePort
      case .destinationPort: self = .destinationPort
      case .inputInterface: self = .interface
      case .mark: self = .mark
      case .tos: self = .tos
      case .flowLabel: self = .flowLabel
      case .weight: self = .weight
      case .layer4Hash: self = .layer4Hash
      case .origin: self = .origin
      default: return nil
      }
    }
  }

  /// An interface that a name was found to be, as following flows most likely have it again.
  private struct KnownInterface: Sendable {
    var name: ShortText
    var index: UInt32
  }

  private enum Family: Sendable {
    case none, ipv4, ipv6
  }

  /// What is known of the flow that is read.
  private struct Values: Sendable {
    var sourceFamily = Family.none
    var destinationFamily = Family.none
    var source4: UInt32 = 0
    var destination4: UInt32 = 0
    // High half, low half.
    var source6: (UInt64, UInt64) = (0, 0)
    var destination6: (UInt64, UInt64) = (0, 0)
    var sourcePort: UInt32 = 0
    var destinationPort: UInt32 = 0
    var ipProtocol: UInt8 = 0
    var tos: UInt8 = 0
    var interface: UInt32 = 0
    var mark: UInt32 = 0
    var flowLabel: UInt32 = 0
    var weight: UInt64 = 1
    var layer4Hash = Flow.Layer4Hash.unknown
    var origin: Flow.Origin?
  }

  private static let mostInterfaces = 8
  private var values = Values()
  private var known: [KnownInterface] = []
  private let udp = ShortText("udp")
  private let tcp = ShortText("tcp")
  private let none = ShortText("none")
  private let forwarded = ShortText("forwarded")
  private let local = ShortText("local")

  private let defaults: FlowDefaults
  private let fresh: Values

  init(_ defaults: FlowDefaults) {
    self.defaults = defaults
    var fresh = Values()
    fresh.mark = defaults.mark
    self.fresh = fresh
  }

  /// Begins a flow.
  @inline(__always)
  mutating func begin() { values = fresh }

  /// Whether a value ends before the byte.
  @inline(__always)
  static func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\r")
  }

  /// Reads a value that is not empty, up to whatever stands behind it.
  ///
  /// - Parameter position: of its first byte; moves behind it.
  /// - Returns: false for one that is left to `FlowBuilder`.
  @inline(__always)
  mutating func read(
    _ field: Field, _ bytes: Span<UInt8>, _ position: inout Int, _ interface: FlowBuilder.InterfaceResolver
  ) -> Bool {
    switch field {
    case .source:
      if let address = Self.address4(bytes, &position) {
        values.source4 = address
        values.sourceFamily = .ipv4
        return true
      }
      return readAddress6(isSource: true, bytes, &position)
    case .destination:
      if let address = Self.address4(bytes, &position) {
        values.destination4 = address
        values.destinationFamily = .ipv4
        return true
      }
      return readAddress6(isSource: false, bytes, &position)
    case .ipProtocol: return readProtocol(bytes, &position)
    case .interface: return readInterface(bytes, &position, interface)
    case .layer4Hash: return readLayer4Hash(bytes, &position)
    case .origin: return readOrigin(bytes, &position)
    case .sourcePort, .destinationPort, .mark, .tos, .flowLabel, .weight:
      guard let number = Self.number(bytes, &position) else { return false }
      return set(field, number)
    }
  }

  /// Adds the flow to those of a list that has room.
  ///
  /// - Returns: false, and nothing is added, where its fields do not go together.
  @inline(__always)
  mutating func end(_ flows: inout FlowColumns) -> Bool {
    if values.interface == 0, values.origin != .local { values.interface = defaults.inputInterface }
    let isForwarded = values.origin.map { $0 == .forwarded } ?? (values.interface != 0)
    if isForwarded, case .unknown = values.layer4Hash { values.layer4Hash = defaults.layer4Hash }
    let values = values
    guard values.destinationFamily != .none,
      values.sourceFamily == values.destinationFamily || values.sourceFamily == .none
    else { return false }
    let isIPv6 = values.destinationFamily == .ipv6
    guard isIPv6 || values.flowLabel == 0 else { return false }
    let bringsNoHash: Bool
    switch values.layer4Hash {
    case .unknown: bringsNoHash = false
    case .absent: bringsNoHash = true
    case .value: return endAside(&flows)
    }
    guard isForwarded else { return endAside(&flows) }
    let kind = FlowKind(
      isIPv6: isIPv6, ipProtocol: values.ipProtocol, tos: values.tos, interface: values.interface,
      bringsNoHash: bringsNoHash)
    let ports = values.sourcePort | values.destinationPort &<< 16
    if isIPv6 {
      let header = FlowColumns.Header6(
        sourceHigh: values.source6.0, sourceLow: values.source6.1, destinationHigh: values.destination6.0,
        destinationLow: values.destination6.1, flowLabel: values.flowLabel)
      flows.append6(kind, header, ports: ports, mark: values.mark, weight: values.weight)
    } else {
      flows.append4(
        kind, source: values.source4, destination: values.destination4, ports: ports, mark: values.mark,
        weight: values.weight)
    }
    return true
  }

  /// Adds a flow that `FlowColumns` have no columns for.
  @inline(never)
  private func endAside(_ flows: inout FlowColumns) -> Bool {
    let isIPv6 = values.destinationFamily == .ipv6
    let flow = Flow(
      source: isIPv6
        ? IPAddress(ipv6High: values.source6.0, low: values.source6.1) : IPAddress(ipv4: values.source4),
      destination: isIPv6
        ? IPAddress(ipv6High: values.destination6.0, low: values.destination6.1)
        : IPAddress(ipv4: values.destination4),
      ipProtocol: values.ipProtocol, sourcePort: UInt16(truncatingIfNeeded: values.sourcePort),
      destinationPort: UInt16(truncatingIfNeeded: values.destinationPort), flowLabel: values.flowLabel, tos: values.tos,
      mark: values.mark, inputInterface: values.interface,
      origin: values.origin ?? (values.interface != 0 ? .forwarded : .local), layer4Hash: values.layer4Hash,
      weight: values.weight)
    flows.append(flow)
    return true
  }

  // MARK: Values

  @inline(__always)
  private mutating func set(_ field: Field, _ number: UInt64) -> Bool {
    switch field {
    case .sourcePort, .destinationPort:
      if number > UInt64(UInt16.max) { return false }
      if case .sourcePort = field {
        values.sourcePort = UInt32(truncatingIfNeeded: number)
      } else {
        values.destinationPort = UInt32(truncatingIfNeeded: number)
      }
    case .tos:
      if number > UInt64(UInt8.max) { return false }
      values.tos = UInt8(truncatingIfNeeded: number)
    case .flowLabel:
      if number > 0xf_ffff { return false }
      values.flowLabel = UInt32(truncatingIfNeeded: number)
    case .mark:
      if number > UInt64(UInt32.max) { return false }
      values.mark = UInt32(truncatingIfNeeded: number)
    default: values.weight = number
    }
    return true
  }

  private mutating func readAddress6(isSource: Bool, _ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
    let end = Self.end(of: bytes, from: position)
    guard let address = IPAddress(utf8: bytes.extracting(position..<end)), case .ipv6 = address.family else {
      return false
    }
    position = end
    if isSource {
      values.source6 = (address.high, address.low)
      values.sourceFamily = .ipv6
    } else {
      values.destination6 = (address.high, address.low)
      values.destinationFamily = .ipv6
    }
    return true
  }

  @inline(__always)
  private mutating func readProtocol(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
    if let number = Self.number(bytes, &position) {
      guard number <= 255 else { return false }
      values.ipProtocol = UInt8(truncatingIfNeeded: number)
      return true
    }
    if let udp, udp.stands(in: bytes, at: position) {
      values.ipProtocol = 17
      position &+= udp.length
      return true
    }
    if let tcp, tcp.stands(in: bytes, at: position) {
      values.ipProtocol = 6
      position &+= tcp.length
      return true
    }
    return readOtherProtocol(bytes, &position)
  }

  @inline(never)
  private mutating func readOtherProtocol(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
    let end = Self.end(of: bytes, from: position)
    guard let number = IPProtocolName.number(utf8: bytes.extracting(position..<end)) else { return false }
    values.ipProtocol = number
    position = end
    return true
  }

  private static func end(of bytes: Span<UInt8>, from position: Int) -> Int {
    var end = position
    while end < bytes.count, !isEnd(bytes[end]) { end &+= 1 }
    return end
  }

  private mutating func readLayer4Hash(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
    if let none, none.stands(in: bytes, at: position) {
      values.layer4Hash = .absent
      position &+= none.length
      return true
    }
    guard let number = Self.number(bytes, &position), let hash = UInt32(exactly: number) else { return false }
    values.layer4Hash = .value(hash)
    return true
  }

  private mutating func readOrigin(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
    if let forwarded, forwarded.stands(in: bytes, at: position) {
      values.origin = .forwarded
      position &+= forwarded.length
      return true
    }
    guard let local, local.stands(in: bytes, at: position) else { return false }
    values.origin = .local
    position &+= local.length
    return true
  }

  @inline(__always)
  private mutating func readInterface(
    _ bytes: Span<UInt8>, _ position: inout Int, _ resolve: FlowBuilder.InterfaceResolver
  ) -> Bool {
    for number in known.indices where known[number].name.stands(in: bytes, at: position) {
      values.interface = known[number].index
      position &+= known[number].name.length
      return true
    }
    return learnInterface(bytes, &position, resolve)
  }

  @inline(never)
  private mutating func learnInterface(
    _ bytes: Span<UInt8>, _ position: inout Int, _ resolve: FlowBuilder.InterfaceResolver
  ) -> Bool {
    let end = Self.end(of: bytes, from: position)
    let text = bytes.extracting(position..<end)
    for index in text.indices where text[index] <= UInt8(ascii: " ") || text[index] == UInt8(ascii: "\\") {
      return false
    }
    guard let name = ShortText(text), let index = resolve(string(text)), index != 0 else { return false }
    if known.count == Self.mostInterfaces { known.removeLast() }
    known.insert(KnownInterface(name: name, index: index), at: 0)
    values.interface = index
    position = end
    return true
  }

  // MARK: Digits

  /// For each of eight bytes whether it is none of 0 to 9 in the byte's highest bit, once they are held against "0".
  @inline(__always)
  private static func others(_ digits: UInt64) -> UInt64 {
    ((digits & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
  }

  /// A decimal number of at most 19 digits.
  @inline(__always)
  private static func number(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt64? {
    let digits = bytes.word(at: position) ^ 0x3030_3030_3030_3030
    let bits = others(digits).trailingZeroBitCount & ~7
    if bits == 0 { return nil }
    if bits == 64 { return longNumber(bytes, &position) }
    // Zeros in front of them; then two, four and eight digits become one number.
    var value = digits &<< UInt64(64 &- bits)
    value = (value &* 10 &+ value &>> 8) & 0x00ff_00ff_00ff_00ff
    value = (value &* 100 &+ value &>> 16) & 0x0000_ffff_0000_ffff
    value = (value &* 10000 &+ value &>> 32) & 0xffff_ffff
    position &+= bits &>> 3
    return value
  }

  private static func longNumber(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt64? {
    let start = position
    var value: UInt64 = 0
    while position < bytes.count {
      let digit = bytes[position] &- UInt8(ascii: "0")
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      position &+= 1
    }
    return position &- start < 20 ? value : nil
  }

  /// An address in four decimal numbers without leading zeros; nil, and `position` stays, for anything else.
  @inline(__always)
  private static func address4(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt32? {
    var place = position
    var value: UInt32 = 0
    // What is wrong is gathered and looked at once: there are no jumps that could be guessed wrongly.
    var fault: UInt32 = 0
    for number in 0..<4 {
      let word = bytes.word(at: place)
      let digits = UInt32(truncatingIfNeeded: word) ^ 0x3030_3030
      let others = ((digits & 0x7f7f_7f7f) &+ 0x7676_7676 | digits) & 0x8080_8080
      let length = UInt32(truncatingIfNeeded: others.trailingZeroBitCount) &>> 3
      let aligned = digits &<< (32 &- 8 &* length)
      let octet = (aligned &>> 8 & 0xff) &* 100 &+ (aligned &>> 16 & 0xff) &* 10 &+ aligned &>> 24
      fault |= length &- 1 > 2 ? 1 : 0
      fault |= octet > 255 ? 1 : 0
      fault |= length > 1 && digits & 0xff == 0 ? 1 : 0
      place &+= Int(length)
      if number < 3 {
        fault |= word &>> UInt64(8 &* length) & 0xff != UInt64(UInt8(ascii: ".")) ? 1 : 0
        place &+= 1
      }
      value = value &<< 8 | octet & 0xff
    }
    guard fault == 0 else { return nil }
    position = place
    return value
  }
}

extension ShortText {
  fileprivate init?(_ text: String) { self.init(text.utf8.span) }
}
