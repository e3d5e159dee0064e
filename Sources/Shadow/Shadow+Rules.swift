internal import KernelRouting
internal import Routing
internal import Scratch

extension Shadow {
  /// Puts the rules of the state in place of those of a new namespace.
  mutating func makeRules() throws(KernelError) {
    let found = try inside.kernel.rules()
    guard found.map(\.comparable) != wanted.rules.map(\.comparable) else { return }
    // Behind equals of a priority comes what is added last, so all are added anew.
    try perform(found.map { ($0.place, .delete(.rule($0))) } + wanted.rules.map { ($0.place, .append(.rule($0))) })
  }

  /// Fills the neighbour tables.
  ///
  /// The other ends never answer, so nothing may be asked: what is on trial is taken for stale, which it stays until it
  /// is used.
  mutating func makeNeighbours() throws(KernelError) {
    var requests: [(place: ShadowDifference.Place, request: KernelRequest)] = []
    let loopbacks = wanted.loopbacks
    for var neighbour in wanted.neighbours where neighbour.decides(loopbacks) {
      if neighbour.state == .delay || neighbour.state == .probe { neighbour.state = .stale }
      let object: RoutingObject = neighbour.state == .permanent ? .neighbour(neighbour) : .learnedNeighbour(neighbour)
      requests.append((neighbour.place, .replace(object)))
    }
    try perform(requests)
  }
}

extension Rule {
  /// Without the flags that say what the kernel found out about it.
  var comparable: Rule {
    var rule = self
    rule.flags = 0
    return rule
  }

  var place: ShadowDifference.Place { ShadowDifference.Place(.rule, "\(family.rawValue) priority \(priority)") }
}

extension Neighbour {
  /// Whether it can decide anything: the kernel makes entries for multicast and for its own addresses by itself.
  ///
  /// - Parameter loopbacks: the indices of loopback interfaces.
  func decides(_ loopbacks: Set<UInt32>) -> Bool { !address.isMulticast && !loopbacks.contains(interface) }

  /// The state as far as it decides: what is on trial is as good as stale.
  var decidingState: State { state == .delay || state == .probe ? .stale : state }

  var place: ShadowDifference.Place { ShadowDifference.Place(.neighbour, "\(address) of interface \(interface)") }
}

extension RoutingState {
  /// The indices of the loopback interfaces.
  var loopbacks: Set<UInt32> { Set(links.filter(\.isLoopback).map(\.index)) }
}
