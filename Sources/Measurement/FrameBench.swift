import KernelRouting
import Netlink
import PacketSockets
import Routing
import Scratch

/// Sends packets through the router of the scratch namespace, and sees which gateway each is sent on to.
struct FrameBench: ~Copyable {
  private var sink: PacketSocket
  private var first: PacketSocket
  private var second: PacketSocket
  private var third: PacketSocket

  /// Frames on their way at the same time; the queue of an interface holds 1000.
  private static let chunk = 256
  private static let patience: Int32 = 300
  private static let attempts = 3
  private static let headerLength = 14
  /// A packet that comes late must not count for the next table: each round of sending has a TTL of its own.
  private static let timesToLive: ClosedRange<UInt8> = 64...250
  private var timeToLive = timesToLive.lowerBound

  /// The link-layer address of a gateway tells its member.
  static func linkLayerAddress(_ member: Int) -> [UInt8] {
    [2, 0, 0, 0xff, UInt8(truncatingIfNeeded: member >> 8), UInt8(truncatingIfNeeded: member)]
  }

  init(_ scratch: borrowing ScratchNamespace) throws(KernelError) {
    let sink = try Self.open(MeasuringBench.egressPeerName, for: .both, scratch)
    let first = try Self.open(MeasuringBench.ingressPeerName(0), for: .sending, scratch)
    let second = try Self.open(MeasuringBench.ingressPeerName(1), for: .sending, scratch)
    let third = try Self.open(MeasuringBench.ingressPeerName(2), for: .sending, scratch)
    self.sink = sink
    self.first = first
    self.second = second
    self.third = third
  }

  private static func open(
    _ name: String, for use: PacketSocket.Use, _ scratch: borrowing ScratchNamespace
  ) throws(KernelError) -> PacketSocket {
    do {
      return try scratch.run { try PacketSocket(interface: name, for: use) }
    } catch let error as PacketSocketError {
      throw failure(error)
    } catch {
      throw error as? KernelError ?? .missingPrivilege(operation: "open a packet socket on \(name)")
    }
  }

  private static func failure(_ error: PacketSocketError) -> KernelError {
    KernelError(NetlinkError(error.operation, .socket(error.errno)))
  }

  /// Sends packets in by the interface of a measuring table.
  ///
  /// - Returns: for each the member whose gateway it went to; nil where it did not come out.
  mutating func send(_ packets: [[UInt8]], table: Int) throws(KernelError) -> [Int?] {
    timeToLive = timeToLive < Self.timesToLive.upperBound ? timeToLive + 1 : Self.timesToLive.lowerBound
    let identities = packets.map { PacketIdentity(packet: $0[...]) }
    var members: [PacketIdentity: Int] = [:]
    var missing = Array(packets.indices)
    for _ in 0..<Self.attempts where !missing.isEmpty {
      var start = 0
      while start < missing.count {
        let chunk = missing[start..<min(start + Self.chunk, missing.count)]
        do throws(PacketSocketError) {
          try send(chunk.map { Self.frame(packets[$0], timeToLive: timeToLive) }, by: table)
          try collect(Set(chunk.map { identities[$0] }), into: &members)
        } catch {
          throw Self.failure(error)
        }
        start = chunk.endIndex
      }
      missing = missing.filter { members[identities[$0]] == nil }
    }
    return identities.map { members[$0] }
  }

  private mutating func send(_ frames: [[UInt8]], by table: Int) throws(PacketSocketError) {
    switch table {
    case 0: try first.send(frames)
    case 1: try second.send(frames)
    default: try third.send(frames)
    }
  }

  private mutating func collect(
    _ wanted: Set<PacketIdentity>, into members: inout [PacketIdentity: Int]
  ) throws(PacketSocketError) {
    var wanted = wanted
    let timeToLive = timeToLive
    while !wanted.isEmpty {
      let received = try sink.receive(timeoutMilliseconds: Self.patience) { frame in
        guard let (identity, member) = Self.read(frame, sentWith: timeToLive) else { return }
        wanted.remove(identity)
        members[identity] = member
      }
      // Silence: what has not come by now is lost.
      if received == 0 { return }
    }
  }

  private static func frame(_ packet: [UInt8], timeToLive: UInt8) -> [UInt8] {
    let etherType: [UInt8] = packet[0] >> 4 == 4 ? [0x08, 0x00] : [0x86, 0xdd]
    return MeasuringBench.routerAddress + [2, 0, 0, 0, 2, 2] + etherType
      + PacketBuilder.packet(packet, timeToLive: timeToLive)
  }

  /// A packet of this round, and the member that its link-layer destination stands for.
  private static func read(
    _ frame: Span<UInt8>, sentWith timeToLive: UInt8
  ) -> (identity: PacketIdentity, member: Int)? {
    guard frame.count >= headerLength + 20 else { return nil }
    for (index, byte) in linkLayerAddress(0).prefix(4).enumerated() where frame[index] != byte { return nil }
    let packet = (headerLength..<frame.count).map { frame[$0] }
    guard packet[packet[0] >> 4 == 4 ? 8 : 7] == timeToLive - 1 else { return nil }
    return (PacketIdentity(packet: packet[...]), Int(frame[4]) << 8 | Int(frame[5]))
  }
}
