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
    var text = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    // Which precision is asked for does not matter: files of either are read, and times are not looked at.
    let opened = unsafe pcap_fopen_offline_with_tstamp_precision(file, UInt32(PCAP_TSTAMP_PRECISION_NANO), &text)
    guard let handle = unsafe opened else {
      _ = unsafe fclose(file)
      throw CaptureError(file: name, message: Self.string(text))
    }
    let number = unsafe pcap_datalink(handle)
    guard let linkType = LinkType(number: Int(number)) else {
      let type = unsafe pcap_datalink_val_to_name(number).map { unsafe String(cString: $0) }
      unsafe pcap_close(handle)
      throw CaptureError(
        file: name,
        message:
          "frames of link type \(type ?? String(number)) can not be read; Ethernet, raw IP, Linux cooked and BSD "
          + "loopback can")
    }
    self.linkType = linkType
    unsafe self.handle = handle
  }

  deinit { unsafe pcap_close(handle) }

  /// The next frame; nil at the end, and after an error.
  package mutating func next() throws(CaptureError) -> CaptureFrame? {
    guard !hasEnded else { return nil }
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var start: UnsafePointer<UInt8>?
    let status = unsafe pcap_next_ex(handle, &header, &start)
    guard status == 1, let header = unsafe header, let start = unsafe start else {
      hasEnded = true
      // -2 is the end of the file.
      if status == -2 { return nil }
      let text = unsafe pcap_geterr(handle).map { unsafe String(cString: $0) }
      throw CaptureError(file: name, frame: count + 1, message: text ?? "can not be read")
    }
    count += 1
    // libpcap keeps the frame until the next one is read.
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(header.pointee.caplen)))
    return CaptureFrame(
      linkType: linkType, bytes: bytes, originalLength: Int(unsafe header.pointee.len))
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
