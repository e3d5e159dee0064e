import Netlink
import PacketSockets
import Routing
import TestSupport

/// UDP flows through the spine of a `FollowLab`: real frames, and which leaf each of them reaches.
final class AnycastTraffic {
  /// Of `in0`.
  static let spineAddress = "02:00:00:00:ff:01"

  private final class Observer {
    let leaf: Int
    var socket: PacketSocket

    init(_ leaf: Int) throws(PacketSocketError) {
      self.leaf = leaf
      socket = try PacketSocket(interface: "up0")
    }

    func receive(timeoutMilliseconds: Int32, _ body: (Span<UInt8>) -> Void) throws(PacketSocketError) {
      do throws(PacketSocketError) {
        try socket.receive(timeoutMilliseconds: timeoutMilliseconds, body)
      } catch {
        // ENETDOWN: once when the interface goes down, after which the socket goes on.
        guard error.errno.rawValue == 100 else { throw error }
      }
    }
  }

  /// Which leaf each flow reaches, by source port.
  typealias Places = [UInt16: Int]

  private static let firstPort: UInt16 = 20000
  private let count: Int
  private let frames: [[UInt8]]
  private var sender: PacketSocket
  private let observers: [Observer]
  private(set) var sent = 0
  private(set) var received = 0

  init(_ lab: FollowLab, flows count: Int) throws {
    self.count = count
    sender = try PacketSocket(interface: "in0p", for: .sending)
    observers = try FollowLab.leaves.map { number in try lab.leaf(number).enter { try Observer(number) } }
    frames = (0..<UInt16(count)).map { Self.frame(Self.firstPort + $0) }
  }

  private static func source(_ port: UInt16) -> String { "10.2.0.\(2 + Int(port % 50))" }

  private static func frame(_ port: UInt16) -> [UInt8] {
    let packet = Packets.ip(
      address(source(port)), address("172.16.255.66"), 17, Packets.transport(17, port, 53))
    return [2, 0, 0, 0, 0xff, 1, 2, 0, 0, 0, 0xfe, 1] + Packets.bytes16(0x0800) + packet
  }

  /// The flows as `--flows` reads them.
  var csv: String {
    "src,dst,proto,sport,dport,iif,l4hash\n"
      + (0..<UInt16(count)).map { index in
        let port = Self.firstPort + index
        return "\(Self.source(port)),172.16.255.66,udp,\(port),53,in0,none\n"
      }.joined()
  }

  /// Sends a packet of every flow, and waits until all have come out, for `patience` at most after each hundred.
  func send(patience: Duration = .seconds(5)) throws -> Places {
    var places: Places = [:]
    for start in stride(from: 0, to: count, by: 100) {
      let part = start..<min(start + 100, count)
      try sender.send(Array(frames[part]))
      sent += part.count
      let deadline = ContinuousClock.now + patience
      var missing = part.count
      while missing > 0, ContinuousClock.now < deadline {
        var isQuiet = true
        for (index, observer) in observers.enumerated() {
          // A little rest, unless there is much to do.
          try observer.receive(timeoutMilliseconds: isQuiet && index == observers.count - 1 ? 1 : 0) { frame in
            guard let port = self.sourcePort(frame) else { return }
            isQuiet = false
            self.received += 1
            places[port] = observer.leaf
            if part.contains(Int(port - Self.firstPort)) { missing -= 1 }
          }
        }
      }
    }
    return places
  }

  /// Sends packets of every flow over and over until something is so.
  ///
  /// - Returns: how many packets were sent meanwhile, and how many of them reached no leaf.
  func flow(until condition: () throws -> Bool, seconds: Int = 30) throws -> (sent: Int, lost: Int) {
    let (before, beforeReceived) = (sent, received)
    let deadline = ContinuousClock.now + .seconds(seconds)
    repeat {
      _ = try send(patience: .milliseconds(3))
    } while try !condition() && ContinuousClock.now < deadline
    // What is still on its way.
    let end = ContinuousClock.now + .milliseconds(200)
    while received - beforeReceived < sent - before, ContinuousClock.now < end {
      for observer in observers {
        try observer.receive(timeoutMilliseconds: 1) { frame in
          if self.sourcePort(frame) != nil { self.received += 1 }
        }
      }
    }
    return (sent - before, sent - before - (received - beforeReceived))
  }

  /// The source port of a frame of these flows; nil for any other.
  private func sourcePort(_ frame: Span<UInt8>) -> UInt16? {
    let wanted: [UInt8] = [172, 16, 255, 66]
    guard frame.count >= 38, frame[23] == 17, wanted.indices.allSatisfy({ frame[30 + $0] == wanted[$0] }) else {
      return nil
    }
    let port = UInt16(frame[34]) << 8 | UInt16(frame[35])
    return port >= Self.firstPort && Int(port - Self.firstPort) < count ? port : nil
  }
}
