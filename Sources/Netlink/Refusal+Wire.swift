extension Refusal {
  /// Reads the status of an NLMSG_ERROR or NLMSG_DONE message; nil when it says success.
  package init?(_ header: MessageHeader, in bytes: RawSpan) throws(WireError) {
    let payload = bytes.extracting(header.payload)
    let status = try payload.int32()
    guard status < 0 else { return nil }
    // Int32.min has no positive counterpart, and no errno is that large.
    errno = Errno(rawValue: 0 &- status)
    text = ""
    guard header.hasExplanation else { return }
    var start = 4
    if header.type == ControlMessage.error {
      // What follows the status is the request's header, and its payload too unless the error is capped.
      let requestLength = header.isCapped ? MessageHeader.size : Int(try payload.uint32(at: 4))
      start += max(MessageHeader.size, (requestLength + 3) & ~3)
    }
    text = try Self.explanation(in: payload, from: start)
  }

  /// NLMSGERR_ATTR_MSG, or what the other NLMSGERR_ATTR_* say about the request.
  private static func explanation(in payload: RawSpan, from start: Int) throws(WireError) -> String {
    var text = ""
    var offset: UInt32?
    var missing: UInt32?
    var cursor = AttributeCursor(from: start)
    while let attribute = try cursor.next(in: payload) {
      let value = payload.extracting(attribute.range)
      switch attribute.type {
      case 1: text = value.text()
      case 2: offset = try value.uint32()
      case 5: missing = try value.uint32()
      default: break
      }
    }
    if !text.isEmpty { return text }
    if let missing { return "attribute \(missing) is missing from the request" }
    if let offset { return "it objects to byte \(offset) of the request" }
    return ""
  }
}
