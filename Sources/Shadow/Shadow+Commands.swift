internal import KernelRouting
internal import Netlink
package import Routing
internal import Scratch

/// What one command in a shadow did.
package struct CommandResult: Hashable, Sendable {
  /// The exit status; 128 and the signal where one ended it.
  package var status: Int32
  /// What it wrote to standard output and standard error.
  package var output: String
}

/// Something that happens to a router without a command.
package enum ShadowEvent: Hashable, Sendable {
  /// An interface goes down, or up, as by the administrator.
  case link(String, isUp: Bool)
  /// The cable of an interface is cut, or mended.
  case carrier(String, isPresent: Bool)
  /// A neighbour stops answering, or answers again, on every interface that knows it or has it for a gateway.
  case neighbour(IPAddress, answers: Bool)
}

extension Shadow {
  /// Runs commands one after the other with the installed `ip` and `sysctl`, up to the first that fails.
  ///
  /// - Parameter commands: the words of each; the first one is `ip` or `sysctl`. They have to be commands that
  ///   `CommandParser` takes: nothing else is looked at here, but that no command leaves the shadow.
  /// - Throws: `commandFailed` for the first one that fails; what those before it did stays.
  package mutating func run(_ commands: [[String]]) throws(ShadowError) -> [CommandResult] {
    var results: [CommandResult] = []
    for words in commands {
      let result = try execute(words, input: [])
      let text = words.joined(separator: " ")
      guard result.status == 0 else {
        throw .commandFailed(text, status: result.status, output: Self.oneLine(result.output))
      }
      results.append(result)
    }
    try settle()
    return results
  }

  /// Runs the lines of a file for `ip -batch` in one run of `ip`, up to the first that fails.
  ///
  /// - Parameters:
  ///   - lines: each a command without `ip`.
  ///   - options: such as `-6`.
  /// - Throws: `commandFailed` with the command of the line that failed; what the lines before it did stays.
  package mutating func runBatch(_ lines: [String], options: [String] = []) throws(ShadowError) -> CommandResult {
    for line in lines { try Self.check(line.split { " \t".contains($0) }.map(String.init), text: line) }
    let result = try execute(
      ["ip"] + options + ["-batch", "-"], input: Array((lines.joined(separator: "\n") + "\n").utf8))
    guard result.status == 0 else {
      let (line, output) = Self.failedLine(result.output)
      let text = line.flatMap { lines.indices.contains($0 - 1) ? lines[$0 - 1] : nil } ?? "ip -batch -"
      throw .commandFailed(text, status: result.status, output: output)
    }
    try settle()
    return result
  }

  /// Lets something happen.
  package mutating func happen(_ event: ShadowEvent) throws(ShadowError) {
    switch event {
    case .link(let name, let isUp):
      let link = try link(name)
      try ask { (kernel) throws(KernelError) in try kernel.change(LinkChange(index: link.index, isUp: isUp)) }
    case .carrier(let name, let isPresent):
      try setCarrier(try link(name), isPresent)
    case .neighbour(let address, let answers):
      try setNeighbour(address, answers)
    }
    try settle()
  }
}

extension Shadow {
  private static let tunnelOptions: Set<String> = ["geneve_opts", "vxlan_opts", "erspan_opts"]

  /// Words that lead out of the shadow, or that crash some kernels.
  private static func check(_ words: [String], text: String) throws(ShadowError) {
    for word in words {
      if word.hasPrefix("-n") && "-netns".hasPrefix(word) || word == "netns" {
        throw .notRun(text, because: "it is about another network namespace")
      }
      if tunnelOptions.contains(word) {
        throw .notRun(text, because: "some kernels crash on the options of a tunnel header")
      }
    }
  }

  private mutating func execute(_ words: [String], input: [UInt8]) throws(ShadowError) -> CommandResult {
    let text = words.joined(separator: " ")
    guard let program = words.first, program == "ip" || program == "sysctl" else {
      throw .notRun(text, because: "it is neither ip nor sysctl")
    }
    try Self.check(words, text: text)
    do {
      let result = try inside.run { try System.run(words, input: input) }
      return CommandResult(status: result.status, output: String(decoding: result.output, as: UTF8.self))
    } catch let error as Errno {
      throw .program(program, error)
    } catch let error as KernelError {
      throw .kernel(error)
    } catch {
      throw .notRun(text, because: "\(error)")
    }
  }

  /// What `ip` says of a line of a batch: `Command failed -:7` after its own words.
  private static func failedLine(_ output: String) -> (line: Int?, output: String) {
    let mark = "Command failed -:"
    var line: Int?
    var rest: [Substring] = []
    for text in output.split(separator: "\n") {
      if text.hasPrefix(mark) { line = Int(text.dropFirst(mark.count)) } else { rest.append(text) }
    }
    return (line, rest.joined(separator: " "))
  }

  private static func oneLine(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ")
  }

  private mutating func link(_ name: String) throws(ShadowError) -> Link {
    let links = try ask { (kernel) throws(KernelError) in try kernel.links() }
    guard let link = links.first(where: { $0.name == name }) else { throw .noInterface(name) }
    return link
  }

  private mutating func setCarrier(_ link: Link, _ isPresent: Bool) throws(ShadowError) {
    var noCable = false
    do throws(KernelError) {
      if let end = cables[link.index] {
        try far.kernel.change(LinkChange(index: end, isUp: isPresent))
      } else if link.kind == "veth", let peer = link.lower {
        try inside.kernel.change(LinkChange(index: peer, isUp: isPresent))
      } else {
        noCable = true
      }
    } catch {
      throw .kernel(error)
    }
    if noCable { throw .noCable(link.name) }
  }

  private mutating func setNeighbour(_ address: IPAddress, _ answers: Bool) throws(ShadowError) {
    let state = try readState()
    let entries = state.neighbours.filter { $0.address == address }
    var interfaces = Set(entries.map(\.interface))
    for nexthop in state.nexthops ?? [] where nexthop.gateway == address {
      if let interface = nexthop.interface { interfaces.insert(interface) }
    }
    for route in state.routes where route.nexthopID == nil {
      for leg in route.legs.list where leg.gateway == address { interfaces.insert(leg.interface) }
    }
    guard !interfaces.isEmpty else { throw .noNeighbour("\(address)") }
    for interface in interfaces.sorted() {
      let known = entries.first { $0.interface == interface && !$0.linkLayerAddress.isEmpty }
      let neighbour = Neighbour(
        address: address, interface: interface, state: answers ? .reachable : .failed,
        linkLayerAddress: known?.linkLayerAddress ?? [2, 0, 0, 0, 0, 1])
      try ask { (kernel) throws(KernelError) in try kernel.add(.learnedNeighbour(neighbour), replacing: true) }
    }
  }

  private mutating func ask<Success>(
    _ body: (inout Kernel) throws(KernelError) -> Success
  ) throws(ShadowError) -> Success {
    do throws(KernelError) { return try body(&inside.kernel) } catch { throw .kernel(error) }
  }

  private mutating func settle() throws(ShadowError) {
    do throws(KernelError) { try awaitLinks() } catch { throw .kernel(error) }
  }
}
