import Routing

/// The words of a command that ask for an encapsulation, which are not those that `ip` shows it by.
enum EncapsulationText {
  /// nil for what commands can not ask for, or not in this way.
  ///
  /// - Parameter interface: the name of an interface by its index.
  static func words(
    _ encapsulation: Encapsulation, isLittleEndian: Bool, interface: (UInt32) -> String
  ) -> [String]? {
    let attributes = EncapsulationAttributes(encapsulation.attributes, isLittleEndian: isLittleEndian)
    switch encapsulation.type {
    case 1: return mpls(attributes).map { ["encap", "mpls"] + $0 }
    case 2: return tunnel(attributes, .ipv4).map { ["encap", "ip"] + $0 }
    case 4: return tunnel(attributes, .ipv6).map { ["encap", "ip6"] + $0 }
    case 5: return segments(attributes).map { ["encap", "seg6"] + $0 }
    case 7: return localSegment(attributes, interface).map { ["encap", "seg6local"] + $0 }
    default: return nil
    }
  }

  private static func mpls(_ attributes: EncapsulationAttributes) -> [String]? {
    guard let payload = attributes[1] else { return nil }
    var labels: [String] = []
    while let entry = payload.networkInteger(UInt32.self, at: 4 * labels.count) {
      labels.append("\(entry >> 12)")
      if entry & 0x100 != 0 { break }
    }
    guard !labels.isEmpty, labels.count * 4 == payload.count else { return nil }
    let ttl = attributes[2]?.byte().map { ["ttl", "\($0)"] } ?? []
    return [labels.joined(separator: "/")] + ttl
  }

  private static func tunnel(_ attributes: EncapsulationAttributes, _ family: AddressFamily) -> [String]? {
    // Options of VXLAN and the like are more than a command needs to say, and some kernels do not survive them.
    if let options = attributes[8], options.count > 0 { return nil }
    var words: [String] = []
    if let id = attributes[1]?.networkInteger(UInt64.self) { words += ["id", "\(id)"] }
    if let destination = attributes[2]?.address(family) { words += ["dst", "\(destination)"] }
    if let source = attributes[3]?.address(family) { words += ["src", "\(source)"] }
    let (hops, service) = family == .ipv4 ? ("ttl", "tos") : ("hoplimit", "tc")
    if let value = attributes[4]?.byte() { words += [hops, "\(value)"] }
    if let value = attributes[5]?.byte() { words += [service, "0x" + String(value, radix: 16)] }
    if let flags = attributes[6]?.networkInteger(UInt16.self) {
      guard flags & ~0xd == 0 else { return nil }
      words += flags & 1 != 0 ? ["csum"] : []
      words += flags & 4 != 0 ? ["key"] : []
      words += flags & 8 != 0 ? ["seq"] : []
    }
    return words.isEmpty ? nil : words
  }

  private static func segments(_ attributes: EncapsulationAttributes) -> [String]? {
    // A C int, then the segment routing header: next header, length, type, segments left, last entry, flags, tag.
    guard let header = attributes[1], let mode = header.integer(Int32.self) else { return nil }
    let names = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"]
    guard names.indices.contains(Int(mode)), let list = list(header, at: 4, isInline: mode == 0) else { return nil }
    return ["mode", names[Int(mode)], "segs", list]
  }

  /// The segments of a header in the order of travel; nil where it has anything else.
  private static func list(_ header: EncapsulationAttributes.Payload, at start: Int, isInline: Bool) -> String? {
    guard let last = header.byte(at: start + 4), header.byte(at: start + 5) == 0 else { return nil }
    var segments: [String] = []
    for index in (0...Int(last)).reversed() {
      guard let segment = header.address(.ipv6, at: start + 8 + 16 * index) else { return nil }
      segments.append("\(segment)")
    }
    // The last one of an inline header is the place of the packet's own destination.
    if isInline { segments.removeLast() }
    return segments.isEmpty ? nil : segments.joined(separator: ",")
  }

  private static func localSegment(
    _ attributes: EncapsulationAttributes, _ interface: (UInt32) -> String
  ) -> [String]? {
    let names = IPRoute2Printer.localSegmentActions
    // A program of BPF has a name and no number that would find it.
    guard let action = attributes[1]?.integer(UInt32.self).map(Int.init), action > 0, names.indices.contains(action),
      attributes[8] == nil
    else { return nil }
    var words = ["action", names[action]]
    if let header = attributes[2] {
      // Only End.B6.Encaps keeps the list as it is.
      guard let list = list(header, at: 0, isInline: action != 10) else { return nil }
      words += ["srh", "segs", list]
    }
    if let table = attributes[3]?.integer(UInt32.self) { words += ["table", "\(table)"] }
    if let table = attributes[9]?.integer(UInt32.self) { words += ["vrftable", "\(table)"] }
    if let address = attributes[4]?.address(.ipv4) { words += ["nh4", "\(address)"] }
    if let address = attributes[5]?.address(.ipv6) { words += ["nh6", "\(address)"] }
    if let index = attributes[6]?.integer(UInt32.self) { words += ["iif", interface(index)] }
    if let index = attributes[7]?.integer(UInt32.self) { words += ["oif", interface(index)] }
    if attributes[10] != nil { words.append("count") }
    if let flavors = attributes[11]?.nested {
      guard let list = self.flavors(flavors) else { return nil }
      words += list
    }
    return words
  }

  private static func flavors(_ attributes: EncapsulationAttributes) -> [String]? {
    guard let operations = attributes[1]?.integer(UInt32.self), operations & ~0x1e == 0, operations != 0 else {
      return nil
    }
    let names = ["psp", "usp", "usd", "next-csid"].enumerated().filter {
      operations >> UInt32($0.offset + 1) & 1 != 0
    }
    let lengths = [(2, "lblen"), (3, "nflen")] as [(UInt16, String)]
    return ["flavors", names.map(\.element).joined(separator: ",")]
      + lengths.flatMap { type, word in attributes[type]?.byte().map { [word, "\($0)"] } ?? [] }
  }
}
