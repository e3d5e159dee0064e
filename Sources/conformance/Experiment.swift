import Forwarding
import KernelRouting
import Measurement
import MultipathHash
import PacketSockets
import Rendering
import Routing
import TestSupport

/// Frames through one configuration of the router, held against their predictions.
struct Experiment {
  /// A packet that goes through the router.
  struct Sample {
    var traffic: Traffic
    var family: AddressFamily
    var ingress: Int
    /// The packet, and whatever follows it in the frame.
    var bytes: [UInt8]
  }

  /// Where a frame came out: the egress interface and the link-layer address that it was for.
  struct Place: Hashable {
    var interface: String
    var address: [UInt8]
  }

  let lab: Lab
  let number: Int
  var random: SeededGenerator
  /// Where each frame of this configuration was seen; a frame of an earlier half may come late.
  private var seen: [PacketIdentity: [Place]] = [:]
  private var marks: UInt16 = 0

  init(lab: Lab, number: Int, random: SeededGenerator) {
    self.lab = lab
    self.number = number
    self.random = random
  }

  // MARK: Sending and seeing

  private static let batchSize = 200
  /// For experiments (RFC 3692): no rule of a configuration selects it.
  private static let markerProtocol: UInt8 = 253

  /// Sends all and waits until the last one must have come through.
  mutating func send(_ samples: [Sample]) throws {
    for start in stride(from: 0, to: samples.count, by: Self.batchSize) {
      let batch = samples[start..<min(start + Self.batchSize, samples.count)]
      for (number, ingress) in lab.ingresses.enumerated() {
        try ingress.send(batch.filter { $0.ingress == number }.map { (Self.etherType($0.family), $0.bytes) })
      }
      try sendMarker()
    }
  }

  private static func etherType(_ family: AddressFamily) -> UInt16 { family == .ipv4 ? 0x0800 : 0x86dd }

  /// Sends a packet that surely comes out, and collects everything until it does.
  private mutating func sendMarker() throws {
    marks += 1
    let marker = Packets.ipv4(
      IPAddress(ipv4: 0xc612_0001), IPAddress(ipv4: 0x0afe_0001), Self.markerProtocol, Packets.bytes16(marks))
    try lab.ingresses[0].send([(0x0800, marker)])
    let identity = PacketIdentity(packet: marker[...])
    for _ in 0..<100 {
      try collect(timeoutMilliseconds: 50)
      if seen[identity] != nil { return }
    }
    throw Failure("configuration \(number): the router forwards nothing any more")
  }

  mutating func collect(timeoutMilliseconds: Int32) throws {
    var seen = self.seen
    self.seen = [:]
    defer { self.seen = seen }
    _ = try lab.receive(timeoutMilliseconds: timeoutMilliseconds) { interface, frame in
      guard frame.count > 14 else { return }
      let (place, start) = lab.place(of: frame, from: interface)
      guard start < frame.count else { return }
      seen[PacketIdentity(packet: frame[start...]), default: []].append(place)
    }
  }

  /// Where a packet came out; empty when it did not.
  func places(of sample: Sample) -> [Place] { seen[PacketIdentity(packet: sample.bytes[...])] ?? [] }

  /// Whether a packet of the same identity has been sent already.
  private var identities: Set<PacketIdentity> = []

  // MARK: Samples

  /// Random packets to the configuration's routes, each unlike all others.
  mutating func samples(_ count: Int, of kinds: [Traffic], to routes: [Route]) -> [Sample] {
    let prefixes = routes.map(\.destination)
    var samples: [Sample] = []
    while samples.count < count {
      let prefix = random.pick(prefixes)
      let family = prefix.family
      let traffic = random.pick(kinds)
      guard traffic.exists(in: family) else { continue }
      var bytes = random.packet(traffic, from: source(family), to: destination(in: prefix))
      guard identities.insert(PacketIdentity(packet: bytes[...])).inserted else { continue }
      // Ethernet pads short frames, and the router cuts that off again.
      if random.chance(20), traffic != .mutated { bytes += (0..<random.next() % 40).map { _ in random.number() } }
      samples.append(
        Sample(
          traffic: traffic, family: family, ingress: Int(random.next() % UInt64(lab.ingresses.count)), bytes: bytes))
    }
    return samples
  }

  /// From the range for benchmarks, to which the router has no route.
  private mutating func source(_ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(ipv4: 0xc612_0000 | random.number() & 0x1_ffff)
    case .ipv6: IPAddress(ipv6High: 0x2001_0002_0000_0000 | random.number() & 0xffff, low: random.number())
    }
  }

  private mutating func destination(in prefix: Prefix) -> IPAddress {
    // A default route gets what no other prefix covers.
    let prefix = prefix.length == 0 ? Configuration.prefix(99, prefix.family) : prefix
    let address = prefix.address
    switch prefix.family {
    case .ipv4: return IPAddress(ipv4: address.ipv4Value | random.number() & 0xff)
    case .ipv6: return IPAddress(ipv6High: address.high | random.number() & 0xffff, low: random.number())
    }
  }
}

/// Something that no prediction can be made without.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
