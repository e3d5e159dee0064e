import Netlink
import PacketSockets
import TestSupport
import Testing

@Suite("Packet sockets")
struct LivePacketSocketTests {
  private static let cable = """
    ip link add near type veth peer name far
    for d in near far; do echo 1 >/proc/sys/net/ipv6/conf/$d/disable_ipv6; ip link set $d up; done
    # Until the kernel has taken note of the carrier, it drops what is sent.
    for d in near far; do until ip -o link show $d | grep -q 'state UP'; do sleep 0.01; done; done
    """

  /// A frame that no protocol of the kernel answers (a local experimental Ethernet type).
  private static func frame(_ number: Int, length: Int = 60) -> [UInt8] {
    [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 0x88, 0xb5, UInt8(number >> 8), UInt8(number & 0xff)]
      + [UInt8](repeating: UInt8(number & 0xff), count: length - 16)
  }

  private static func receive(_ count: Int, from socket: inout PacketSocket) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while frames.count < count {
      let arrived = try socket.receive(timeoutMilliseconds: 2000) { frame in
        frames.append(frame.indices.map { frame[$0] })
      }
      if arrived == 0 { break }
    }
    return frames
  }

  @Test("many frames of many lengths arrive whole and in order")
  func manyFrames() throws {
    try withNetworkNamespace {
      try run(Self.cable)
      var near = try PacketSocket(interface: "near", for: .sending)
      var far = try PacketSocket(interface: "far")
      let frames = (0..<2000).map { Self.frame($0, length: 60 + $0 % 1454) }
      try near.send(frames)
      #expect(try Self.receive(frames.count, from: &far) == frames)
      #expect(try far.lostFrames() == 0)
    }
  }

  @Test("what goes out on the interface is not received, and waiting for nothing ends")
  func outgoingIsNotReceived() throws {
    try withNetworkNamespace {
      try run(Self.cable)
      var near = try PacketSocket(interface: "near")
      var far = try PacketSocket(interface: "far")
      try near.send([Self.frame(1)])
      #expect(try Self.receive(1, from: &far) == [Self.frame(1)])
      #expect(try near.receive(timeoutMilliseconds: 20) { _ in } == 0)
      var watcher = try PacketSocket(interface: "near", for: .watching)
      try near.send([Self.frame(2)])
      #expect(try Self.receive(1, from: &watcher) == [Self.frame(2)])
    }
  }

  @Test("failures name what was tried and the errno")
  func failures() throws {
    try withNetworkNamespace {
      #expect {
        _ = try PacketSocket(interface: "missing")
      } throws: { error in
        "\(error)" == "can not open a packet socket on missing: No such device"
      }
      try run(Self.cable)
      var near = try PacketSocket(interface: "near", for: .sending)
      try near.send([])
      #expect {
        try near.send([Self.frame(1), Self.frame(2, length: 3000)])
      } throws: { error in
        "\(error)" == "can not send frame 2 of 2 on near: Message too long"
      }
      try run("ip link set near down")
      #expect {
        try near.send([Self.frame(1)])
      } throws: { error in
        (error as? PacketSocketError)?.errno.description == "Network is down"
      }
    }
  }
}
