internal import Netlink

/// The answers to a few dump requests, read as they are asked for, so that memory does not grow with their number.
///
/// What it reads changes all the time on a busy machine: an entry that comes or goes meanwhile may be told or not. It
/// asks in the network namespace that its thread was in when it was made.
package struct DumpReader<Element>: ~Copyable {
  private let operation: String
  private var socket: NetlinkSocket
  /// Those that were not sent yet.
  private var requests: ArraySlice<DumpRequest<Element>>
  private var current: (request: DumpRequest<Element>, dump: NetlinkSocket.Dump)?
  /// The elements of the last part of an answer.
  private var elements: [Element] = []
  private var position = 0

  /// - Parameters:
  ///   - family: what the requests are for.
  ///   - operation: what is being done, as a phrase that follows "can not".
  init(
    _ family: NetlinkSocket.Family, _ requests: [DumpRequest<Element>], operation: String
  ) throws(NetlinkError) {
    self.operation = operation
    self.requests = requests[...]
    do throws(NetlinkError) {
      socket = try NetlinkSocket(family)
    } catch {
      throw NetlinkError(operation, error.reason)
    }
  }

  /// Reads the first part of the first answer, so that a refusal is known before anything is made of the rest.
  mutating func begin() throws(KernelError) { _ = try receive() }

  /// The next element; nil at the end.
  package mutating func next() throws(KernelError) -> Element? {
    while position == elements.count {
      guard try receive() else { return nil }
    }
    defer { position += 1 }
    return elements[position]
  }

  private mutating func receive() throws(KernelError) -> Bool {
    do throws(NetlinkError) {
      return try receivePart()
    } catch {
      throw current?.request.failure(error) ?? KernelError(error)
    }
  }

  /// Reads one more part of the answers; false at their end.
  private mutating func receivePart() throws(NetlinkError) -> Bool {
    elements.removeAll(keepingCapacity: true)
    position = 0
    if current?.dump.isFinished == true { current = nil }
    if current == nil {
      guard let request = requests.popFirst() else { return false }
      let message: NetlinkMessage
      do throws(WireError) {
        message = try NetlinkMessage(type: request.type, payload: request.payload)
      } catch {
        throw NetlinkError(operation, .request(error))
      }
      current = (request, try socket.startDump(message, operation: operation))
    }
    guard let request = current?.request, var dump = current?.dump else { return false }
    try socket.continueDump(&dump) { (type, wire) throws(WireError) in
      if type == request.answer, let element = try request.decode(wire) { elements.append(element) }
    }
    current?.dump = dump
    if dump.isFinished { try finish(dump, of: request) }
    return true
  }

  private func finish(_ dump: NetlinkSocket.Dump, of request: DumpRequest<Element>) throws(NetlinkError) {
    do throws(NetlinkError) {
      try dump.result()
    } catch {
      // A table that never rests is told as well as it can be.
      if error.reason == .interrupted { return }
      if let errno = error.errno, request.absences.contains(errno) { return }
      throw error
    }
  }
}

/// One request of a `DumpReader`.
struct DumpRequest<Element> {
  var type: UInt16
  /// The type of the messages that answer it.
  var answer: UInt16
  var payload: AttributeWriter
  /// Refusals that mean that there is nothing of the kind.
  var absences: Set<Errno> = []
  /// Refusals that mean that the kernel lacks this part.
  var feature: (name: String, refusals: Set<Errno>)?
  /// nil for a message that is passed over.
  var decode: (RawSpan) throws(WireError) -> Element?

  func failure(_ error: NetlinkError) -> KernelError {
    if let feature, let errno = error.errno, feature.refusals.contains(errno) {
      return .missingFeature(feature.name, operation: error.operation)
    }
    return KernelError(error)
  }
}
