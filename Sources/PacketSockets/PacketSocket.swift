internal import CPacketSocket
internal import Netlink

/// A raw AF_PACKET socket on one interface: frames with their link-layer header, out of it and into it.
///
/// The interface is one of the network namespace that the thread was in when the socket was opened. It takes
/// CAP_NET_RAW.
@safe
package struct PacketSocket: ~Copyable {
  /// What a socket is for: one that only sends does not fill up with frames that nobody reads.
  package enum Use: Sendable {
    case sending
    /// Sending and receiving.
    case both
    /// As `both`, and it receives what goes out, too: the way to see what a device swallows.
    case watching
  }

  package let interface: String
  private let handle: OpaquePointer

  /// Room for some ten thousand short frames.
  private static let receiveBuffer: Int32 = 32 << 20

  /// Opens a socket.
  ///
  /// One that receives sees what comes in on the interface, whatever its destination. A
  /// VLAN tag that the device took off a frame is not seen.
  package init(interface: String, for use: Use = .both) throws(PacketSocketError) {
    var opened: OpaquePointer?
    let status = unsafe cps_open(
      &opened, interface, use == .sending ? 0 : 1, use == .watching ? 1 : 0, Self.receiveBuffer)
    guard status == 0, let handle = unsafe opened else {
      throw PacketSocketError(operation: "open a packet socket on \(interface)", errno: Errno(rawValue: status))
    }
    self.interface = interface
    unsafe self.handle = handle
  }

  deinit { unsafe cps_close(handle) }

  /// Sends frames in order.
  package mutating func send(_ frames: [[UInt8]]) throws(PacketSocketError) {
    let bytes = frames.flatMap { $0 }
    let lengths = frames.map(\.count)
    var sent = 0
    let status = unsafe cps_send(handle, bytes, lengths, lengths.count, &sent)
    guard status == 0 else {
      throw PacketSocketError(
        operation: "send frame \(sent + 1) of \(frames.count) on \(interface)", errno: Errno(rawValue: status))
    }
  }

  /// Waits for frames and passes each that is there to `body`, in the order of arrival.
  ///
  /// - Parameter timeoutMilliseconds: how long to wait for the first frame; 0 does not wait.
  /// - Returns: how many frames there were; 0 when none came in time.
  @discardableResult
  package mutating func receive(
    timeoutMilliseconds: Int32, _ body: (Span<UInt8>) -> Void
  ) throws(PacketSocketError) -> Int {
    var count = 0
    let status = unsafe cps_receive(handle, timeoutMilliseconds, &count)
    guard status == 0 else {
      throw PacketSocketError(operation: "receive on \(interface)", errno: Errno(rawValue: status))
    }
    for index in 0..<count {
      var length = 0
      let start = unsafe cps_frame(handle, index, &length)
      // The shim keeps the frames until the next receive, which exclusive access to self rules out during `body`.
      body(unsafe UnsafeBufferPointer(start: start, count: length).span)
    }
    return count
  }

  /// How many frames were lost since the last call because they were not received fast enough.
  package mutating func lostFrames() throws(PacketSocketError) -> UInt32 {
    var frames: UInt32 = 0
    let status = unsafe cps_lost(handle, &frames)
    guard status == 0 else {
      throw PacketSocketError(operation: "count the lost frames of \(interface)", errno: Errno(rawValue: status))
    }
    return frames
  }
}
