import ArgumentParser
import KernelRouting
import Measurement
import Routing
import Scratch
import TestSupport

/// Real frames through a router of its own, held against their predictions.
@main
struct Conformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Send random frames through a router in a network namespace and compare where they come out.",
    discussion: """
      Prints a table and a closing line; what was predicted wrong comes before, each with its packet, the explanation \
      and the command that repeats it. Ends with status 0 when every prediction was right and at most 2 % of each kind \
      of traffic were uncertain, else 1; 2 when it could not run. Needs root.
      """)

  @Option(help: "How many frames to send at least.")
  var frames = 20_000

  @Option(help: "What the random numbers start from.")
  var seed: UInt64 = 1

  @Option(help: "How many frames go through one configuration of the router.")
  var batch = 500

  @Option(help: ArgumentHelp("Run this configuration only.", valueName: "number"))
  var only: Int?

  @Flag(help: "Leave the hash key to the kernel, and measure hashes; the way of kernels without a hash seed.")
  var measure = false

  @Option(help: "How many mismatches to print.")
  var mismatches = 10

  func validate() throws {
    guard frames > 0, batch > 1 else { throw ValidationError("--frames and --batch must be positive") }
  }

  func run() throws {
    let scratch = try ScratchNamespace()
    let ledger = try scratch.run { try experiments() }
    let release = try Kernel(visiting: ()).identity().release
    let kernel = release.split(separator: ".").prefix(2).joined(separator: ".")
    print(Ledger.heading())
    for line in ledger.table(kernel: kernel) { print(line) }
    print(ledger.deviceLine(kernel: kernel))
    if let line = ledger.skippedLine(kernel: kernel) { print(line) }
    print(ledger.closing(kernel: kernel))
    for traffic in ledger.doubtful { print("more than 2 % uncertain: \(traffic.rawValue)") }
    if ledger.sum().wrong > 0 || !ledger.doubtful.isEmpty { throw ExitCode(1) }
  }

  private func experiments() throws -> Ledger {
    let lab = try Lab()
    let keyed = lab.abilities.hasSeed && !measure
    let behaviour = BehaviourProbe.completing(KernelBehaviour(version: KernelIdentity.running.version))
    var measurer = keyed ? nil : try HashMeasurer()
    var ledger = Ledger()
    var printed = 0
    let numbers = only.map { $0...$0 } ?? 0...((frames - 1) / batch)
    for number in numbers {
      var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
      let configuration = Configuration(lab: lab, keyed: keyed, using: &random)
      var experiment = Experiment(lab: lab, number: number, random: random)
      do {
        try configuration.apply(to: lab)
        for half in 0..<2 {
          if half == 1 { try configuration.change(lab) }
          var state = try lab.kernel.readState()
          state.behaviour = behaviour
          // What is ignored without carrier was settled before the routes were made.
          let interfaces = Set(state.links.map(\.index))
          state.rebalanced = [.ipv4: interfaces, .ipv6: interfaces]
          let samples = experiment.samples(batch / 2, of: Traffic.allCases, to: configuration.routes)
          try experiment.send(samples)
          // The kernel clears failed entries away when it likes, and the first packet makes a new one: a moving target.
          guard try lab.hasNeighbours(of: state) else {
            ledger.addSkipped(samples.count)
            continue
          }
          try experiment.compare(samples, with: state, measurer: &measurer, ledger: &ledger) { mismatch in
            printed += 1
            guard printed <= mismatches else { return }
            print(mismatch)
            print(
              "  repeat: conformance --seed \(seed) --batch \(batch) --only \(number)\(keyed ? "" : " --measure")\n")
          }
        }
        try configuration.remove(from: lab)
      } catch {
        throw Failure("configuration \(number): \(error)")
      }
    }
    return ledger
  }
}
