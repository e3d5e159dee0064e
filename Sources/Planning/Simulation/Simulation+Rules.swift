import Routing

/// Policy routing rules come and go (`fib_nl_newrule()`, `fib_nl_delrule()`, net/core/fib_rules.c).
extension Simulation {
  mutating func apply(_ request: RuleRequest) throws(ChangeRefusal) {
    if request.mode == .delete {
      guard let index = base.rules.firstIndex(where: { matches(request, $0) }) else { throw .kernel(.noEntry) }
      base.rules.remove(at: index)
      return
    }
    var rule = Rule(family: request.family, priority: request.priority ?? defaultPriority(request.family), action: .nop)
    rule.action = try action(of: request, priority: rule.priority)
    rule.isInverted = request.isInverted
    rule.source = try prefix(request.source)
    rule.destination = try prefix(request.destination)
    rule.inputInterface = request.inputInterface
    rule.outputInterface = request.outputInterface
    rule.mark = request.mark ?? 0
    rule.markMask = request.markMask ?? (request.mark == nil ? 0 : .max)
    rule.tos = request.tos
    rule.ipProtocol = request.ipProtocol
    rule.sourcePorts = request.sourcePorts
    rule.destinationPorts = request.destinationPorts
    rule.userIDs = request.userIDs
    rule.tunnelID = request.tunnelID
    rule.isL3MasterDevice = request.isL3MasterDevice
    rule.suppressPrefixLength = request.suppressPrefixLength
    rule.suppressInterfaceGroup = request.suppressInterfaceGroup
    rule.realms = request.realms
    rule.protocol = request.protocol ?? 0
    // Alternative names count here, and only here.
    rule.isInputDetached = rule.inputInterface.map { name in !base.links.contains { $0.isNamed(name) } } ?? false
    rule.isOutputDetached = rule.outputInterface.map { name in !base.links.contains { $0.isNamed(name) } } ?? false
    guard !base.rules.contains(where: { isSame($0, rule) }) else { throw .kernel(.exists) }
    let end = base.rules.lastIndex { $0.family == rule.family && $0.priority <= rule.priority }
    let start = base.rules.firstIndex { $0.family == rule.family } ?? base.rules.count
    base.rules.insert(rule, at: end.map { $0 + 1 } ?? start)
  }

  /// Detaches the rules that name an interface which is gone, or goes by another name (`detach_rules()`).
  mutating func detachRules(from link: Link) {
    for position in base.rules.indices {
      if base.rules[position].inputInterface.map(link.isNamed) ?? false { base.rules[position].isInputDetached = true }
      if base.rules[position].outputInterface.map(link.isNamed) ?? false {
        base.rules[position].isOutputDetached = true
      }
    }
  }

  /// Attaches the rules that name an interface which has come, by the first of its names alone (`attach_rules()`).
  mutating func attachRules(to name: String) {
    for position in base.rules.indices {
      if base.rules[position].inputInterface == name { base.rules[position].isInputDetached = false }
      if base.rules[position].outputInterface == name { base.rules[position].isOutputDetached = false }
    }
  }

  /// One less than the second rule's (`fib_default_rule_pref()`).
  private func defaultPriority(_ family: AddressFamily) -> UInt32 {
    let second = base.rules.filter { $0.family == family }.dropFirst().first
    return second.map { $0.priority == 0 ? 0 : $0.priority - 1 } ?? 0
  }

  private func prefix(_ given: AddressPrefix?) throws(ChangeRefusal) -> Prefix? {
    given.flatMap { $0.length == 0 ? nil : $0.prefix }
  }

  private func action(of request: RuleRequest, priority: UInt32) throws(ChangeRefusal) -> Rule.Action {
    switch request.action {
    case 1:
      if request.isL3MasterDevice { return .lookup(table: request.table) }
      return .lookup(table: request.table == 0 ? RouteTable.main : request.table)
    case 2:
      let target = request.target ?? 0
      guard target > priority else { throw .kernel(.invalid, "Backward goto not supported") }
      return .goto(priority: target)
    case 3: return .nop
    case 6: return .blackhole
    case 7: return .unreachable
    case 8: return .prohibit
    default: return .other(request.action)
    }
  }

  /// `rule_exists()`.
  private func isSame(_ left: Rule, _ right: Rule) -> Bool {
    var left = left
    left.flags = right.flags
    left.realms = right.realms
    return left == right
  }

