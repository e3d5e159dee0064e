package import Netlink

/// Why frames could not be sent or received.
package struct PacketSocketError: Error, Hashable, Sendable {
  /// What was being done, as a phrase that follows "can not".
  package var operation: String
  package var errno: Errno
}

extension PacketSocketError: CustomStringConvertible {
  package var description: String { "can not \(operation): \(errno)" }
}
