import MultipathHash
import Routing

/// How a real packet is made whose wanted hash the kernel computes: a setting, and the packet.
///
/// It need not be the packet of the traffic: what counts are the bytes that are hashed.
struct PacketPlan {
  var setting: HashSetting
  /// From the network header on.
  var packet: [UInt8]

  /// A packet of the traffic itself where there is one; nil when no packet that a router forwards hashes these bytes.
  init?(_ question: HashQuestion) {
    if let packet = question.packet, let plan = Self(question, sending: packet) {
      self = plan
      return
    }
    let trace = question.trace
    guard trace.result == .mixed || trace.outerOrOnly != nil else { return nil }
    let family = trace.result == .mixed ? question.hasher.family : trace.outerOrOnly?.family ?? .ipv4
    // A socket hashes plainly what policy 3 would mix for a packet.
    let own = question.hasher.policy
    let others: [HashPolicy] = trace.result == .sipHash ? [.layer3, .layer4, .layer3Inner] : []
    for outer in Self.outerHeaders(trace, family: family) {
      let packet = PacketBuilder.packet(outer, inner: trace.result == .mixed ? Self.innerHeaders(trace) : nil)
      guard let dissected = try? PacketDissector.dissect(packet.span) else { continue }
      for policy in [own] + others {
        let fields = policy == .custom ? question.hasher.fields : []
        let setting = HashSetting(family: family, policy: policy, fields: fields)
        let hasher = setting.hasher(isLittleEndian: question.hasher.isLittleEndian)
        guard trace.hashesSame(as: hasher.trace(dissected)) else { continue }
        self.setting = setting
        self.packet = packet
        return
      }
    }
    return nil
  }

  /// The plan to send a packet as it is; nil when it does not hash these bytes, or is too large for a frame.
  private init?(_ question: HashQuestion, sending packet: [UInt8]) {
    let family = question.hasher.family
    let etherType = family == .ipv4 ? EtherType.ipv4 : EtherType.ipv6
    let fields = question.hasher.policy == .custom ? question.hasher.fields : []
    setting = HashSetting(family: family, policy: question.hasher.policy, fields: fields)
    // The scratch namespace has no rules on ports, which make ICMPv6 hash in another way.
    let hasher = setting.hasher(isLittleEndian: question.hasher.isLittleEndian)
    guard packet.count <= PacketBuilder.largestPacket,
      let dissected = try? PacketDissector.dissect(packet.span, etherType: etherType, originalLength: packet.count),
      // The kernel that hashes it is the one that is asked about, whichever way it reads link tags.
      [true, false].contains(where: {
        question.trace.hashesSame(as: hasher.trace(dissected.dissected(readingLinkTags: $0)))
      })
    else { return nil }
    self.packet = packet
  }

  /// Headers that may lead to the outer input: what is not hashed is made up.
  private static func outerHeaders(_ trace: HashTrace, family: AddressFamily) -> [PacketHeaders] {
    let input = trace.outerOrOnly
    let fields = input?.fields ?? []
    var headers =
      input?.headers ?? PacketHeaders(source: .unspecified(family), destination: .unspecified(family), ipProtocol: 0)
    if !fields.contains(.source), headers.source.isUnspecified { headers.source = madeUp(family, 1) }
    if !fields.contains(.destination), headers.destination.isUnspecified { headers.destination = madeUp(family, 2) }
    guard isRoutable(headers.source), isRoutable(headers.destination) else { return [] }
    if fields.contains(.ipProtocol) { return [headers] }
    // The dissector says what the packet carries by its protocol; one that is not hashed is free.
    let candidates: [UInt8] =
      trace.inner == nil || trace.result != .mixed
      ? [IPProtocol.udp] : [trace.inner?.family == .ipv4 ? IPProtocol.ipv4 : IPProtocol.ipv6, IPProtocol.gre]
    return candidates.map { candidate in
      var headers = headers
      headers.ipProtocol = candidate
      return headers
    }
  }

  private static func innerHeaders(_ trace: HashTrace) -> PacketHeaders? {
    guard let input = trace.inner else { return nil }
    var headers = input.headers
    if !input.fields.contains(.ipProtocol) { headers.ipProtocol = IPProtocol.udp }
    return headers
  }

  private static func madeUp(_ family: AddressFamily, _ number: UInt32) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: 0xc000_0200 | number)
    case .ipv6: IPAddress(ipv6High: 0x2001_0db8 << 32, low: UInt64(number))
    }
  }

  /// Whether a packet with this address, as source or as destination, is forwarded.
  private static func isRoutable(_ address: IPAddress) -> Bool {
    !address.isUnspecified && !address.isLoopback && !address.isMulticast
      && !(address.family == .ipv6 && address.isLinkLocal)
      && (address.family == .ipv6 || address.ipv4Value != .max && address.ipv4Value >> 24 != 0)
  }
}
