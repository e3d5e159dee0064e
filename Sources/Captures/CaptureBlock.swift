package import MultipathHash
package import Routing

/// Some frames of a capture, cut out of it to be taken apart anywhere: on another thread, for one.
package struct CaptureBlock: Sendable {
  /// Where a frame is; laid out as `struct cpc_frame`.
  struct Place: BitwiseCopyable, Sendable {
    /// When it was captured, in nanoseconds since 1970.
    var time: Int64
    /// Of its first byte.
    var offset: UInt32
    var captured: UInt32
    /// Bytes on the wire.
    var original: UInt32
  }

  package let linkType: LinkType
  private let bytes: [UInt8]
  private let frames: [Place]
  private var position = 0

  init(linkType: LinkType, bytes: [UInt8], frames: [Place]) {
    self.linkType = linkType
    self.bytes = bytes
    self.frames = frames
  }

  /// How many frames there are.
  package var count: Int { frames.count }

  /// The frames of one family, in their order.
  package func only(_ family: AddressFamily) -> CaptureBlock {
    let all = bytes.span
    let kept = frames.filter { place in
      let start = Int(place.offset)
      return CaptureFrame.family(all.extracting(start..<start + Int(place.captured)), linkType) == family
    }
    return CaptureBlock(linkType: linkType, bytes: bytes, frames: kept)
  }

  /// The next frame; nil at the end.
  package mutating func next() -> CaptureFrame? {
    guard position < frames.count else { return nil }
    let place = frames[position]
    position += 1
    let start = Int(place.offset)
    return CaptureFrame(
      linkType: linkType, bytes: Array(bytes[start..<start + Int(place.captured)]), originalLength: Int(place.original),
      time: place.time)
  }

  /// Takes frames as long as they are plain and there is room for their flows.
  ///
  /// - Returns: whether none is left, or no room; otherwise `next()` gives a frame that is not plain.
  package mutating func readPlain(_ plain: PlainFrames, into flows: inout FlowColumns) -> Bool {
    let (all, places) = (bytes, frames)
    let (bytes, frames) = (all.span, places.span)
    while position < frames.count, !flows.isFull {
      let start = Int(frames[position].offset)
      let frame = bytes.extracting(start..<start + Int(frames[position].captured))
      guard plain.append(frame, originalLength: Int(frames[position].original), to: &flows) else { return false }
      position += 1
    }
    return true
  }
}
