import Captures
import Files
import MultipathHash
import TestSupport
import Testing

@Suite("Capture files")
struct CaptureReaderTests {
  private static let frames: [(bytes: [UInt8], length: Int)] = [
    (Packets.ethernet(0x0800, [1, 2, 3]), 17), (Packets.ethernet(0x0806, []), 1500), ([], 0), ([9], 1),
  ]

  /// Writes the bytes to a file and reads it.
  private func read(_ bytes: [UInt8], _ name: String = "x.pcap") throws -> (
    frames: [CaptureFrame], error: CaptureError?
  ) {
    let directory = try run("mktemp -d").filter { $0 != "\n" }
    defer { _ = try? run("rm -rf \(directory)") }
    let path = "\(directory)/\(name)"
    let output = try OutputFile(path: path)
    try output.write(bytes)
    try output.commit()
    var frames: [CaptureFrame] = []
    do {
      var reader = try CaptureReader(InputFile(path: path))
      while let frame = try reader.next() { frames.append(frame) }
    } catch let error as CaptureError {
      return (frames, error)
    }
    return (frames, nil)
  }

  @Test(
    "pcap and pcapng of both byte orders, and of nanoseconds",
    arguments: [
      ("pcap", CaptureFiles.pcap(linkType: 1, frames)),
      ("pcap of another machine", CaptureFiles.pcap(linkType: 1, frames, bigEndian: true)),
      ("nanoseconds", CaptureFiles.pcap(linkType: 1, frames, magic: 0xa1b2_3c4d)),
      ("nanoseconds of another machine", CaptureFiles.pcap(linkType: 1, frames, bigEndian: true, magic: 0xa1b2_3c4d)),
      ("pcapng", CaptureFiles.pcapng(linkType: 1, frames)),
      ("pcapng of another machine", CaptureFiles.pcapng(linkType: 1, frames, bigEndian: true)),
    ])
  func formats(what: String, file: [UInt8]) throws {
    let result = try read(file)
    #expect(CaptureReader.isCapture(Array(file.prefix(4))))
    #expect(result.error == nil)
    #expect(result.frames.map(\.bytes) == Self.frames.map(\.bytes), "\(what)")
    #expect(result.frames.map(\.originalLength) == Self.frames.map(\.length), "\(what)")
  }

  @Test(
    "Link types by their numbers in files",
    arguments: [
      (0, .null), (1, .ethernet), (12, .ip), (14, .ip), (101, .ip), (108, .loop), (113, .cooked), (228, .ipv4),
      (229, .ipv6), (276, .cooked2),
    ] as [(UInt32, LinkType)])
  func linkTypes(number: UInt32, linkType: LinkType) throws {
    let result = try read(CaptureFiles.pcap(linkType: number, [([1], 1)]))
    #expect(result.frames.map(\.linkType) == [linkType])
    let next = try read(CaptureFiles.pcapng(linkType: UInt16(number), [([1], 1)]))
    #expect(next.frames.map(\.linkType) == [linkType])
  }

  @Test(
    "Bad files say what is wrong, and where",
    arguments: [
      ("nothing", [], nil, "truncated"), ("something else", [UInt8]("hello, world, hello, world".utf8), nil, "format"),
      ("another link type", CaptureFiles.pcap(linkType: 105, []), nil, "IEEE802_11"),
      ("a link type without name", CaptureFiles.pcap(linkType: 9999, []), nil, "9999"),
      ("an absurd length", CaptureFiles.pcap(linkType: 1, []) + [UInt8](repeating: 0x7f, count: 64), 1, "length"),
    ] as [(String, [UInt8], Int?, String)])
  func badFiles(what: String, file: [UInt8], frame: Int?, says: String) throws {
    let result = try read(file)
    let error = try #require(result.error, "\(what)")
    #expect(error.frame == frame, "\(what): \(error)")
    #expect(error.message.contains(says), "\(what): \(error)")
    #expect(error.description.contains("x.pcap: "))
  }

  @Test("Every truncation is an answer or an error that names the frame, and the frames before it are read")
  func truncations() throws {
    for file in [CaptureFiles.pcap(linkType: 1, Self.frames), CaptureFiles.pcapng(linkType: 1, Self.frames)] {
      for length in stride(from: 0, to: file.count, by: 5) {
        let result = try read(Array(file.prefix(length)))
        #expect(Array(Self.frames.map(\.bytes).prefix(result.frames.count)) == result.frames.map(\.bytes))
        if let frame = result.error?.frame { #expect(frame == result.frames.count + 1) }
        if result.frames.isEmpty, length < 24 { #expect(result.error != nil, "\(length) bytes") }
      }
    }
  }
}
