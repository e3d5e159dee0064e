import ArgumentParser
import KernelRouting
import Planning
import Rendering
import Routing

extension ConversionHazard.Code: WordArgument {}

/// Which hazards do not refuse a plan.
struct HazardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Carry on in spite of a hazard that refuses the plan, by its code.", valueName: "code"))
  var accept: [ConversionHazard.Code] = []

  var accepted: Set<ConversionHazard.Code> { Set(accept) }
}

/// Which routes are to be converted, and how.
struct ConversionOptions: ParsableArguments {
  @Argument(help: "The routes to exactly this prefix, in every table and of every metric.")
  var prefix: String?

  @Option(help: ArgumentHelp("The routes over this group.", valueName: "id"))
  var group: UInt32?

  @Flag(help: "Every route with several nexthops.")
  var all = false

  @Option(help: ArgumentHelp("Buckets of a new group, 1 to 65535 (default: advised by the weights).", valueName: "n"))
  var buckets: UInt16?

  @Option(
    help: ArgumentHelp(
      "Seconds after which a bucket without packets is idle (default: advised).", valueName: "seconds"))
  var idleTimer: Double?

  @Option(
    help: ArgumentHelp(
      "Seconds after which busy buckets are forced to move; 0 for never (default: advised).", valueName: "seconds"))
  var unbalancedTimer: Double?

  @Flag(help: "Turn legs into a hash-threshold group first, and that into a resilient one.")
  var twoSteps = false

  @Flag(
    help: ArgumentHelp(
      "Leave the routes of a daemon (zebra, BIRD) to it, and put one of ours in front of each, over a resilient group "
        + "that resilient guard keeps equal to it."))
  var follow = false

  @Flag(help: "Keep groups that nothing uses any more.")
  var keepOld = false

  @OptionGroup var hazards: HazardOptions

  func validate() throws {
    guard [prefix != nil, group != nil, all].count(where: \.self) <= 1 else {
      throw ValidationError("give one of PREFIX, --group ID and --all")
    }
    if follow, prefix == nil { throw ValidationError("--follow takes a PREFIX") }
    if follow, twoSteps { throw ValidationError("--follow makes a resilient group at once; leave --two-steps out") }
    if buckets == 0 { throw ValidationError("--buckets takes 1 to 65535") }
    try Self.check(idleTimer: idleTimer, unbalancedTimer: unbalancedTimer)
    if let code = hazards.accept.first(where: { !$0.canBeAccepted }) {
      throw ValidationError("\(code.rawValue) can not be accepted: the kernel would not take it")
    }
  }

  /// Whether routes were named at all.
  var hasSelection: Bool { prefix != nil || group != nil || all }

  /// The name of one that says how routes are converted; nil where none is given.
  var conversionOption: String? {
    let given = [
      ("--buckets", buckets != nil), ("--idle-timer", idleTimer != nil),
      ("--unbalanced-timer", unbalancedTimer != nil), ("--two-steps", twoSteps), ("--follow", follow),
    ]
    return given.first { $0.1 }?.0
  }

  /// The name of one that has a say in a plan; nil where none is given.
  var parameterOption: String? {
    conversionOption ?? (keepOld ? "--keep-old" : hazards.accept.isEmpty ? nil : "--accept")
  }

  /// The request, with what the machine tells beside its routing state.
  func request(_ source: SourceOptions, flows: FlowSourceOptions) throws -> ConversionRequest {
    let selection = try ConversionRequest.Selection(prefix: prefix, group: group)
    var request = ConversionRequest(selection)
    request.family = source.family
    request.parameters.buckets = buckets
    request.parameters.idleTimer = Self.ticks(idleTimer)
    request.parameters.unbalancedTimer = Self.ticks(unbalancedTimer)
    request.isInTwoSteps = twoSteps
    request.follows = follow
    request.keepsOldGroups = keepOld
    request.accepted = hazards.accepted
    if source.snapshot == nil { request.managers = RouteManager.running(asksVersions: prefix != nil || group != nil) }
    if let file = flows.flows {
      request.pauses = try PredictionInput.pauses(of: file, format: flows.input)
    } else if flows.conntrack {
      request.pauses = FlowPauses(try Kernel.connectionPauses(family: source.family).map { UInt64($0) * 100 })
    }
    return request
  }

  static func check(idleTimer: Double?, unbalancedTimer: Double?) throws {
    for (name, seconds) in [("--idle-timer", idleTimer), ("--unbalanced-timer", unbalancedTimer)] {
      // The kernel keeps timers in 32 bits of jiffies, of which a second has up to 1000, and cuts off what is above.
      if let seconds, !(seconds >= 0 && seconds <= 4_294_967) {
        throw ValidationError("\(name) takes seconds, 0 to 4294967")
      }
    }
  }

  /// Seconds as USER_HZ ticks; the largest number that `check` lets pass fits.
  static func ticks(_ seconds: Double?) -> UInt32? { seconds.map { UInt32(($0 * 100).rounded()) } }
}

extension ConversionRequest.Selection {
  /// Of the command line; neither of them means everything.
  init(prefix: String?, group: UInt32?) throws(CommandFailure) {
    if let prefix {
      self = .prefix(try Prefix(argument: prefix))
    } else if let group {
      self = .group(group)
    } else {
      self = .everything
    }
  }

  /// - Parameter family: that of -4 or -6, if one is given.
  /// - Throws: `usage` where what is selected has nothing to do with the family.
  func check(family: AddressFamily?, in state: RoutingState) throws(CommandFailure) {
    guard let family else { return }
    switch self {
    case .prefix(let prefix):
      guard prefix.family == family else { throw .otherFamily(prefix.description, than: family) }
    case .group(let id):
      // IPv4 routes may have gateways of IPv6.
      let index = StateIndex(state)
      guard let group = index.group(id), !index.concerns(group, family),
        !state.routes.contains(where: { $0.family == family && $0.nexthopID == id })
      else { return }
      throw .otherFamily("group \(id)", than: family)
    case .everything: return
    }
  }
}
