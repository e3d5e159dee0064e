internal import CSocketLab
internal import Glibc
package import Routing

/// A socket of this machine that stays open as long as the value lives.
package struct OpenSocket: ~Copyable {
  package enum Kind: Sendable {
    case stream, datagram
  }

  private var setup = csl_setup()
  private let descriptor: Int32

  /// Opens a socket and binds it.
  ///
  /// - Parameters:
  ///   - source: empty for none; an IPv6 socket may have an IPv4-mapped one.
  ///   - device: empty for none.
  ///   - user: the owner, where it is not the caller.
  package init(
    _ family: AddressFamily, _ kind: Kind, source: String = "", port: UInt16 = 0, device: String = "",
    mark: UInt32 = 0, user: UInt32? = nil
  ) throws {
    setup.family = Int32(family.kernelValue)
    setup.type = Int32((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
    setup.port = port
    setup.mark = mark
    setup.user = user ?? .max
    var descriptor: Int32 = -1
    try Self.check("open", unsafe csl_open(&setup, source, device, &descriptor))
    self.descriptor = descriptor
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { csl_close(descriptor) }

  package borrowing func listen() throws { try Self.check("listen", csl_listen(descriptor)) }

  package mutating func connect(_ destination: String, _ port: UInt16, service: Int32 = 0) throws {
    try Self.check("connect", unsafe csl_connect(descriptor, &setup, destination, port, service))
  }

  package consuming func close() {}

  package borrowing func write(_ count: Int) throws { try Self.check("write", csl_write(descriptor, count)) }

  package borrowing func accept() throws -> OpenSocket {
    var accepted: Int32 = -1
    try Self.retry("accept") { unsafe csl_accept(descriptor, &accepted) }
    return OpenSocket(accepted)
  }

  package borrowing func echo() throws { try Self.retry("echo") { csl_echo(descriptor) } }

  private static func check(_ what: String, _ status: Int32) throws {
    guard status == 0 else { throw CommandFailure(command: what, status: status, output: "") }
  }

  /// Waits some seconds for what has to come over a link.
  private static func retry(_ what: String, _ body: () -> Int32) throws {
    var status = body()
    for _ in 0..<300 where status == EAGAIN {
      usleep(10_000)
      status = body()
    }
    try check(what, status)
  }
}
