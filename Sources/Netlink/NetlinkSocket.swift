internal import CNetlink

/// A netlink socket of the network namespace that its thread was in when it was opened.
///
/// Every exchange is a mutating method: a second one can not start while the answers of the first are being read.
@safe
package struct NetlinkSocket: ~Copyable {
  private let handle: OpaquePointer

  /// Room for the answers to a full batch of questions, and for a burst of notifications.
  private static let receiveBuffer: Int32 = 4 << 20
  /// The kernel answers before the send returns, so a longer wait means that the answer was lost.
  private static let timeoutSeconds: Int32 = 5
  /// Questions in one datagram: their answers fit into the receive buffer that an unprivileged process gets.
  private static let batchSize = 32
  /// Changes in one datagram: an acknowledgement is short.
  private static let changeBatchSize = 128
  /// No request is added to a datagram that is longer: the send buffer that every process gets holds much more.
  private static let datagramSize = 48 << 10

  /// What a socket talks to: `NETLINK_*`.
  package enum Family: Int32, Sendable {
    case route = 0
    case socketDiagnostics = 4
    case netfilter = 12
    case generic = 16
  }

  /// Opens a socket.
  package init(_ family: Family = .route) throws(NetlinkError) {
    var opened: OpaquePointer?
    let status = unsafe cnl_open(&opened, family.rawValue, Self.receiveBuffer, Self.timeoutSeconds)
    guard status == 0, let handle = unsafe opened else {
      throw NetlinkError("open a netlink socket", .socket(Errno(rawValue: status)))
    }
    unsafe self.handle = handle
  }

  deinit { unsafe cnl_close(handle) }

  /// A dump whose answer is being read.
  package struct Dump: Sendable {
    let operation: String
    let sequence: UInt32
    let port: UInt32
    private(set) var failure: NetlinkError.Reason?
    private(set) var isInterrupted = false
    /// Whether the answer has come to its end.
    private(set) package var isFinished = false

    /// What the answer came to, once it is at its end.
    ///
    /// - Throws: also when the dump was interrupted by a change; its parts are then inconsistent.
    package func result() throws(NetlinkError) {
      if let failure { throw NetlinkError(operation, failure) }
      if isInterrupted { throw NetlinkError(operation, .interrupted) }
    }

    mutating func fail(_ reason: NetlinkError.Reason) { failure = failure ?? reason }

    /// Takes one datagram of the answer, or of notifications between its parts.
    mutating func take(
      _ bytes: RawSpan, notice: (UInt16, RawSpan) throws(WireError) -> Void,
      _ body: (UInt16, RawSpan) throws(WireError) -> Void
    ) throws(WireError) {
      var cursor = MessageCursor()
      while let header = try cursor.next(in: bytes) {
        guard header.sequence == sequence, header.port == port else {
          try notice(header.type, bytes.extracting(header.payload))
          continue
        }
        isInterrupted = isInterrupted || header.isInterrupted
        switch header.type {
        case ControlMessage.done, ControlMessage.error:
          isFinished = true
          // Kernels before 2.6 sent no status with the end, and an absent one is a success.
          if !header.payload.isEmpty, let refusal = try Refusal(header, in: bytes) { fail(.refused(refusal)) }
        case ControlMessage.noOperation: break
        default:
          guard failure == nil else { continue }
          do throws(WireError) {
            try body(header.type, bytes.extracting(header.payload))
          } catch {
            fail(.malformed(error))
          }
        }
      }
    }
  }

  /// Sends a dump request and passes each message of the answer to `body`: its type and its payload.
  ///
  /// The answer is read to its end in any case, so that the socket is ready for the next request.
  ///
  /// - Parameters:
  ///   - group: a multicast group that the kernel tells of changes meanwhile (`RTNLGRP_*`): some dumps are inconsistent
  ///     after a change, and are not marked.
  ///   - notice: takes the type and the payload of each message that is no part of the answer.
  /// - Throws: also when the dump was interrupted by a change; `body` has then seen an inconsistent answer.
  package mutating func dump(
    _ message: consuming NetlinkMessage, operation: String, watching group: Int32? = nil,
    notice: (UInt16, RawSpan) throws(WireError) -> Void = { (_, _) throws(WireError) in },
    _ body: (UInt16, RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    if let group { try join(group) }
    defer { if let group { leave(group) } }
    var dump = try startDump(message, operation: operation)
    while !dump.isFinished { try continueDump(&dump, notice: notice, body) }
    try dump.result()
  }

  /// Sends a dump request, whose answer `continueDump` reads. The kernel makes each part of it when it is asked for.
  package mutating func startDump(
    _ message: consuming NetlinkMessage, operation: String
  ) throws(NetlinkError) -> Dump {
    let sequence = unsafe cnl_next_sequence(handle)
    let port = unsafe cnl_local_port(handle)
    try send(message.encoded(adding: [.request, .dump], sequence: sequence, port: port), operation)
    return Dump(operation: operation, sequence: sequence, port: port)
  }

  /// Reads one more part of the answer, 32 KiB at most, and passes its messages to `body`.
  ///
  /// What the kernel refuses, or what can not be taken apart, is told by `Dump.result()` at the end.
  package mutating func continueDump(
    _ dump: inout Dump, notice: (UInt16, RawSpan) throws(WireError) -> Void = { (_, _) throws(WireError) in },
    _ body: (UInt16, RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    do throws(NetlinkError) {
      try receive(dump.operation) { (bytes) throws(WireError) in try dump.take(bytes, notice: notice, body) }
    } catch {
      // After any other failure of the socket there is nothing left to wait for.
      guard error.isTransient || error.isMalformed else { throw error }
      dump.fail(error.reason)
    }
  }

  /// Sends a request that changes something, and waits for the kernel's acknowledgement.
  package mutating func change(_ message: consuming NetlinkMessage, operation: String) throws(NetlinkError) {
    let sequence = unsafe cnl_next_sequence(handle)
    let port = unsafe cnl_local_port(handle)
    try send(message.encoded(adding: [.request, .acknowledge], sequence: sequence, port: port), operation)

    var finished = false
    var refusal: Refusal?
    while !finished {
      try receive(operation) { (bytes) throws(WireError) in
        var cursor = MessageCursor()
        while let header = try cursor.next(in: bytes) {
          guard header.sequence == sequence, header.port == port, header.type == ControlMessage.error else { continue }
          finished = true
          refusal = try Refusal(header, in: bytes)
        }
      }
    }
    if let refusal { throw NetlinkError(operation, .refused(refusal)) }
  }

  /// Asks many questions of one type, several a datagram, and passes each answer to `body`: the index of its
  /// question, its type and its payload.
  ///
  /// - Parameter questions: payloads, each a fixed header with attributes.
  /// - Returns: for each question the kernel's refusal, or nil where it answered.
  package mutating func ask(
    _ questions: [[UInt8]], type: UInt16, operation: String,
    _ body: (Int, UInt16, RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) -> [Refusal?] {
    let requests = questions.map { NetlinkRequest(type: type, payload: $0) }
    return try exchange(requests, adding: .request, batchSize: Self.batchSize, operation, body)
  }

  /// Sends many requests that change something, several a datagram, and waits for the kernel's acknowledgements.
  ///
  /// Each is carried out for itself, in order: one that is refused does not keep the kernel from those behind it.
  ///
  /// - Returns: for each request the kernel's refusal, or nil where it did what was asked for.
  package mutating func change(_ requests: [NetlinkRequest], operation: String) throws(NetlinkError) -> [Refusal?] {
    try exchange(requests, adding: [.request, .acknowledge], batchSize: Self.changeBatchSize, operation) {
      (_, _, _) throws(WireError) in
    }
  }

  private mutating func exchange(
    _ requests: [NetlinkRequest], adding flags: NetlinkMessage.Flags, batchSize: Int, _ operation: String,
    _ body: (Int, UInt16, RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) -> [Refusal?] {
    var refusals = [Refusal?](repeating: nil, count: requests.count)
    let port = unsafe cnl_local_port(handle)
    var start = 0
    while start < requests.count {
      var datagram: [UInt8] = []
      var indices: [UInt32: Int] = [:]
      while start < requests.count, indices.count < batchSize, datagram.count < Self.datagramSize {
        let sequence = unsafe cnl_next_sequence(handle)
        indices[sequence] = start
        let request = requests[start]
        datagram += NetlinkMessage.encode(
          type: request.type, flags: request.flags.union(flags), sequence: sequence, port: port,
          payload: request.payload)
        while !datagram.count.isMultiple(of: 4) { datagram.append(0) }
        start += 1
      }
      try exchange(datagram, &indices, operation, &refusals, body)
    }
    return refusals
  }

  /// Sends one datagram of requests, and receives until each of `indices`, by its sequence number, is answered.
  private mutating func exchange(
    _ datagram: [UInt8], _ indices: inout [UInt32: Int], _ operation: String, _ refusals: inout [Refusal?],
    _ body: (Int, UInt16, RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    let port = unsafe cnl_local_port(handle)
    try send(datagram, operation)
    while !indices.isEmpty {
      try receive(operation) { (bytes) throws(WireError) in
        var cursor = MessageCursor()
        while let header = try cursor.next(in: bytes) {
          guard header.port == port, let index = indices.removeValue(forKey: header.sequence) else { continue }
          if header.type == ControlMessage.error {
            refusals[index] = try Refusal(header, in: bytes)
          } else {
            try body(index, header.type, bytes.extracting(header.payload))
          }
        }
      }
    }
  }

  /// The address of the socket, which notifications of its changes name.
  package var port: UInt32 { unsafe cnl_local_port(handle) }

  /// Has the kernel tell the socket what it tells a multicast group: `RTNLGRP_*`.
  package mutating func join(_ group: Int32) throws(NetlinkError) {
    let status = unsafe cnl_join(handle, group)
    guard status == 0 else { throw NetlinkError("listen to the kernel", .socket(Errno(rawValue: status))) }
  }

  private func leave(_ group: Int32) { _ = unsafe cnl_leave(handle, group) }

  /// Waits until something has come for the socket, or for `signals`.
  ///
  /// - Parameter timeout: nil for ever.
  /// - Returns: for whom something has come.
  package func wait(
    or signals: borrowing SignalWatch, timeout: Duration?
  ) throws(NetlinkError) -> (socket: Bool, signals: Bool) {
    let milliseconds = timeout.map { timeout in
      let (seconds, attoseconds) = timeout.components
      return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
    var ready: Int32 = 0
    let status = unsafe cnl_wait(cnl_descriptor(handle), signals.descriptor, milliseconds ?? -1, &ready)
    guard status == 0 else { throw NetlinkError("wait for the kernel", .socket(Errno(rawValue: status))) }
    return (ready & 1 != 0, ready & 2 != 0)
  }

  /// Whether notifications are there to be received.
  package func hasNotifications() throws(NetlinkError) -> Bool {
    var ready: Int32 = 0
    // No descriptor beside the socket's.
    let status = unsafe cnl_wait(cnl_descriptor(handle), -1, 0, &ready)
    guard status == 0 else { throw NetlinkError("wait for the kernel", .socket(Errno(rawValue: status))) }
    return ready != 0
  }

  /// Receives one datagram of notifications, and passes each to `body`: its header and its payload.
  ///
  /// - Throws: with errno `noBufferSpace` when some were lost; the socket stays of use.
  package mutating func receiveNotifications(
    _ body: (MessageHeader, RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    try receive("listen to the kernel") { (bytes) throws(WireError) in
      var cursor = MessageCursor()
      while let header = try cursor.next(in: bytes) { try body(header, bytes.extracting(header.payload)) }
    }
  }

  private func send(_ bytes: [UInt8], _ operation: String) throws(NetlinkError) {
    let status = unsafe bytes.withUnsafeBytes { bytes in
      unsafe cnl_send(handle, bytes.baseAddress, bytes.count)
    }
    guard status == 0 else { throw NetlinkError(operation, .socket(Errno(rawValue: status))) }
  }

  /// Receives one datagram, whose bytes are valid during `body` only.
  private mutating func receive(
    _ operation: String, _ body: (RawSpan) throws(WireError) -> Void
  ) throws(NetlinkError) {
    var start: UnsafePointer<UInt8>?
    var count = 0
    let status = unsafe cnl_receive(handle, &start, &count)
    guard status == 0 else { throw NetlinkError(operation, .socket(Errno(rawValue: status))) }
    // The shim keeps the buffer until the next receive, which exclusive access to self rules out during `body`.
    let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
    do {
      try body(unsafe buffer.bytes)
    } catch {
      throw NetlinkError(operation, .malformed(error))
    }
  }
}

extension NetlinkError {
  fileprivate var isMalformed: Bool {
    if case .malformed = reason { true } else { false }
  }
}

/// The version of libnl that the program was built with.
package var libnlVersion: String { unsafe String(cString: cnl_library_version()) }
