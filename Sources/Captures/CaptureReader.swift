internal import CPcap
package import Files
internal import Glibc
package import MultipathHash

/// Streams frames out of a capture file, pcap or pcapng; memory does not grow with their number.
@safe
package struct CaptureReader: ~Copyable {
  /// What errors call the source.
  package let name: String
  package let linkType: LinkType
  /// Frames read so far.
  package private(set) var count = 0
  private let handle: OpaquePointer
  private var hasEnded = false

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
    let file = try unsafe Self.stream(of: input, name: name)
    var text = [CChar](repeating: 0, count: Int(CPC_ERROR_SIZE))
    guard let handle = unsafe cpc_open(file, &text) else {
      _ = unsafe fclose(file)
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
    unsafe self.handle = handle
  }

  deinit { unsafe cpc_close(handle) }

  /// The next frame; nil at the end, and after an error.
  package mutating func next() throws(CaptureError) -> CaptureFrame? {
    guard !hasEnded else { return nil }
    var start: UnsafePointer<UInt8>?
    var captured = 0
    var original = 0
    var time: Int64 = 0
    var text: UnsafePointer<CChar>?
    let status = unsafe cpc_next(handle, &start, &captured, &original, &time, &text)
    guard status == 1, let start = unsafe start else {
      hasEnded = true
      if status == 0 { return nil }
      let message = unsafe text.map { unsafe String(cString: $0) }
      throw CaptureError(file: name, frame: count + 1, message: message ?? "can not be read")
    }
    count += 1
    // libpcap keeps the frame until the next one is read.
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: captured))
    return CaptureFrame(linkType: linkType, bytes: bytes, originalLength: original, time: time)
  }

  /// The file as a stream of the C library, which libpcap closes.
  private static func stream(
    of input: InputFile, name: String
  ) throws(CaptureError) -> UnsafeMutablePointer<FILE> {
    let (descriptor, begun): (Int32, [UInt8])
    do throws(FileError) {
      (descriptor, begun) = try input.handOver()
    } catch {
      throw CaptureError(file: name, message: error.description)
    }
    guard let file = unsafe fdopen(descriptor, "rb") else {
      _ = close(descriptor)
      throw CaptureError(file: name, message: "can not be opened a second time")
    }
    // glibc takes back as many bytes as there is memory for.
    for byte in begun.reversed() { _ = unsafe ungetc(Int32(byte), file) }
    return unsafe file
  }

  private static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