  /// `rule_find()`: what a deletion names has to be the rule's, but for `not`, which the kernel does not look at.
  private func matches(_ request: RuleRequest, _ rule: Rule) -> Bool {
    rule.family == request.family && matchesAction(request, rule)
      && (request.priority == nil || rule.priority == request.priority)
      && (request.inputInterface == nil || rule.inputInterface == request.inputInterface)
      && (request.outputInterface == nil || rule.outputInterface == request.outputInterface)
      && ((request.mark ?? 0) == 0 || rule.mark == request.mark)
      && (request.markMask ?? (request.mark == nil ? 0 : .max) == 0
        || rule.markMask == request.markMask ?? .max)
      && (request.tos == 0 || rule.tos == request.tos)
      && matchesSelectors(request, rule)
      && (request.source.map { $0.length == 0 || rule.source == $0.prefix } ?? true)
      && (request.destination.map { $0.length == 0 || rule.destination == $0.prefix } ?? true)
  }

  private func matchesAction(_ request: RuleRequest, _ rule: Rule) -> Bool {
    let isAction: Bool =
      switch (request.action, rule.action) {
      case (0, _), (1, .lookup), (2, .goto), (3, .nop), (6, .blackhole), (7, .unreachable), (8, .prohibit): true
      default: false
      }
    guard isAction else { return false }
    if case .lookup(let table) = rule.action { return request.table == 0 || request.table == table }
    return request.table == 0
  }

  private func matchesSelectors(_ request: RuleRequest, _ rule: Rule) -> Bool {
    (request.protocol == nil || rule.protocol == request.protocol)
      && (request.tunnelID == nil || rule.tunnelID == request.tunnelID)
      && (!request.isL3MasterDevice || rule.isL3MasterDevice)
      && (request.userIDs == nil || rule.userIDs == request.userIDs)
      && (request.ipProtocol == nil || rule.ipProtocol == request.ipProtocol)
      && (request.sourcePorts == nil || rule.sourcePorts == request.sourcePorts)
      && (request.destinationPorts == nil || rule.destinationPorts == request.destinationPorts)
      && (request.suppressPrefixLength == nil || rule.suppressPrefixLength == request.suppressPrefixLength)
      && (request.suppressInterfaceGroup == nil || rule.suppressInterfaceGroup == request.suppressInterfaceGroup)
  }

  // MARK: Flushing

  mutating func flush(_ selector: RuleSelector) throws(ChangeRefusal) {
    base.rules = base.rules.filter { !selects(selector, $0) }
  }

  private func selects(_ selector: RuleSelector, _ rule: Rule) -> Bool {
    guard rule.family == selector.family, rule.priority != 0 else { return false }
    let table: UInt32 = if case .lookup(let table) = rule.action { table } else { 0 }
    return (selector.priority == nil || rule.priority == selector.priority)
      && (!selector.onlyInverted || rule.isInverted) && (selector.tos == nil || rule.tos == selector.tos)
      && (selector.mark == 0 || rule.mark == selector.mark)
      && (selector.markMask == 0 || rule.markMask == selector.markMask)
      && (selector.inputInterface == nil || rule.inputInterface == selector.inputInterface)
      && (selector.outputInterface == nil || rule.outputInterface == selector.outputInterface)
      && (!selector.onlyL3MasterDevice || rule.isL3MasterDevice)
      && (selector.userIDs == nil || rule.userIDs == selector.userIDs)
      && (selector.tunnelID == 0 || rule.tunnelID == selector.tunnelID)
      && (selector.table == 0 || table == selector.table)
      && lies(rule.source, in: selector.source) && lies(rule.destination, in: selector.destination)
      && (selector.protocol == nil || rule.protocol == selector.protocol)
      && (selector.ipProtocol == 0 || rule.ipProtocol == selector.ipProtocol)
      && selects(selector.sourcePorts, rule.sourcePorts)
      && selects(selector.destinationPorts, rule.destinationPorts)
  }

  private func lies(_ prefix: Prefix?, in wide: AddressPrefix?) -> Bool {
    guard let wide else { return true }
    return wide.prefix.contains(prefix ?? .everything(wide.address.family))
  }

  private func selects(_ wanted: Rule.Range?, _ own: Rule.Range?) -> Bool {
    guard let wanted, wanted.first != 0 else { return true }
    return own == wanted
  }
}
