package import Routing

/// Puts a flow together from its fields in text.
package struct FlowBuilder {
  /// Finds the index of an interface by its name; nil when there is none.
  package typealias InterfaceResolver = (String) -> UInt32?

  private var source: IPAddress?
  private var destination: IPAddress?
  private var origin: Flow.Origin?
  private var icmpType: String?
  private var icmpCode: UInt8?
  private var innerSource: IPAddress?
  private var innerDestination: IPAddress?
  private var innerIPProtocol: UInt8?
  private var innerSourcePort: UInt16?
  private var innerDestinationPort: UInt16?
  private var innerFlowLabel: UInt32?
  private var flow = Flow(source: .unspecified(.ipv4), destination: .unspecified(.ipv4))

  private let defaults: FlowDefaults

  package init(defaults: FlowDefaults = FlowDefaults()) {
    self.defaults = defaults
    flow.mark = defaults.mark
  }

  /// Takes one field; an empty text leaves it absent.
  ///
  /// - Throws: `FlowInputError` without a place.
  package mutating func set(
    _ field: FlowField, _ text: Span<UInt8>, interface: InterfaceResolver
  ) throws(FlowInputError) {
    do throws(FlowFieldError) {
      try take(field, text, interface)
    } catch {
      throw FlowInputError(message: error.message)
    }
  }

  /// The flow, once all its fields are there.
  ///
  /// - Throws: `FlowInputError` without a place.
  package func finish() throws(FlowInputError) -> Flow {
    do throws(FlowFieldError) {
      return try build()
    } catch {
      throw FlowInputError(message: error.message)
    }
  }

  // MARK: Fields

  mutating func take(
    _ field: FlowField, _ text: Span<UInt8>, _ interface: InterfaceResolver
  ) throws(FlowFieldError) {
    if text.isEmpty { return }
    switch field {
    case .source: source = try Self.address(text, field)
    case .destination: destination = try Self.address(text, field)
    case .ipProtocol: flow.ipProtocol = try Self.ipProtocol(text, field)
    case .sourcePort: flow.sourcePort = try Self.port(text, field)
    case .destinationPort: flow.destinationPort = try Self.port(text, field)
    case .inputInterface: flow.inputInterface = try Self.index(text, field, interface)
    case .outputInterface: flow.outputInterface = try Self.index(text, field, interface)
    case .mark: flow.mark = try Self.number(text, field, "mark", UInt32.max)
    case .tos: flow.tos = try Self.number(text, field, "TOS byte", UInt8.max)
    case .flowLabel: flow.flowLabel = try Self.number(text, field, "flow label", 0xf_ffff)
    case .userID: flow.userID = try Self.number(text, field, "user id", UInt32.max)
    case .origin: origin = try Self.origin(text, field)
    case .socket: flow.socket = try Self.socket(text, field)
    case .icmpType: icmpType = string(text)
    case .icmpCode: icmpCode = try Self.number(text, field, "ICMP code", UInt8.max)
    case .layer4Hash: flow.layer4Hash = try Self.layer4Hash(text, field)
    case .weight: flow.weight = try Self.number(text, field, "weight", UInt64.max)
    case .innerSource: innerSource = try Self.address(text, field)
    case .innerDestination: innerDestination = try Self.address(text, field)
    case .innerIPProtocol: innerIPProtocol = try Self.ipProtocol(text, field)
    case .innerSourcePort: innerSourcePort = try Self.port(text, field)
    case .innerDestinationPort: innerDestinationPort = try Self.port(text, field)
    case .innerFlowLabel: innerFlowLabel = try Self.number(text, field, "flow label", 0xf_ffff)
    }
  }

  private static func address(_ text: Span<UInt8>, _ field: FlowField) throws(FlowFieldError) -> IPAddress {
    guard let address = IPAddress(utf8: text) else {
      throw FlowFieldError(field: field, message: notAnAddress(quoted(text)))
    }
    return address
  }

  /// What is said of a text in quotes that is no address.
  package static func notAnAddress(_ text: String) -> String {
    // fe80::1%eth0, as ping and ssh have it.
    text.utf8.contains(UInt8(ascii: "%"))
      ? "\(text) is no IP address; leave out % and the interface, and give that as iif or oif"
      : "\(text) is no IP address"
  }

  private static func port(_ text: Span<UInt8>, _ field: FlowField) throws(FlowFieldError) -> UInt16 {
    try number(text, field, "port", UInt16.max)
  }

  private static func number<T: FixedWidthInteger>(
    _ text: Span<UInt8>, _ field: FlowField, _ what: String, _ maximum: T
  ) throws(FlowFieldError) -> T {
    guard let number = parseNumber(text), number <= maximum, let value = T(exactly: number) else {
      throw FlowFieldError(field: field, message: "\(quoted(text)) is no \(what) (0 to \(maximum))")
    }
    return value
  }

  private static func ipProtocol(_ text: Span<UInt8>, _ field: FlowField) throws(FlowFieldError) -> UInt8 {
    if let number = parseNumber(text).flatMap(UInt8.init(exactly:)) ?? IPProtocolName.number(utf8: text) {
      return number
    }
    throw FlowFieldError(
      field: field, message: "\(quoted(text)) is no IP protocol (a name such as udp, or 0 to 255)")
  }

  private static func index(
    _ text: Span<UInt8>, _ field: FlowField, _ interface: InterfaceResolver
  ) throws(FlowFieldError) -> UInt32 {
    guard let index = interface(string(text)) else {
      throw FlowFieldError(field: field, message: "there is no interface \(quoted(text))")
    }
    return index
  }

  private static func origin(_ text: Span<UInt8>, _ field: FlowField) throws(FlowFieldError) -> Flow.Origin {
    guard let origin = Flow.Origin(rawValue: string(text)) else {
      throw FlowFieldError(field: field, message: "\(quoted(text)) is no origin (forwarded or local)")
    }
    return origin
  }

  private static func socket(_ text: Span<UInt8>, _ field: FlowField) throws(FlowFieldError) -> Flow.Socket {
    guard let socket = Flow.Socket(rawValue: string(text)) else {
      throw FlowFieldError(field: field, message: "\(quoted(text)) is no kind of socket (connected or unconnected)")
    }
    return socket
  }

  private static func layer4Hash(_ text: Span<UInt8>, _ field: FlowField) throws(FlowFieldError) -> Flow.Layer4Hash {
    if string(text) == "none" { return .absent }
    guard let number = parseNumber(text), let hash = UInt32(exactly: number) else {
      throw FlowFieldError(field: field, message: "\(quoted(text)) is no hash (0 to \(UInt32.max), or none)")
    }
    return .value(hash)
  }

  /// Decimal, or hexadecimal after 0x; nil for anything else and beyond 64 bits.
  private static func parseNumber(_ text: Span<UInt8>) -> UInt64? {
    let isHex = text.count > 2 && text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x")
    let radix: UInt64 = isHex ? 16 : 10
    guard !text.isEmpty else { return nil }
    var value: UInt64 = 0
    for index in (isHex ? 2 : 0)..<text.count {
      let byte = text[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f") where isHex: digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F") where isHex: digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      let (product, overflowed) = value.multipliedReportingOverflow(by: radix)
      let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
      if overflowed || carried { return nil }
      value = sum
    }
    return value
  }

  // MARK: The whole

  func build() throws(FlowFieldError) -> Flow {
    guard let destination else { throw FlowFieldError(field: .destination, message: "dst is missing") }
    var flow = flow
    flow.destination = destination
    flow.source = source ?? .unspecified(destination.family)
    if flow.inputInterface == 0, origin != .local { flow.inputInterface = defaults.inputInterface }
    flow.origin = origin ?? (flow.inputInterface != 0 ? .forwarded : .local)
    if flow.origin == .forwarded, flow.layer4Hash == .unknown { flow.layer4Hash = defaults.layer4Hash }
    guard flow.source.family == destination.family else {
      throw FlowFieldError(field: .source, message: "src and dst are of different families")
    }
    guard flow.flowLabel == 0 || destination.family == .ipv6 else {
      throw FlowFieldError(field: .flowLabel, message: "flowlabel is for IPv6 alone")
    }
    flow.inner = try inner()
    flow.icmp = try icmp(of: flow)
    try checkSocket(of: flow)
    return flow
  }

  private func checkSocket(of flow: Flow) throws(FlowFieldError) {
    guard let socket = flow.socket else { return }
    guard flow.origin == .local else {
      throw FlowFieldError(field: .socket, message: "socket is for local flows, and this one is forwarded")
    }
    guard socket == .connected || flow.ipProtocol != 6 else {
      throw FlowFieldError(field: .socket, message: "TCP sockets are always connected")
    }
  }

  private func icmp(of flow: Flow) throws(FlowFieldError) -> Flow.ICMPMessage? {
    guard let text = icmpType else {
      guard icmpCode == nil else {
        throw FlowFieldError(field: .icmpCode, message: "icmp_code is given, but icmp_type is missing")
      }
      return nil
    }
    guard flow.ipProtocol == flow.family.icmpProtocol else {
      let name = flow.family == .ipv4 ? "icmp" : "icmpv6"
      throw FlowFieldError(field: .icmpType, message: "icmp_type is for proto \(name) alone")
    }
    let number = Self.parseNumber(text.utf8.span).flatMap(UInt8.init(exactly:))
    guard let type = number ?? ICMPTypeName.number(of: text, family: flow.family) else {
      let names = ICMPTypeName.all(flow.family).joined(separator: ", ")
      throw FlowFieldError(field: .icmpType, message: "\(quoted(text)) is no ICMP type (0 to 255, or \(names))")
    }
    return Flow.ICMPMessage(type: type, code: icmpCode ?? 0)
  }

  private func inner() throws(FlowFieldError) -> Flow.Inner? {
    guard let destination = innerDestination else {
      let first: FlowField? =
        innerSource != nil
        ? .innerSource
        : innerIPProtocol != nil
          ? .innerIPProtocol
          : innerSourcePort != nil
            ? .innerSourcePort
            : innerDestinationPort != nil
              ? .innerDestinationPort
              : innerFlowLabel != nil ? .innerFlowLabel : nil
      guard let first else { return nil }
      throw FlowFieldError(field: first, message: "\(first.rawValue) is given, but inner_dst is missing")
    }
    let source = innerSource ?? .unspecified(destination.family)
    guard source.family == destination.family else {
      throw FlowFieldError(field: .innerSource, message: "inner_src and inner_dst are of different families")
    }
    guard innerFlowLabel ?? 0 == 0 || destination.family == .ipv6 else {
      throw FlowFieldError(field: .innerFlowLabel, message: "inner_flowlabel is for IPv6 alone")
    }
    return Flow.Inner(
      source: source, destination: destination, ipProtocol: innerIPProtocol ?? 0, sourcePort: innerSourcePort ?? 0,
      destinationPort: innerDestinationPort ?? 0, flowLabel: innerFlowLabel ?? 0)
  }
}
