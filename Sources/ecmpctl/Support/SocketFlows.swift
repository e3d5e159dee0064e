import KernelRouting
import Routing

/// The flows of the connected sockets of this machine.
struct SocketFlows: ~Copyable {
  private var reader: DumpReader<ConnectedSocket>
  private let family: AddressFamily?
  private let amendment: FlowAmendment

  /// - Parameter family: of the packets, which for an IPv6 socket may be IPv4; nil takes both.
  init(_ reader: consuming DumpReader<ConnectedSocket>, family: AddressFamily?, amendment: FlowAmendment) {
    self.reader = reader
    self.family = family
    self.amendment = amendment
  }

  /// The next flow; nil at the end.
  mutating func next() throws(KernelError) -> Flow? {
    while let socket = try reader.next() {
      guard family.map({ $0 == socket.family }) ?? true, amendment.selects(socket.flow) else { continue }
      return amendment.applied(to: socket.flow)
    }
    return nil
  }
}
