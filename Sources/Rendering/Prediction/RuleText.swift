import Routing

extension PredictionFormatter {
  /// What a rule selects by and what it does, in the words of `ip rule`: "from 10.9.0.0/16 lookup 100".
  func words(of rule: Rule) -> String {
    var words = rule.isInverted ? ["not"] : []
    words += ["from", rule.source.map(text) ?? "all"]
    if let destination = rule.destination { words += ["to", text(destination)] }
    if rule.tos != 0 { words += ["tos", hexadecimal(rule.tos)] }
    if let dscp = rule.dscp { words += ["dscp", masked("\(dscp)", rule.dscpMask, whole: 0x3f)] }
    if rule.mark != 0 || rule.markMask != 0 {
      words += ["fwmark", masked(hexadecimal(rule.mark), rule.markMask, whole: .max)]
    }
    if let name = rule.inputInterface { words += ["iif", name] }
    if let name = rule.outputInterface { words += ["oif", name] }
    if rule.isL3MasterDevice { words.append("l3mdev") }
    if let users = rule.userIDs { words += ["uidrange", "\(users.first)-\(users.last)"] }
    if let number = rule.ipProtocol { words += ["ipproto", "\(number)"] }
    if let ports = rule.sourcePorts { words += ["sport", masked(text(ports), rule.sourcePortMask, whole: .max)] }
    if let ports = rule.destinationPorts {
      words += ["dport", masked(text(ports), rule.destinationPortMask, whole: .max)]
    }
    if let id = rule.tunnelID { words += ["tun_id", "\(id)"] }
    if let label = rule.flowLabel {
      words += ["flowlabel", masked(hexadecimal(label), rule.flowLabelMask, whole: 0xfffff)]
    }
    return (words + actionWords(of: rule)).joined(separator: " ")
  }

  private func actionWords(of rule: Rule) -> [String] {
    var words: [String]
    switch rule.action {
    case .lookup where rule.isL3MasterDevice: words = ["lookup", "[l3mdev-table]"]
    case .lookup(let table): words = ["lookup", names.tableName(table)]
    case .goto(let priority): words = ["goto", "\(priority)"]
    case .nop: words = ["nop"]
    case .blackhole: words = ["blackhole"]
    case .unreachable: words = ["unreachable"]
    case .prohibit: words = ["prohibit"]
    case .other(let number): words = ["action", "\(number)"]
    }
    if let length = rule.suppressPrefixLength { words += ["suppress_prefixlength", "\(length)"] }
    if let group = rule.suppressInterfaceGroup { words += ["suppress_ifgroup", "\(group)"] }
    return words
  }

  private func text(_ prefix: Prefix) -> String { prefix.isHost ? "\(prefix.address)" : "\(prefix)" }

  private func text(_ range: Rule.Range) -> String {
    range.first == range.last ? "\(range.first)" : "\(range.first)-\(range.last)"
  }

  private func hexadecimal(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }

  /// A value with its mask, where that is not the whole of it.
  private func masked<Mask: FixedWidthInteger>(_ value: String, _ mask: Mask?, whole: Mask) -> String {
    guard let mask, mask != whole else { return value }
    return value + "/" + hexadecimal(mask)
  }
}
