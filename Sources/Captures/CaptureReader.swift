internal import CPcap
package import Files
package import MultipathHash

/// Streams frames out of a capture file, pcap or pcapng; memory does not grow with their number.
@safe
package struct CaptureReader: ~Copyable {
  /// What errors call the source.
  package let name: String
  package let linkType: LinkType
  /// Frames read from the file so far.
  package private(set) var count = 0
  private let handle: OpaquePointer
  private let size: UInt64?
  private var hasEnded = false
  /// What stands in the way behind the frames that were taken.
  private var failure: CaptureError?
  /// What `next()` gives out.
  private var block: CaptureBlock

  /// As long as the longest frame that libpcap reads, or longer.
  private static let blockSize = 1 << 19

  /// Whether a file that begins with these four bytes is a capture.
  package static func isCapture(_ magic: [UInt8]) -> Bool {
    let number = magic.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    // Microseconds, nanoseconds, a variant of old Linux tools, each in both byte orders; pcapng reads alike in both.
    let known: [UInt32] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34, 0x0a0d_0d0a]
    return magic.count >= 4 && (known.contains(number) || known.contains(number.byteSwapped))
  }

  /// Reads the head of the file.
  package init(_ input: InputFile) throws(CaptureError) {
    name = input.path == "-" ? "standard input" : input.path
    size = input.size
    let (descriptor, begun): (Int32, [UInt8])
    do throws(FileError) {
      (descriptor, begun) = try input.handOver()
    } catch {
      throw CaptureError(file: name, message: error.description)
    }
    var text = [CChar](repeating: 0, count: Int(CPC_ERROR_SIZE))
    guard let handle = unsafe cpc_open(descriptor, begun, begun.count, &text) else {
      throw CaptureError(file: name, message: Self.string(text))
    }
    let number = unsafe cpc_link_type(handle)
    guard let linkType = LinkType(number: Int(number)) else {
      let type = unsafe cpc_link_type_name(number).map { unsafe String(cString: $0) }
      unsafe cpc_close(handle)
      throw CaptureError(
        file: name,
        message:
          "frames of link type \(type ?? String(number)) can not be read; Ethernet, raw IP, Linux cooked and BSD "
          + "loopback can")
    }
    self.linkType = linkType
    block = CaptureBlock(linkType: linkType, bytes: [], frames: [])
    unsafe self.handle = handle
  }

  deinit { unsafe cpc_close(handle) }

  /// How many bytes of the file were read so far, and how many there are; nil for what is no regular file.
  package mutating func progress() -> (done: UInt64, total: UInt64)? {
    size.map { (unsafe cpc_bytes_read(handle), $0) }
  }

  /// The next frame; nil at the end, and after an error.
  package mutating func next() throws(CaptureError) -> CaptureFrame? {
    while true {
      if let frame = block.next() { return frame }
      guard let next = try takeFrames() else { return nil }
      block = next
    }
  }

  /// Takes frames that follow, for somebody else to take apart; fewer where more can not be had without waiting. nil at
  /// the end, and after an error, which comes behind the frames before it.
  ///
  /// - Parameter most: how many frames, at most 65 536.
  package mutating func takeFrames(_ most: Int = 4096) throws(CaptureError) -> CaptureBlock? {
    if let failure {
      self.failure = nil
      throw failure
    }
    guard !hasEnded else { return nil }
    var bytes = [UInt8](repeating: 0, count: Self.blockSize)
    var frames = [CaptureBlock.Place](
      repeating: CaptureBlock.Place(time: 0, offset: 0, captured: 0, original: 0), count: min(max(most, 1), 1 << 16))
    var found = 0
    var text: UnsafePointer<CChar>?
    let status = unsafe frames.withUnsafeMutableBytes { frames in
      unsafe cpc_read(
        handle, &bytes, bytes.count, frames.assumingMemoryBound(to: cpc_frame.self).baseAddress,
        frames.count / MemoryLayout<cpc_frame>.stride, &found, &text)
    }
    count += found
    hasEnded = status != 1
    if status < 0 {
      let message = unsafe text.map { unsafe String(cString: $0) }
      failure = CaptureError(file: name, frame: count + 1, message: message ?? "can not be read")
    }
    guard found > 0 else { return try takeFrames() }
    frames.removeLast(frames.count - found)
    return CaptureBlock(linkType: linkType, bytes: bytes, frames: frames)
  }

  private static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
