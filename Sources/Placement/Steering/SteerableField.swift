package import MultipathHash
package import Routing

/// A field of a flow that may be chosen so that the flow takes a certain path, by the name that a CSV column has.
package enum SteerableField: String, Hashable, Sendable, CaseIterable {
  case sourcePort = "sport"
  case destinationPort = "dport"
  case source = "src"
  case destination = "dst"
  case flowLabel = "flowlabel"
  case mark
  case tos
  case innerSource = "inner_src"
  case innerDestination = "inner_dst"
  case innerSourcePort = "inner_sport"
  case innerDestinationPort = "inner_dport"
  case innerFlowLabel = "inner_flowlabel"

  package var isAddress: Bool {
    switch self {
    case .source, .destination, .innerSource, .innerDestination: true
    default: false
    }
  }

  /// Whether the field is there only where the protocol, or that of the inner header, has ports.
  package var isPort: Bool {
    switch self {
    case .sourcePort, .destinationPort, .innerSourcePort, .innerDestinationPort: true
    default: false
    }
  }

  package var isInner: Bool { rawValue.hasPrefix("inner_") }

  /// The values that a number may have; port 0 stands for none. Empty for an address.
  package var numbers: ClosedRange<UInt128>? {
    switch self {
    case .source, .destination, .innerSource, .innerDestination: nil
    case .sourcePort, .destinationPort, .innerSourcePort, .innerDestinationPort: 1...0xffff
    case .flowLabel, .innerFlowLabel: 0...0xf_ffff
    case .mark: 0...0xffff_ffff
    case .tos: 0...0xff
    }
  }

  /// What is tried where nobody says which values there are; nil where that can not be guessed.
  ///
  /// Source ports begin where nothing is registered, and where those of RoCE and of most tunnels are.
  package var usualValues: FieldValues? {
    switch self {
    case .sourcePort, .innerSourcePort: FieldValues(0xc000...0xffff, 0x400...0xbfff)
    case .destinationPort, .innerDestinationPort: FieldValues(1...0xffff)
    case .flowLabel, .innerFlowLabel: FieldValues(1...0xf_ffff)
    case .source, .destination, .mark, .tos, .innerSource, .innerDestination: nil
    }
  }

  /// The bit of `fib_multipath_hash_fields` that hashes it; nil for what no policy hashes.
  package var hashField: HashFields? {
    switch self {
    case .sourcePort: .sourcePort
    case .destinationPort: .destinationPort
    case .source: .source
    case .destination: .destination
    case .flowLabel: .flowLabel
    case .mark, .tos: nil
    case .innerSource: .innerSource
    case .innerDestination: .innerDestination
    case .innerSourcePort: .innerSourcePort
    case .innerDestinationPort: .innerDestinationPort
    case .innerFlowLabel: .innerFlowLabel
    }
  }

  /// Gives the field of a flow a value, of which the bits count that the field has; an inner one where there is an inner
  /// header.
  package func set(_ value: UInt128, in flow: inout Flow) {
    switch self {
    case .sourcePort: flow.sourcePort = UInt16(truncatingIfNeeded: value)
    case .destinationPort: flow.destinationPort = UInt16(truncatingIfNeeded: value)
    case .source: flow.source = IPAddress(value, flow.source.family)
    case .destination: flow.destination = IPAddress(value, flow.destination.family)
    case .flowLabel: flow.flowLabel = UInt32(truncatingIfNeeded: value) & 0xf_ffff
    case .mark: flow.mark = UInt32(truncatingIfNeeded: value)
    case .tos: flow.tos = UInt8(truncatingIfNeeded: value)
    case .innerSource, .innerDestination, .innerSourcePort, .innerDestinationPort, .innerFlowLabel:
      if let inner = flow.inner { flow.inner = setInner(value, in: inner) }
    }
  }

  private func setInner(_ value: UInt128, in inner: Flow.Inner) -> Flow.Inner {
    var inner = inner
    switch self {
    case .innerSource: inner.source = IPAddress(value, inner.source.family)
    case .innerDestination: inner.destination = IPAddress(value, inner.destination.family)
    case .innerSourcePort: inner.sourcePort = UInt16(truncatingIfNeeded: value)
    case .innerDestinationPort: inner.destinationPort = UInt16(truncatingIfNeeded: value)
    default: inner.flowLabel = UInt32(truncatingIfNeeded: value) & 0xf_ffff
    }
    return inner
  }

  /// What the field of a flow is; nil for an inner one where there is no inner header.
  package func value(in flow: Flow) -> UInt128? {
    switch self {
    case .sourcePort: UInt128(flow.sourcePort)
    case .destinationPort: UInt128(flow.destinationPort)
    case .source: flow.source.number
    case .destination: flow.destination.number
    case .flowLabel: UInt128(flow.flowLabel)
    case .mark: UInt128(flow.mark)
    case .tos: UInt128(flow.tos)
    case .innerSource: flow.inner?.source.number
    case .innerDestination: flow.inner?.destination.number
    case .innerSourcePort: flow.inner.map { UInt128($0.sourcePort) }
    case .innerDestinationPort: flow.inner.map { UInt128($0.destinationPort) }
    case .innerFlowLabel: flow.inner.map { UInt128($0.flowLabel) }
    }
  }
}

extension IPAddress {
  /// The address as one number.
  package var number: UInt128 { UInt128(high) << 64 | UInt128(low) }

  /// The address of a number, of which an IPv4 address takes the low 32 bits.
  package init(_ number: UInt128, _ family: AddressFamily) {
    switch family {
    case .ipv4: self.init(ipv4: UInt32(truncatingIfNeeded: number))
    case .ipv6:
      self.init(ipv6High: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }
  }
}
