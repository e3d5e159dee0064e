import Routing

/// Source routes in IPv6: SRv6, RPL and IOAM.
extension IPRoute2Printer {
  // MARK: SRv6

  mutating func seg6(_ attributes: EncapsulationAttributes) {
    guard let header = attributes[1] else { return }
    let names = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"]
    let mode = Int(header.integer(Int32.self) ?? -1)
    writer.string("mode", "mode ", names.indices.contains(mode) ? names[mode] : "<unknown>")
    // A C int precedes the segment routing header.
    segmentRoutingHeader(header, at: 4)
  }

  /// The segments in the order of travel: the header lists them backwards.
  private mutating func segmentRoutingHeader(_ payload: EncapsulationAttributes.Payload, at start: Int) {
    guard let last = payload.byte(at: start + 4), let flags = payload.byte(at: start + 5) else { return }
    segments(count: Int(last) + 1, of: payload, at: start + 8)
    guard flags & 0x8 != 0, let length = payload.byte(at: start + 1) else { return }
    // The HMAC is the last of the options and takes 40 bytes; its key follows type, length and two reserved bytes.
    let hmac = (Int(length) + 1) * 8 - 40
    guard let key = payload.networkInteger(UInt32.self, at: start + hmac + 4) else { return }
    let digits = String(key, radix: 16, uppercase: writer.isText)
    writer.string("hmac", "hmac ", writer.isText || key == 0 ? digits : "0x" + digits)
  }

  private mutating func segments(count: Int, of payload: EncapsulationAttributes.Payload, at start: Int) {
    writer.text("segs \(count) [ ")
    writer.openArray("segs")
    for index in (0..<count).reversed() {
      if let segment = payload.address(.ipv6, at: start + 16 * index) { writer.address(nil, "", segment, .value) }
    }
    writer.closeArray()
    writer.text("] ")
  }

  mutating func seg6Local(_ attributes: EncapsulationAttributes) {
    guard let action = attributes[1]?.integer(UInt32.self) else { return }
    writer.string("action", "action ", Self.actionName(action))
    if let header = attributes[2] {
      writer.openObject("srh")
      segmentRoutingHeader(header, at: 0)
      writer.closeObject()
    }
    if let table = attributes[3]?.integer(UInt32.self) { tableField("table", "table ", table) }
    if let table = attributes[9]?.integer(UInt32.self) { tableField("vrftable", "vrftable ", table) }
    if let address = attributes[4]?.address(.ipv4) { writer.address("nh4", "nh4 ", address) }
    if let address = attributes[5]?.address(.ipv6) { writer.address("nh6", "nh6 ", address) }
    if let index = attributes[6]?.integer(UInt32.self) { writer.string("iif", "iif ", interfaces[index]) }
    if let index = attributes[7]?.integer(UInt32.self) { writer.string("oif", "oif ", interfaces[index]) }
    if let program = attributes[8] { bpfProgram(program, "endpoint") }
    if let flavors = attributes[11] { self.flavors(flavors.nested) }
  }

  /// The names of `SEG6_LOCAL_ACTION_*`, in their order.
  static let localSegmentActions = [
    "<unknown>", "End", "End.X", "End.T", "End.DX2", "End.DX6", "End.DX4", "End.DT6", "End.DT4", "End.B6",
    "End.B6.Encaps", "End.BM", "End.S", "End.AS", "End.AM", "End.BPF", "End.DT46",
  ]

  private static func actionName(_ action: UInt32) -> String {
    let names = localSegmentActions
    return Int(action) < names.count ? names[Int(action)] : "<invalid>"
  }

  private mutating func flavors(_ attributes: EncapsulationAttributes) {
    if let operations = attributes[1]?.integer(UInt32.self) {
      let names = ["psp", "usp", "usd", "next-csid"].enumerated().filter {
        operations >> UInt32($0.offset + 1) & 1 != 0
      }
      writer.text("flavors " + names.map(\.element).joined(separator: ",") + " ")
      writer.openArray("flavors")
      if !writer.isText {
        for name in names { writer.string(nil, "", name.element) }
      }
      writer.closeArray()
    }
    if let length = attributes[2]?.byte() { writer.number("lblen", "lblen ", length) }
    if let length = attributes[3]?.byte() { writer.number("nflen", "nflen ", length) }
  }

  // MARK: RPL

  mutating func rpl(_ attributes: EncapsulationAttributes) {
    guard let header = attributes[1], let count = header.byte(at: 3) else { return }
    segments(count: Int(count), of: header, at: 8)
  }

  // MARK: IOAM

  mutating func ioam6(_ attributes: EncapsulationAttributes) {
    guard let mode = attributes[1]?.byte(), let trace = attributes[3],
      let frequency = attributes[4]?.integer(UInt32.self), let interval = attributes[5]?.integer(UInt32.self)
    else { return }
    writer.number("freqk", "freq ", frequency, "")
    writer.number("freqn", "/", interval)
    let isInline = mode == 1
    let destination = attributes[2]?.address(.ipv6)
    guard isInline || destination != nil else { return }
    let names = ["<unknown>", "inline", "encap", "auto"]
    writer.string("mode", "mode ", Int(mode) < names.count ? names[Int(mode)] : "<unknown>")
    if !isInline, let destination { writer.address("tundst", "tundst ", destination) }
    // The trace header: namespace, lengths and flags, then 24 bits of type.
    guard let namespace = trace.networkInteger(UInt16.self), let remaining = remainingLength(trace),
      let type = trace.networkInteger(UInt32.self, at: 4)
    else { return }
    writer.null("trace", "trace ")
    writer.null("prealloc", "prealloc ")
    let digits = String(type >> 8, radix: 16)
    if writer.isText, type >> 8 != 0 {
      writer.string(nil, "type ", "0x" + String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits)
    } else {
      writer.string("type", "type ", writer.isText ? "00000000" : digits)
    }
    writer.number("ns", "ns ", namespace)
    writer.number("size", "size ", Int(remaining) * 4)
  }

  /// The low seven bits of the fourth byte, whatever the byte order.
  private func remainingLength(_ trace: EncapsulationAttributes.Payload) -> UInt8? {
    trace.byte(at: 3).map { $0 & 0x7f }
  }
}
