import Routing

/// Reads the lines of CSV that nearly all flows come in: no quotes, no blanks, and only fields that a packet on its way
/// has, each written plainly. Everything else it leaves to `CSVFlowFormat`.
///
/// A line is gone through once, and nothing is allocated for it.
struct PlainCSV: Sendable {
  private enum Column: Sendable {
    case source, destination, ipProtocol, sourcePort, destinationPort, interface, mark, tos, flowLabel, weight
    case layer4Hash, origin
  }

  /// The interface that a name was found to be, as the next line most likely has it again.
  private struct KnownInterface: Sendable {
    var name: UInt128 = 0
    var index: UInt32 = 0
  }

  private let columns: [Column]
  private var known = KnownInterface()
  private let udp = word("udp")
  private let tcp = word("tcp")
  private let none = word("none")
  private let forwarded = word("forwarded")
  private let local = word("local")

  /// nil where a column is none of these fields.
  init?(_ columns: [FlowField]) {
    var plain: [Column] = []
    for column in columns {
      switch column {
      case .source: plain.append(.source)
      case .destination: plain.append(.destination)
      case .ipProtocol: plain.append(.ipProtocol)
      case .sourcePort: plain.append(.sourcePort)
      case .destinationPort: plain.append(.destinationPort)
      case .inputInterface: plain.append(.interface)
      case .mark: plain.append(.mark)
      case .tos: plain.append(.tos)
      case .flowLabel: plain.append(.flowLabel)
      case .weight: plain.append(.weight)
      case .layer4Hash: plain.append(.layer4Hash)
      case .origin: plain.append(.origin)
      default: return nil
      }
    }
    self.columns = plain
  }

  /// The flow of a line; nil for one that `CSVFlowFormat` has to look at.
  mutating func flow(_ line: Span<UInt8>, interface: FlowBuilder.InterfaceResolver) -> Flow? {
    var flow = Flow(source: IPAddress(ipv4: 0), destination: IPAddress(ipv4: 0))
    var (hasSource, hasOrigin) = (false, false)
    var position = 0
    for number in columns.indices {
      if number > 0 {
        guard position < line.count, line[position] == UInt8(ascii: ",") else { return nil }
        position &+= 1
      }
      switch columns[number] {
      case .source:
        if Self.isEmpty(line, position) { continue }
        guard let address = Self.address(line, &position) else { return nil }
        flow.source = address
        hasSource = true
      case .destination:
        guard let address = Self.address(line, &position) else { return nil }
        flow.destination = address
      case .ipProtocol:
        if Self.isEmpty(line, position) { continue }
        guard let number = ipProtocol(line, &position) else { return nil }
        flow.ipProtocol = number
      case .interface:
        if Self.isEmpty(line, position) { continue }
        guard let index = self.interface(line, &position, interface) else { return nil }
        flow.inputInterface = index
      case .layer4Hash:
        if Self.isEmpty(line, position) { continue }
        guard let hash = layer4Hash(line, &position) else { return nil }
        flow.layer4Hash = hash
      case .origin:
        if Self.isEmpty(line, position) { continue }
        guard let origin = origin(line, &position) else { return nil }
        flow.origin = origin
        hasOrigin = true
      case let column:
        if Self.isEmpty(line, position) { continue }
        guard let number = Self.number(line, &position), Self.set(column, number, &flow) else { return nil }
      }
    }
    guard position == line.count else { return nil }
    return Self.whole(flow, hasSource: hasSource, hasOrigin: hasOrigin)
  }

  @inline(__always)
  private static func set(_ column: Column, _ number: UInt64, _ flow: inout Flow) -> Bool {
    let limit: UInt64
    switch column {
    case .sourcePort, .destinationPort: limit = UInt64(UInt16.max)
    case .tos: limit = UInt64(UInt8.max)
    case .flowLabel: limit = 0xf_ffff
    case .mark: limit = UInt64(UInt32.max)
    default: limit = .max
    }
    if number > limit { return false }
    switch column {
    case .sourcePort: flow.sourcePort = UInt16(truncatingIfNeeded: number)
    case .destinationPort: flow.destinationPort = UInt16(truncatingIfNeeded: number)
    case .tos: flow.tos = UInt8(truncatingIfNeeded: number)
    case .flowLabel: flow.flowLabel = UInt32(truncatingIfNeeded: number)
    case .mark: flow.mark = UInt32(truncatingIfNeeded: number)
    default: flow.weight = number
    }
    return true
  }

