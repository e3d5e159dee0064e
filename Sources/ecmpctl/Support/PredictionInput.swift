import ArgumentParser
import Captures
import Files
import FlowSources
import Forwarding
import KernelRouting
import MultipathHash
import Planning
import Routing

/// What `--flows` reads.
enum InputFormat: String, WordArgument {
  case csv, ndjson, pcap
}

/// A stream of flows or of frames, which is read once: a file's, the kernel's, or a generator's.
struct PredictionInput: ~Copyable {
  // One of these is there.
  private var flows: FlowReader?
  private var capture: CaptureReader?
  private var connections: ConnectionFlows?
  private var sockets: SocketFlows?
  private var generated: GeneratedFlows?
  private var arrival = Flow(source: .unspecified(.ipv4), destination: .unspecified(.ipv4))
  private var keepsGoing = false
  /// The one family that is read of a file; nil for both.
  private var family: AddressFamily?
  /// Resolves the interfaces of lines.
  private var table: ForwardingTable?
  /// Lines that flows of the family are still to be taken of.
  private var lines: FlowLines?
  /// What comes behind the flows that were taken.
  private var failure: CommandFailure?
  /// Lines and frames that could not be read.
  private(set) var bad = 0

  /// The fields that may be given along with a file: how frames arrive, and flows that do not tell it.
  static let arrivalFields: Set<String> = ["iif", "mark", "l4hash"]

  private init(_ flows: consuming FlowReader, family: AddressFamily?, table: ForwardingTable, keepsGoing: Bool) {
    self.flows = consume flows
    self.family = family
    self.table = table
    self.keepsGoing = keepsGoing
  }

  private init(_ capture: consuming CaptureReader, family: AddressFamily?, arrival: Flow, keepsGoing: Bool) {
    self.capture = consume capture
    self.family = family
    self.arrival = arrival
    self.keepsGoing = keepsGoing
  }

  init(_ connections: consuming ConnectionFlows) { self.connections = consume connections }

  init(_ sockets: consuming SocketFlows) { self.sockets = consume sockets }

  init(_ generated: GeneratedFlows) { self.generated = generated }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - format: nil looks at the first bytes.
  ///   - family: the one whose flows are taken; the others are passed over, as if they were not there.
  ///   - fields: given on the command line; for a capture some may be.
  static func open(
    _ path: String, format: InputFormat?, family: AddressFamily?, fields: [(name: String, value: String)],
    keepGoing: Bool, table: ForwardingTable
  ) throws(CommandFailure) -> PredictionInput {
    let (file, begin) = try beginning(path)
    if format == .pcap || (format == nil && CaptureReader.isCapture(begin)) {
      let arrival = try arrival(fields, table: table)
      return PredictionInput(try capture(file), family: family, arrival: arrival, keepsGoing: keepGoing)
    }
    guard fields.allSatisfy({ arrivalFields.contains($0.name) }) else {
      throw .usage("--flows and a flow on the command line exclude each other; -i, --mark and --l4hash may be added")
    }
    let said = try FlowArguments.flow([("dst", "0.0.0.0")] + fields, table: table)
    let defaults = FlowDefaults(
      inputInterface: said.inputInterface, mark: said.mark, layer4Hash: said.layer4Hash)
    let flows = FlowReader(
      file, format: format == .csv ? .csv : format == .ndjson ? .ndjson : nil, defaults: defaults
    ) { table.interfaceIndex($0) }
    return PredictionInput(flows, family: family, table: table, keepsGoing: keepGoing)
  }

  /// A file, with its first four bytes, which are still to be read.
  private static func beginning(_ path: String) throws(CommandFailure) -> (InputFile, begin: [UInt8]) {
    let file: InputFile
    let begin: [UInt8]
    do throws(FileError) {
      file = try InputFile(path: path, chunkSize: 1 << 18)
      begin = try file.peek(4)
    } catch {
      throw .usage(error.description)
    }
    if let program = compression(begin) {
      let name = path == "-" ? "standard input" : path
      throw .usage("\(name) is compressed: \(program) -dc FILE | ecmpctl … --flows -")
    }
    return (file, begin)
  }

  /// The program that unpacks a file, by its first bytes; nil for one that is not compressed.
  private static func compression(_ begin: [UInt8]) -> String? {
    let magic: [(bytes: [UInt8], program: String)] = [
      ([0x1f, 0x8b], "gzip"), ([0x28, 0xb5, 0x2f, 0xfd], "zstd"), ([0xfd, 0x37, 0x7a, 0x58], "xz"),
      (Array("BZh".utf8), "bzip2"),
    ]
    return magic.first { begin.starts(with: $0.bytes) }?.program
  }

  /// Whether bad lines are reported and passed over by who reads the portions, one behind the other.
  var passesOver: Bool { keepsGoing && family == nil }

  /// Some of what follows, for others to read; nil at the end.
  ///
  /// - Throws: what stands in the way of anything that follows.
  mutating func takePortion() throws(CommandFailure) -> PredictionPortion? {
    if let failure {
      self.failure = nil
      throw failure
    }
    if flows != nil, let family { return try takeFlows(of: family) }
    if flows != nil { return try takeLines() }
    if capture != nil { return try takeFrames() }
    if generated != nil { return generated?.take(PredictionPortion.generated).map { .generated($0) } }
    var columns = FlowColumns(capacity: PredictionPortion.flows)
    while !columns.isFull, let flow = try nextFlow() { columns.append(flow) }
    return columns.count == 0 ? nil : .flows(columns)
  }

