import Glibc

let usage = """
  usage: lab-udp respond ADDRESS PORT NAME
             answer every datagram with NAME; prints a line once it is ready
         lab-udp probe --source ADDRESS --destination ADDRESS --port PORT --ports FIRST-LAST --csv
             send one datagram from each source port; prints sport,name for each, in order

  """

/// What the lab's clients and servers run: UDP flows with chosen source ports, and answers that name the server.
@main
enum LabUDP {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "respond" where arguments.count == 4:
      respond(at: endpoint(arguments[1], arguments[2]), name: arguments[3])
    case "probe" where arguments.last == "--csv":
      let options = pairs(arguments.dropFirst().dropLast())
      let bounds = (options["--ports"] ?? "").split(separator: "-").compactMap { UInt16($0) }
      guard let source = options["--source"], let destination = options["--destination"],
        let port = options["--port"], bounds.count == 2, 1...bounds[1] ~= bounds[0]
      else { fail(usage) }
      probe(from: endpoint(source, "0"), to: endpoint(destination, port), ports: Array(bounds[0]...bounds[1]))
    default: fail(usage)
    }
  }

  /// Answers every datagram that comes to `address` with `name`, until it is killed.
  static func respond(at address: sockaddr_in, name: String) -> Never {
    let descriptor = boundSocket(address)
    let answer = Array(name.utf8)
    print("ready")
    fflush(nil)
    var question = [UInt8](repeating: 0, count: 64)
    while true {
      var peer = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withGenericPointer(&peer) { peer in
        guard recvfrom(descriptor, &question, question.count, 0, peer, &length) >= 0 else { return }
        sendto(descriptor, answer, answer.count, 0, peer, length)
      }
    }
  }

  /// Sends a datagram from each of `ports` and prints who answered: nothing after the comma where nobody did.
  static func probe(from source: sockaddr_in, to destination: sockaddr_in, ports: [UInt16]) {
    // Few enough sockets at a time for the usual limit of 1024 descriptors.
    for start in stride(from: 0, to: ports.count, by: 256) {
      let batch = Array(ports[start..<min(start + 256, ports.count)])
      for (port, name) in zip(batch, exchange(from: source, to: destination, ports: batch)) {
        print("\(port),\(name)")
      }
    }
  }

  /// The answer to each of `ports`; empty where none came to three datagrams.
  static func exchange(from source: sockaddr_in, to destination: sockaddr_in, ports: [UInt16]) -> [String] {
    var polls = ports.map { port in
      var local = source
      local.sin_port = port.bigEndian
      return pollfd(fd: boundSocket(local), events: Int16(POLLIN), revents: 0)
    }
    let descriptors = polls.map(\.fd)
    defer { for descriptor in descriptors { close(descriptor) } }
    var names = [String](repeating: "", count: ports.count)
    for _ in 0..<3 where polls.contains(where: { $0.fd >= 0 }) {
      for item in polls where item.fd >= 0 { ask(item.fd, at: destination) }
      collect(&polls, into: &names)
    }
    return names
  }

  /// Sends one datagram from a socket that stays unconnected.
  ///
  /// A connected one stamps its own random number on the packet as a layer-4 hash, which outlives a veth pair, and
  /// which a router in a namespace of the same machine would then take for the hash of the flow.
  static func ask(_ descriptor: Int32, at destination: sockaddr_in) {
    var destination = destination
    withGenericPointer(&destination) {
      _ = sendto(descriptor, "?", 1, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }

  /// Reads answers until all have come or none has for a second; an answered socket leaves the list as descriptor -1.
  static func collect(_ polls: inout [pollfd], into names: inout [String]) {
    var answer = [UInt8](repeating: 0, count: 64)
    while polls.contains(where: { $0.fd >= 0 }) {
      guard poll(&polls, nfds_t(polls.count), 1000) > 0 else { return }
      for index in polls.indices where polls[index].fd >= 0 && polls[index].revents != 0 {
        let length = recv(polls[index].fd, &answer, answer.count, Int32(MSG_DONTWAIT))
        guard length > 0 else { continue }
        names[index] = String(decoding: answer[..<length], as: UTF8.self)
        polls[index].fd = -1
      }
    }
  }

  static func boundSocket(_ address: sockaddr_in) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { failed("socket") }
    var address = address
    let bound = withGenericPointer(&address) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
    guard bound == 0 else { failed("bind") }
    return descriptor
  }

  static func endpoint(_ address: String, _ port: String) -> sockaddr_in {
    var endpoint = sockaddr_in()
    endpoint.sin_family = sa_family_t(AF_INET)
    guard let number = UInt16(port), inet_pton(AF_INET, address, &endpoint.sin_addr) == 1 else {
      fail("lab-udp: \(address) port \(port) is no IPv4 address and port\n")
    }
    endpoint.sin_port = number.bigEndian
    return endpoint
  }

  static func withGenericPointer<Result>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }

  static func pairs(_ arguments: ArraySlice<String>) -> [String: String] {
    var result: [String: String] = [:]
    var rest = arguments
    while let key = rest.popFirst(), let value = rest.popFirst() { result[key] = value }
    return result
  }

  static func failed(_ call: String) -> Never { fail("lab-udp: \(call): \(String(cString: strerror(errno)))\n") }

  static func fail(_ text: String) -> Never {
    write(2, text, text.utf8.count)
    exit(2)
  }
}
