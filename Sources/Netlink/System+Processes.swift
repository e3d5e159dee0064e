internal import CNetlink

extension System {
  /// Starts a program in a session of its own, without a terminal, so that it outlives the caller and his terminal.
  ///
  /// It is in the network namespace of the calling thread, reads nothing, and writes to the end of the file `log`.
  ///
  /// - Parameter words: the program's path, then its arguments; none has a 0 byte.
  /// - Returns: its process id.
  package static func startDetached(_ words: [String], log: String) throws(Errno) -> Int32 {
    var arguments: [UInt8] = []
    for word in words {
      guard !word.utf8.contains(0) else { throw .invalid }
      arguments += Array(word.utf8) + [0]
    }
    var process: Int32 = 0
    let status = unsafe arguments.withUnsafeBytes { bytes in
      unsafe cnl_spawn_detached(bytes.baseAddress, words.count, log, &process)
    }
    guard status == 0 else { throw Errno(rawValue: status) }
    return process
  }

  /// The time since the machine has started, also that during which it was suspended.
  package static var timeSinceBoot: Duration { .nanoseconds(Int64(clamping: cnl_boot_time())) }

  /// Does nothing for a while.
  package static func pause(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    cnl_pause(UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000))
  }

  /// Stops the calling process, as SIGSTOP does, until somebody lets it go on.
  package static func stopSelf() { cnl_stop() }

  /// Sends one datagram to a socket of this machine, such as that of `$NOTIFY_SOCKET`.
  package static func send(_ bytes: [UInt8], toLocalSocket path: String) throws(Errno) {
    let status = unsafe bytes.withUnsafeBytes { unsafe cnl_send_local(path, $0.baseAddress, $0.count) }
    guard status == 0 else { throw Errno(rawValue: status) }
  }
}
