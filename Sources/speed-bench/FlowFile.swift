import FlowSources
import Glibc
import Routing

/// Flows to the prefixes that Scripts/bench has routes to.
struct BenchFlows {
  private var generator = SplitMix64(seed: 7)

  mutating func next() -> (
    source: UInt32, destination: UInt32, isUDP: Bool, sourcePort: UInt16, destinationPort: UInt16
  ) {
    let (source, destination, ports) = (generator.next(), generator.next(), generator.next())
    return (
      UInt32(1 + source % 126) << 24 | UInt32(truncatingIfNeeded: source >> 40),
      172 << 24 | UInt32(16 + destination % 3) << 16 | UInt32(truncatingIfNeeded: destination >> 8 & 0xffff),
      ports & 1 == 0, UInt16(1024 + ports >> 8 & 0x7fff), UInt16(1 + ports >> 40 & 0xfff)
    )
  }
}

/// A file of them as CSV.
enum FlowFile {
  static func write(_ count: Int) {
    var flows = BenchFlows()
    var text = "src,dst,proto,sport,dport,iif\n"
    for _ in 0..<count {
      let flow = flows.next()
      let (source, destination) = (IPAddress(ipv4: flow.source), IPAddress(ipv4: flow.destination))
      text += "\(source),\(destination),\(flow.isUDP ? "udp" : "6"),\(flow.sourcePort),\(flow.destinationPort),p1\n"
      if text.utf8.count > 1 << 20 {
        print(text, terminator: "")
        text = ""
      }
    }
    print(text, terminator: "")
  }
}

/// A capture of a frame of 60 bytes for each of them, in microseconds and this machine's byte order.
enum FrameFile {
  static func write(_ count: Int) {
    var flows = BenchFlows()
    var bytes: [UInt8] = []
    func put(_ number: UInt64, _ size: Int, bigEndian: Bool = true) {
      for place in 0..<size {
        bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * (bigEndian ? size - 1 - place : place))))
      }
    }
    for (number, size) in [(0xa1b2_c3d4, 4), (2, 2), (4, 2), (0, 4), (0, 4), (65535, 4), (1, 4)] as [(UInt64, Int)] {
      put(number, size, bigEndian: false)
    }
    for _ in 0..<count {
      let flow = flows.next()
      for number in [0, 0, 60, 60] as [UInt64] { put(number, 4, bigEndian: false) }
      bytes += [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0]
      let start = bytes.count
      put(0x4500_002e_0000_4000, 8)
      put(flow.isUDP ? 0x4011_0000 : 0x4006_0000, 4)
      put(UInt64(flow.source), 4)
      put(UInt64(flow.destination), 4)
      var sum: UInt32 = 0
      for place in stride(from: start, to: start + 20, by: 2) {
        sum += UInt32(bytes[place]) << 8 | UInt32(bytes[place + 1])
      }
      while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
      (bytes[start + 10], bytes[start + 11]) = (UInt8(~sum >> 8 & 0xff), UInt8(~sum & 0xff))
      put(UInt64(flow.sourcePort), 2)
      put(UInt64(flow.destinationPort), 2)
      for _ in 0..<22 { bytes.append(0) }
      if bytes.count > 1 << 20 { flush(&bytes) }
    }
    flush(&bytes)
  }

  private static func flush(_ bytes: inout [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      guard count > 0 else { exit(2) }
      done += count
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
