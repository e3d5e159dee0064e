import ArgumentParser
import Files
import Forwarding
import MultipathHash
import Paths
import Rendering
import Routing
import SeedRecovery

/// `ecmpctl trace`: the way of a flow through several routers.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", _superCommandName: "ecmpctl",
    abstract: "Follow a flow hop by hop through several routers, and say by which interfaces it goes.",
    discussion: """
      The topology is a file with a line for each router, and for each cable that addresses do not tell:

        router spine02 snapshot spine02.json
        router leaf01 netns leaf01
        cable spine02:swp1 leaf01:swp51

      A packet goes to the router at the other end of the cable, or to the one that has the address of the
      gateway. It begins at the first router of the file, or at the one that --start names. The flow is given
      as to ecmpctl predict. A router that is live is the one of --netns or --snapshot, where these are given.

      EXAMPLES
        ecmpctl trace --topology fabric.txt -s 10.2.0.100 -d 172.16.255.66 -p udp --sport 32700 --dport 53 -i swp51
        ecmpctl trace --topology fabric.txt 172.16.255.66 from 10.2.0.100 iif swp51 ipproto udp sport 7 dport 53 --return
        ecmpctl trace --topology fabric.txt --start leaf03 -d 10.2.0.100 -s 172.16.255.66 -i swp1 --explain

      EXIT STATUS
        0 the packet gets where it is meant to be, 1 it does not, or that can not be told
      """)

  @Option(help: ArgumentHelp("The file of the routers and the cables between them.", valueName: "file"))
  var topology: String

  @Option(help: ArgumentHelp("The router where the flow begins (default: the first of the file).", valueName: "router"))
  var start: String?

  @Flag(name: .customLong("return"), help: "Follow the answer, too, from where the flow ends back to its source.")
  var followsAnswer = false

  @OptionGroup var flow: FlowOptions

  @Argument(help: "The flow in the words of ip route get: ADDRESS [from ADDRESS] [iif DEV] [ipproto P] …")
  var words: [String] = []

  @Flag(help: "Print every step of every router: rule, table, route, the bytes hashed, the key, the candidates.")
  var explain = false

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var detail: FlowDetailOptions

  /// What errors call the topology.
  private var file: String { topology == "-" ? "standard input" : topology }

  func run() throws {
    let fields = try flow.fields + FlowArguments.fields(of: words, family: source.family)
    guard !fields.isEmpty else { throw CommandFailure.usage("no flow given; see ecmpctl trace --help") }
    let topology = try Topology(parsing: InputFile.contents(of: topology), file: file)
    try checkSource(topology.routers)
    let network = try Network(read(topology.routers), cables: topology.cables, file: file)
    var first = 0
    if let start {
      guard let router = network.router(named: start) else {
        throw CommandFailure.usage("--start \(start): \(file) has no router of that name")
      }
      first = router
    }
    let packet = try packet(fields, at: network.routers[first])
    let path = network.path(of: packet, from: first)
    let report = PathReport(
      path, answer: followsAnswer ? .some(network.answer(to: path)) : nil, in: network, names: NameTables.read(),
      explains: explain)
    try format.print(report, lines: report.lines, source)
    if !report.arrives { throw CommandFailure(.negative, nil) }
  }

  /// - Throws: `usage` where --netns or --snapshot stands for a router that the topology does not have.
  private func checkSource(_ routers: [Topology.Router]) throws(CommandFailure) {
    guard let option = source.netns != nil ? "--netns" : source.snapshot != nil ? "--snapshot" : nil,
      !routers.contains(where: { $0.source == .live })
    else { return }
    // That no kernel is asked is told with the line of the router that is one.
    if source.snapshot != nil, routers.contains(where: \.source.isLive) { return }
    throw .usage("\(option) says which router is the live one, and \(file) has no live one: leave it out")
  }

  /// The flow, whose interfaces are those of the router where it begins.
  private func packet(_ fields: [(name: String, value: String)], at router: Network.Router) throws -> Flow {
    let packet: Flow
    do throws(CommandFailure) {
      packet = try FlowArguments.flow(fields, table: router.table)
    } catch {
      throw CommandFailure(error.status, error.message.map { "\($0) (the flow begins at \(router.name))" })
    }
    if let family = source.family, packet.family != family {
      throw CommandFailure.otherFamily(packet.destination.description, than: family)
    }
    return packet
  }

  /// The states of the routers, compiled.
  private func read(_ routers: [Topology.Router]) throws -> [Network.Router] {
    // Reading another namespace takes the thread there for good, so what is here comes first.
    let here = try routers.first { $0.source == .live }.map { try state(of: $0) }
    return try routers.map { router in
      let state = try router.source == .live ? here ?? state(of: router) : state(of: router)
      let isLive = source.snapshot == nil && router.source.isLive
      let table = ForwardingTable(
        state, key: router.seed.map(HashKey.init(seed:)), bootSeed: RecoveredSeed.seed(for: state, isLive: isLive))
      return Network.Router(name: router.name, state: state, table: table)
    }
  }

  private func state(of router: Topology.Router) throws -> RoutingState {
    do {
      switch router.source {
      case .snapshot(let path): return try StateSource.snapshot(path)
      case .live: return try StateSource(source).completedState()
      case .namespace(let name):
        guard source.snapshot == nil else {
          throw CommandFailure.usage("--snapshot asks no kernel, and this router is a live one")
        }
        var there = source
        there.netns = name
        return try StateSource(there).completedState()
      }
    } catch {
      // The line that names the router, and what there is wrong with it.
      let failure = Ecmpctl.failure(of: error)
      let message = "\(file):\(router.line): router \(router.name): \(failure.message ?? "it can not be read")"
      throw CommandFailure(failure.status, message)
    }
  }
}
