internal import CNetlink

/// SIGINT, SIGTERM and SIGHUP, also SIGPIPE if that is wanted, held back from the calling thread from now on and told
/// when asked for.
package struct SignalWatch: ~Copyable {
  let descriptor: Int32

  /// - Parameter lostReaders: SIGPIPE, too, unless whoever has started the process has it ignored, as systemd does.
  /// - Throws: what the system refuses with.
  package init(lostReaders: Bool = false) throws(Errno) {
    var descriptor: Int32 = -1
    let status = unsafe cnl_open_signals(lostReaders ? 1 : 0, &descriptor)
    guard status == 0 else { throw Errno(rawValue: status) }
    self.descriptor = descriptor
  }

  deinit { cnl_close_descriptor(descriptor) }

  /// The number of one that has come since the last call; nil when none has.
  package func next() -> Int32? {
    let number = cnl_next_signal(descriptor)
    return number == 0 ? nil : number
  }
}
