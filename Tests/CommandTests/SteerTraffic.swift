import PacketSockets
import Routing
import TestSupport

/// Packets through a `MoveLab`, one after the other, and the link that each of them is seen to leave by.
final class SteerTraffic {
  private final class Observer {
    let link: String
    var socket: PacketSocket

    init(_ number: Int) throws(PacketSocketError) {
      link = "o\(number)"
      socket = try PacketSocket(interface: "p\(number)")
    }
  }

  private let destination: [UInt8]
  private var sender: PacketSocket
  private let observers: [Observer]

  /// - Parameter links: Those that are up.
  init(_ lab: MoveLab, links: [Int] = Array(MoveLab.links)) throws {
    destination = address(lab.destination).networkBytes
    sender = try PacketSocket(interface: "in0p", for: .sending)
    observers = try links.map { number throws(PacketSocketError) in try Observer(number) }
  }

  /// The link that a packet of a forwarded flow leaves by; nil where none is seen within seconds.
  func link(of flow: Flow) throws -> String? {
    let type: UInt16 = flow.family == .ipv4 ? 0x0800 : 0x86dd
    let frame =
      MoveLab.linkLayerAddress + [2, 0, 0, 0, 0xfe, 1] + Packets.bytes16(type) + Packets.packet(flow)
    return try link { try self.sender.send([frame]) }
  }

  /// The link that a packet leaves by which is sent as the body says.
  func link(sending send: () throws -> Void) throws -> String? {
    try send()
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      var seen: [String] = []
      for (place, observer) in observers.enumerated() {
        // A little rest, once none has anything.
        try observer.socket.receive(timeoutMilliseconds: place == observers.count - 1 && seen.isEmpty ? 1 : 0) {
          frame in
          if self.isWanted(frame) { seen.append(observer.link) }
        }
      }
      if let link = seen.first { return seen.count == 1 ? link : "several" }
    }
    return nil
  }

  private func isWanted(_ frame: Span<UInt8>) -> Bool {
    let start = destination.count == 4 ? 30 : 38
    return frame.count >= start + destination.count
      && destination.indices.allSatisfy { frame[start + $0] == destination[$0] }
  }
}
