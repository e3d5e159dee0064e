import Routing

/// The words of a command that ask for an encapsulation, which are not those that `ip` shows it by.
enum EncapsulationText {
  /// nil for what commands can not ask for, or not in this way.
  static func words(_ encapsulation: Encapsulation, isLittleEndian: Bool) -> [String]? {
    let attributes = EncapsulationAttributes(encapsulation.attributes, isLittleEndian: isLittleEndian)
    switch encapsulation.type {
    case 1: return mpls(attributes).map { ["encap", "mpls"] + $0 }
    case 2: return tunnel(attributes, .ipv4).map { ["encap", "ip"] + $0 }
    case 4: return tunnel(attributes, .ipv6).map { ["encap", "ip6"] + $0 }
    case 5: return segments(attributes).map { ["encap", "seg6"] + $0 }
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
    guard let header = attributes[1], let mode = header.integer(Int32.self), let last = header.byte(at: 8),
      let flags = header.byte(at: 9)
    else { return nil }
    let names = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"]
    guard names.indices.contains(Int(mode)), flags == 0 else { return nil }
    var segments: [String] = []
    for index in (0...Int(last)).reversed() {
      guard let segment = header.address(.ipv6, at: 12 + 16 * index) else { return nil }
      segments.append("\(segment)")
    }
    // The last one of an inline header is the place of the packet's own destination.
    if mode == 0 { segments.removeLast() }
    guard !segments.isEmpty else { return nil }
    return ["mode", names[Int(mode)], "segs", segments.joined(separator: ",")]
  }
}
