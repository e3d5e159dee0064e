import PacketSockets
import Routing
import TestSupport

/// UDP flows through a `MoveLab`: real frames, and where each is seen to come out.
final class MoveTraffic {
  /// What arrives at the far end of one link.
  private final class Observer {
    let link: String
    var socket: PacketSocket

    init(_ number: Int) throws(PacketSocketError) {
      link = "o\(number)"
      socket = try PacketSocket(interface: "p\(number)")
    }
  }

  /// Each flow has a source port of its own, from this one on.
  private static let firstPort: UInt16 = 20000
  private static let destinationPort: UInt16 = 53

  private let lab: MoveLab
  private let count: Int
  private var sender: PacketSocket
  private let observers: [Observer]

  init(_ lab: MoveLab, flows count: Int) throws {
    self.lab = lab
    self.count = count
    sender = try PacketSocket(interface: "in0p", for: .sending)
    observers = try MoveLab.links.map { number throws(PacketSocketError) in try Observer(number) }
  }

  private var ports: Range<UInt16> { Self.firstPort..<Self.firstPort + UInt16(count) }

  private func source(_ port: UInt16) -> String { lab.source(2 + Int(port % 50)) }

  /// The flows as `--flows` reads them.
  var csv: String {
    "src,dst,proto,sport,dport,iif,l4hash\n"
      + ports.map { "\(source($0)),\(lab.destination),udp,\($0),\(Self.destinationPort),in0,none\n" }.joined()
  }

  private func frame(_ port: UInt16) -> [UInt8] {
    let packet = Packets.ip(
      address(source(port)), address(lab.destination), 17, Packets.transport(17, port, Self.destinationPort))
    let type: UInt16 = lab.family == .ipv4 ? 0x0800 : 0x86dd
    return MoveLab.linkLayerAddress + [2, 0, 0, 0, 0xfe, 1] + Packets.bytes16(type) + packet
  }

  /// Sends a packet of every flow.
  ///
  /// - Returns: the link that each came out of, by source port; none for one that did not come out within a minute.
  func send() throws -> [UInt16: String] {
    var seen: [UInt16: String] = [:]
    // Few enough at a time for the queues on the way.
    for start in stride(from: ports.lowerBound, to: ports.upperBound, by: 100) {
      let part = ports.clamped(to: start..<start + 100)
      try sender.send(part.map(frame))
      let deadline = ContinuousClock.now + .seconds(60)
      while !part.allSatisfy({ seen[$0] != nil }), ContinuousClock.now < deadline {
        for observer in observers {
          try observer.socket.receive(timeoutMilliseconds: 1) { frame in
            if let port = self.sourcePort(frame) { seen[port] = observer.link }
          }
        }
      }
    }
    return seen
  }

  /// The source port of a frame of these flows; nil for any other.
  private func sourcePort(_ frame: Span<UInt8>) -> UInt16? {
    let (destination, transport) = lab.family == .ipv4 ? (30, 34) : (38, 54)
    let wanted = address(lab.destination).networkBytes
    guard frame.count >= transport + 4, wanted.indices.allSatisfy({ frame[destination + $0] == wanted[$0] }) else {
      return nil
    }
    let port = UInt16(frame[transport]) << 8 | UInt16(frame[transport + 1])
    return ports.contains(port) ? port : nil
  }
}