  /// The flow with what follows from its fields; nil where they do not go together.
  @inline(__always)
  private static func whole(_ fields: Flow, hasSource: Bool, hasOrigin: Bool) -> Flow? {
    var flow = fields
    let isIPv4 = if case .ipv4 = flow.destination.family { true } else { false }
    if hasSource {
      let isSourceIPv4 = if case .ipv4 = flow.source.family { true } else { false }
      guard isSourceIPv4 == isIPv4 else { return nil }
    } else if !isIPv4 {
      flow.source = IPAddress(ipv6High: 0, low: 0)
    }
    if isIPv4, flow.flowLabel != 0 { return nil }
    if !hasOrigin, flow.inputInterface != 0 { flow.origin = .forwarded }
    return flow
  }

  // MARK: Fields

  @inline(__always)
  private static func isEmpty(_ line: Span<UInt8>, _ position: Int) -> Bool {
    position == line.count || line[position] == UInt8(ascii: ",")
  }

  /// A decimal number of at most 19 digits.
  @inline(__always)
  private static func number(_ line: Span<UInt8>, _ position: inout Int) -> UInt64? {
    let start = position
    var value: UInt64 = 0
    while position < line.count {
      let digit = line[position] &- UInt8(ascii: "0")
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      position &+= 1
    }
    return position > start && position &- start < 20 ? value : nil
  }

  @inline(__always)
  private static func address(_ line: Span<UInt8>, _ position: inout Int) -> IPAddress? {
    let start = position
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    while position < line.count {
      let byte = line[position]
      let digit = byte &- UInt8(ascii: "0")
      if digit <= 9 {
        // A leading zero is for the other reader to judge.
        if digits > 0, octet == 0 { return otherAddress(line, start, &position) }
        octet = octet &* 10 &+ UInt32(digit)
        digits &+= 1
        if octet > 255 { return otherAddress(line, start, &position) }
      } else if byte == UInt8(ascii: ".") {
        if digits == 0 || dots == 3 { return nil }
        value = value << 8 | octet
        octet = 0
        digits = 0
        dots &+= 1
      } else if byte == UInt8(ascii: ",") {
        break
      } else {
        return otherAddress(line, start, &position)
      }
      position &+= 1
    }
    return dots == 3 && digits > 0 ? IPAddress(ipv4: value << 8 | octet) : otherAddress(line, start, &position)
  }

  @inline(never)
  private static func otherAddress(_ line: Span<UInt8>, _ start: Int, _ position: inout Int) -> IPAddress? {
    var end = start
    while end < line.count, line[end] != UInt8(ascii: ",") { end &+= 1 }
    position = end
    return IPAddress(utf8: line.extracting(start..<end))
  }

  @inline(__always)
  private func ipProtocol(_ line: Span<UInt8>, _ position: inout Int) -> UInt8? {
    if line[position] &- UInt8(ascii: "0") <= 9 {
      guard let number = Self.number(line, &position), number <= 255 else { return nil }
      return UInt8(truncatingIfNeeded: number)
    }
    let start = position
    switch Self.word(line, &position) {
    case udp: return 17
    case tcp: return 6
    case nil: return nil
    default: return IPProtocolName.number(utf8: line.extracting(start..<position))
    }
  }

  private func layer4Hash(_ line: Span<UInt8>, _ position: inout Int) -> Flow.Layer4Hash? {
    let start = position
    if Self.word(line, &position) == none { return .absent }
    position = start
    guard let number = Self.number(line, &position), let hash = UInt32(exactly: number) else { return nil }
    return .value(hash)
  }

  private func origin(_ line: Span<UInt8>, _ position: inout Int) -> Flow.Origin? {
    switch Self.word(line, &position) {
    case forwarded: .forwarded
    case local: .local
    default: nil
    }
  }

  /// The index of the interface that a field names.
  @inline(__always)
  private mutating func interface(
    _ line: Span<UInt8>, _ position: inout Int, _ resolve: FlowBuilder.InterfaceResolver
  ) -> UInt32? {
    let start = position
    guard let name = Self.word(line, &position) else { return nil }
    if known.name == name { return known.index }
    guard let index = resolve(string(line.extracting(start..<position))), index != 0 else { return nil }
    known = KnownInterface(name: name, index: index)
    return index
  }

  /// A field of at most 15 bytes as one number, different for each; nil for one with blanks or quotes.
  @inline(__always)
  private static func word(_ line: Span<UInt8>, _ position: inout Int) -> UInt128? {
    let start = position
    var word: UInt128 = 1
    while position < line.count, line[position] != UInt8(ascii: ",") {
      if line[position] <= UInt8(ascii: "\"") { return nil }
      word = word << 8 | UInt128(line[position])
      position &+= 1
    }
    return position &- start < 16 ? word : nil
  }

  private static func word(_ text: String) -> UInt128 {
    text.utf8.reduce(1) { $0 << 8 | UInt128($1) }
  }
}
