import ArgumentParser
import Files
import KernelRouting
import Netlink
import Planning
import Routing
import Snapshots
import Transactions

/// `ecmpctl resilient apply`.
struct ResilientApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", _superCommandName: "ecmpctl resilient",
    abstract: "Carry a plan out, all of it or nothing.",
    discussion: """
      What is to be converted is given as for plan, or as a plan that plan -o has written. One change after the
      other is asked of the kernel and read back. When one is refused, or Ctrl-C comes, those before it are
      undone. After a kill or a power loss, status tells what is half-done, and apply --resume or rollback end
      it. At the end the moved routes are held against predictions.

      EXAMPLES
        ecmpctl resilient apply 172.16.255.66/32
        ecmpctl resilient apply --all --yes --confirm-within 60
        ecmpctl resilient apply --plan convert.json
        ecmpctl resilient apply --resume
      """)

  @OptionGroup var conversion: ConversionOptions

  @Option(help: ArgumentHelp("The plan to carry out, as plan -o has written it.", valueName: "file"))
  var plan: String?

  @Flag(help: "Go on with the transaction that was interrupted.")
  var resume = false

  @OptionGroup var execution: PlanExecution

  @OptionGroup var pricing: PricingOptions

  @OptionGroup var source: SourceOptions

  @OptionGroup var format: FlowJSONOptions

  @OptionGroup var detail: FlowDetailOptions

  func validate() throws {
    guard [conversion.hasSelection, plan != nil, resume].count(where: \.self) == 1 else {
      throw ValidationError("give one of PREFIX, --group ID, --all, --plan FILE and --resume")
    }
    guard source.snapshot == nil else { throw ValidationError("a snapshot can not be changed; use plan") }
    guard !conversion.follow || execution.confirmWithin == nil else {
      throw ValidationError("--follow needs the guard from the first moment on, which waits for confirmations")
    }
    if let option = planningOption, plan != nil || resume {
      throw ValidationError(
        "\(option) is for a plan that is made now; with \(resume ? "--resume" : "--plan") all of it is given")
    }
    guard !resume || execution.confirmWithin == nil else {
      throw ValidationError("--resume goes on as it was begun; --confirm-within is for a new transaction")
    }
    guard !resume || !execution.dryRun else {
      throw ValidationError("--resume makes changes, and --dry-run none; see resilient status for what is left to do")
    }
    try pricing.check()
  }

  /// An option that has a say only in a plan that is made now; nil where none is given.
  private var planningOption: String? {
    conversion.parameterOption ?? pricing.option
      ?? (source.family.map { $0 == .ipv4 ? "-4" : "-6" })
  }

  func run() throws {
    if resume {
      try StandardStream.output.check()
      StandardStream.outliveReaders()
      var transaction = Transaction(
        try StateSource(source).kernel(), execution.directory, signals: try SignalWatch(),
        report: TransactionPrinter.report(json: format.json))
      try execution.end(try transaction.resume(), format)
      return
    }
    var source = source
    let priced: PricedPlan
    if let path = self.plan {
      let plan = try ConversionPlan(path: path)
      source.netns = try namespace(of: plan, in: path == "-" ? "standard input" : path)
      let state = try StateSource(source).completedState()
      priced = PricedPlan(plan: plan, state: state, namespaceName: source.netns)
    } else {
      let state = try StateSource(source).completedState()
      let request = try conversion.request(source, flows: pricing.many)
      try request.selection.check(family: source.family, in: state)
      let plan = ConversionPlanner.plan(request, in: state)
      priced = try pricing.priced(plan, in: state, source: source, accepted: request.accepted)
    }
    try execution.carryOut(priced, source: source, format)
  }

  /// The network namespace that a plan is for: the one that the plan names, else that of --netns.
  ///
  /// - Parameter file: where the plan is from, for errors.
  /// - Throws: `usage` where both are named and are not the same.
  private func namespace(of plan: ConversionPlan, in file: String) throws -> String? {
    guard let name = plan.namespaceName else { return source.netns }
    // First the one of --netns: /proc/self is another after each move.
    let own = try source.netns.map { try NamespaceIdentity(moving: NetworkNamespace($0)) }
    let there: NamespaceIdentity
    do {
      there = try NamespaceIdentity(moving: NetworkNamespace(name))
    } catch {
      let failure = Ecmpctl.failure(of: error)
      throw CommandFailure(failure.status, "\(file) is for the network namespace \(name): \(failure.message ?? "")")
    }
    guard own == nil || own == there else {
      throw CommandFailure.usage(
        "\(file) is for the network namespace \(name), which --netns \(source.netns ?? "") is not: leave --netns out, "
          + "or plan for it")
    }
    return source.netns ?? name
  }
}

extension NamespaceIdentity {
  /// That of a namespace, into which the calling thread moves.
  fileprivate init(moving namespace: NetworkNamespace) throws {
    _ = try Kernel(namespace: namespace)
    try self.init(ofThread: ())
  }
}
