import FlowSources
import Glibc
import KernelRouting
import Routing

/// What the kernel itself does in the same time.
enum KernelBench {
  /// Asks for the routes of so many flows, many a system call, and prints how many it answers in a second.
  static func lookup(_ count: Int) {
    guard var kernel = try? Kernel(),
      let link = try? kernel.links().first(where: { $0.name == "p1" })
    else { return }
    let flows = RandomFlows(seed: 1, count: count, to: Prefix(containing: IPAddress(ipv4: 0xac10_0000), length: 16))
    let queries = flows.map { flow in
      RouteQuery(
        destination: flow.destination, source: flow.source, inputInterface: link.index, ipProtocol: 17,
        sourcePort: max(flow.sourcePort, 1), destinationPort: 53)
    }
    let clock = ContinuousClock()
    var answers = 0
    let time = clock.measure {
      for start in stride(from: 0, to: queries.count, by: 8192) {
        answers += (try? kernel.lookup(Array(queries[start..<min(start + 8192, queries.count)])))?.count ?? 0
      }
    }
    let (seconds, attoseconds) = time.components
    print(Double(answers) / (Double(seconds) + Double(attoseconds) * 1e-18))
  }

  /// Asks for all IPv4 routes and throws the answer away: no program that reads them takes less.
  static func receive() {
    let (netlink, routing, getRoute, done): (Int32, Int32, UInt16, UInt16) = (16, 0, 26, 3)
    let socket = Glibc.socket(netlink, Int32(SOCK_RAW.rawValue), routing)
    guard socket >= 0 else { exit(2) }
    // SOL_NETLINK and NETLINK_GET_STRICT_CHK: without it the kernel looks for cached exceptions, too.
    var on: Int32 = 1
    _ = setsockopt(socket, 270, 12, &on, socklen_t(MemoryLayout<Int32>.size))
    // struct nlmsghdr with NLM_F_REQUEST and NLM_F_DUMP, and a struct rtmsg of AF_INET.
    var request = [UInt8](repeating: 0, count: 28)
    request.withUnsafeMutableBytes {
      $0.storeBytes(of: 28, toByteOffset: 0, as: UInt32.self)
      $0.storeBytes(of: getRoute, toByteOffset: 4, as: UInt16.self)
      $0.storeBytes(of: 0x301, toByteOffset: 6, as: UInt16.self)
      $0.storeBytes(of: 2, toByteOffset: 16, as: UInt8.self)
    }
    guard send(socket, request, request.count, 0) == request.count else { exit(2) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var total = 0
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 16 else { exit(2) }
      total += count
      let type = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: UInt16.self) }
      if type == done { break }
    }
    print(total)
  }
}