  private mutating func takeLines() throws(CommandFailure) -> PredictionPortion? {
    do throws(FlowInputError) {
      if let lines = try flows?.takeLines(PredictionPortion.bytes) { return .lines(lines) }
    } catch {
      throw .usage(error.description)
    }
    return try nextLine()?.flow.map { flow in
      var columns = FlowColumns(capacity: 1)
      columns.append(flow)
      return .flows(columns)
    }
  }

  /// Flows of one family, read here, so that they are numbered without the others; none where others come first.
  private mutating func takeFlows(of family: AddressFamily) throws(CommandFailure) -> PredictionPortion? {
    if lines == nil {
      switch try takeLines() {
      case .lines(let lines): self.lines = lines
      case .flows(let flows): return .flows(flows.only(family))
      case nil, .frames, .generated: return nil
      }
    }
    var flows = FlowColumns(capacity: PredictionPortion.flows)
    do throws(FlowInputError) {
      try lines?.read(into: &flows) { [table] name in table?.interfaceIndex(name) }
      if flows.count == 0 { lines = nil }
    } catch {
      do throws(CommandFailure) { try passOver(.usage(error.description)) } catch { failure = error }
    }
    return .flows(flows.only(family))
  }

  private mutating func takeFrames() throws(CommandFailure) -> PredictionPortion? {
    do throws(CaptureError) {
      guard let block = try capture?.takeFrames(PredictionPortion.frames) else { return nil }
      return .frames(family.map { block.only($0) } ?? block, arrival: arrival)
    } catch {
      try passOver(.usage(error.description))
      return nil
    }
  }

  /// Whether something follows, or the end, that can be had without waiting; waits for it so many milliseconds.
  mutating func isReady(within milliseconds: Int32) -> Bool {
    lines != nil || failure != nil || flows?.isReady(within: milliseconds) ?? true
  }

  /// How many bytes of the file were read so far and how many there are, or so of random flows; nil where nobody knows.
  mutating func progress() -> (done: UInt64, total: UInt64)? {
    flows?.progress() ?? capture?.progress() ?? generated?.progress
  }

  /// Reports and counts what can not be read, or gives it back.
  mutating func passOver(_ failure: CommandFailure) throws(CommandFailure) {
    guard keepsGoing else { throw failure }
    complain(failure.message ?? "")
    bad += 1
  }

  /// The next one that can be read; a bad one ends the command, or is reported and counted.
  mutating func next() throws(CommandFailure) -> PredictionSubject? {
    while let subject = try nextOfAny() {
      if family == nil || subject.family == family { return subject }
    }
    return nil
  }

  private mutating func nextOfAny() throws(CommandFailure) -> PredictionSubject? {
    if capture != nil { return try nextFrame() }
    if flows != nil { return try nextLine() }
    return try nextFlow().map { PredictionSubject($0) }
  }

  /// The next flow of the kernel, or of a generator.
  private mutating func nextFlow() throws(CommandFailure) -> Flow? {
    if generated != nil { return generated?.next() }
    do throws(KernelError) {
      if let flow = try connections?.next() { return flow }
      return try sockets?.next()
    } catch {
      throw CommandFailure(error)
    }
  }

  private mutating func nextLine() throws(CommandFailure) -> PredictionSubject? {
    while true {
      do throws(FlowInputError) {
        return try flows?.next().map { PredictionSubject($0) }
      } catch {
        guard error.isRecoverable else { throw .usage(error.description) }
        try passOver(.usage(error.description))
      }
    }
  }

  /// What follows a place where a capture is damaged can not be found any more.
  private mutating func nextFrame() throws(CommandFailure) -> PredictionSubject? {
    do throws(CaptureError) {
      return try capture?.next().map { PredictionSubject($0, arrival: arrival) }
    } catch {
      try passOver(.usage(error.description))
      return nil
    }
  }

  /// How frames arrive, as a flow of which only that counts.
  static func arrival(
    _ fields: [(name: String, value: String)], table: ForwardingTable
  ) throws(CommandFailure) -> Flow {
    for field in fields where !arrivalFields.contains(field.name) {
      throw .usage("\(field.name) is in the packet itself; only -i, --mark and --l4hash go along with packets")
    }
    return try FlowArguments.flow([("dst", "0.0.0.0")] + fields, table: table)
  }

  /// How long the flows of a capture pause between two of their packets; nil for a file of another kind, and for one that
  /// can be read only once.
  static func pauses(of path: String, format: InputFormat?) throws(CommandFailure) -> FlowPauses? {
    guard path != "-" else { return nil }
    let (file, begin) = try beginning(path)
    guard format == .pcap || (format == nil && CaptureReader.isCapture(begin)) else { return nil }
    var meter = PauseMeter()
    var reader = try capture(file)
    // What is wrong with the capture is told where its flows are priced.
    while let frame = try? reader.next() {
      if let packet = try? frame.dissect() { meter.add(packet.flow(inputInterface: 0), time: frame.time) }
    }
    return meter.pauses
  }

  private static func capture(_ file: InputFile) throws(CommandFailure) -> CaptureReader {
    do throws(CaptureError) {
      return try CaptureReader(file)
    } catch {
      throw .usage(error.description)
    }
  }
}
