import Routing

/// `LWTUNNEL_ENCAP_*` (linux/lwtunnel.h).
private enum TunnelType {
  static let mpls: UInt16 = 1
  static let ip: UInt16 = 2
  static let ila: UInt16 = 3
  static let ip6: UInt16 = 4
  static let seg6: UInt16 = 5
  static let bpf: UInt16 = 6
  static let seg6local: UInt16 = 7
  static let rpl: UInt16 = 8
  static let ioam6: UInt16 = 9
  static let xfrm: UInt16 = 10

  /// By type.
  static let names = ["unknown", "mpls", "ip", "ila", "ip6", "seg6", "bpf", "seg6local", "rpl", "ioam6", "xfrm"]
}

extension IPRoute2Printer {
  /// Its words, for a line of the program's own.
  func words(of encapsulation: Encapsulation) -> String {
    var printer = self
    printer.fields(of: encapsulation)
    return String(decoding: printer.output, as: UTF8.self).split(separator: " ").joined(separator: " ")
  }

  /// Prints a lightweight tunnel; a type that iproute2 6.1 does not know is `unknown`, without its attributes.
  mutating func fields(of encapsulation: Encapsulation) {
    let type = encapsulation.type
    let name = Int(type) < TunnelType.names.count ? TunnelType.names[Int(type)] : "unknown"
    writer.string("encap", " encap ", name)
    let attributes = EncapsulationAttributes(encapsulation.attributes, isLittleEndian: isLittleEndian)
    switch type {
    case TunnelType.mpls: mpls(attributes)
    case TunnelType.ip: ipTunnel(attributes, .ipv4)
    case TunnelType.ila: ila(attributes)
    case TunnelType.ip6: ipTunnel(attributes, .ipv6)
    case TunnelType.seg6: seg6(attributes)
    case TunnelType.bpf: bpf(attributes)
    case TunnelType.seg6local: seg6Local(attributes)
    case TunnelType.rpl: rpl(attributes)
    case TunnelType.ioam6: ioam6(attributes)
    case TunnelType.xfrm: xfrm(attributes)
    default: break
    }
  }

  // MARK: MPLS

  private mutating func mpls(_ attributes: EncapsulationAttributes) {
    if let labels = attributes[1] { writer.string("dst", " ", labelStack(labels)) }
    if let ttl = attributes[2]?.byte() { writer.number("ttl", "ttl ", ttl) }
  }

  /// Label/label/label up to the bottom of the stack.
  private func labelStack(_ payload: EncapsulationAttributes.Payload) -> String {
    var labels: [String] = []
    while let entry = payload.networkInteger(UInt32.self, at: 4 * labels.count) {
      labels.append(String(entry >> 12))
      if entry & 0x100 != 0 { break }
    }
    return labels.joined(separator: "/")
  }

  // MARK: IP in IP

  /// LWTUNNEL_IP_* and LWTUNNEL_IP6_*, which have the same numbers.
  private mutating func ipTunnel(_ attributes: EncapsulationAttributes, _ family: AddressFamily) {
    if let id = attributes[1]?.networkInteger(UInt64.self) { writer.number("id", "id ", id) }
    if let source = attributes[3]?.address(family) { writer.address("src", "src ", source, .words) }
    if let destination = attributes[2]?.address(family) { writer.address("dst", "dst ", destination, .words) }
    let (hops, service) = family == .ipv4 ? ("ttl", "tos") : ("hoplimit", "tc")
    if let value = attributes[4]?.byte() { writer.number(hops, hops + " ", value) }
    if let value = attributes[5]?.byte() { writer.number(service, service + " ", value) }
    if let flags = attributes[6]?.networkInteger(UInt16.self) {
      if flags & 0x4 != 0 { writer.bool("key", "key ", true) }
      if flags & 0x1 != 0 { writer.bool("csum", "csum ", true) }
      if flags & 0x8 != 0 { writer.bool("seq", "seq ", true) }
    }
    if let options = attributes[8] { tunnelOptions(options.nested) }
  }

  private mutating func tunnelOptions(_ attributes: EncapsulationAttributes) {
    if let geneve = attributes[1] {
      geneveOptions(geneve)
    } else if let vxlan = attributes[2] {
      openOptions("vxlan_opts")
      writer.openObject()
      writer.number("gbp", "", vxlan.nested[1]?.integer(UInt32.self) ?? 0)
      writer.closeObject()
      writer.closeArray()
    } else if let erspan = attributes[3]?.nested {
      let version = erspan[1]?.byte() ?? 0
      openOptions("erspan_opts")
      writer.openObject()
      writer.number("ver", "", version, "")
      writer.number("index", ":", version == 1 ? erspan[2]?.networkInteger(UInt32.self) ?? 0 : 0, "")
      writer.number("dir", ":", version == 1 ? 0 : erspan[3]?.byte() ?? 0, "")
      writer.number("hwid", ":", version == 1 ? 0 : erspan[4]?.byte() ?? 0)
      writer.closeObject()
      writer.closeArray()
    }
  }

  private mutating func openOptions(_ name: String) {
    writer.text("\n\t\(name) ")
    writer.openArray(name)
  }

  /// One option after the other in a flat row of attributes: class, type, data.
  private mutating func geneveOptions(_ payload: EncapsulationAttributes.Payload) {
    openOptions("geneve_opts")
    var rest = payload
    while rest.count > 0, let kind = rest.nested[1], let type = rest.nested[2]?.byte(), let data = rest.nested[3] {
      // Class and type take 8 bytes each, the header of the data 4.
      rest = rest.dropping(data.count + 20)
      writer.openObject()
      writer.number("class", "", kind.networkInteger(UInt16.self) ?? 0, "")
      writer.number("type", ":", type, "")
      writer.string("data", ":", data.hexadecimal, rest.count > 0 ? "," : " ")
      writer.closeObject()
    }
    writer.closeArray()
  }

  // MARK: ILA

  private mutating func ila(_ attributes: EncapsulationAttributes) {
    if let locator = attributes[1]?.networkInteger(UInt64.self) {
      let words = [48, 32, 16, 0].map { String(locator >> UInt64($0) & 0xffff, radix: 16) }
      writer.string("locator", " ", words.joined(separator: ":"))
    }
    if let mode = attributes[7]?.byte() {
      let names = ["adj-transport", "neutral-map", "no-action", "neutral-map-auto"]
      writer.string("csum_mode", " csum-mode ", Int(mode) < names.count ? names[Int(mode)] : "unknown")
    }
    if let type = attributes[8]?.byte() {
      let names = ["iid", "luid", "virt-v4", "virt-uni-v6", "virt-multi-v6", "nonlocal-addr"]
      let name = Int(type) < names.count ? names[Int(type)] : type == 32 ? "use-format" : "unknown"
      writer.string("ident_type", " ident-type ", name)
    }
    if let hook = attributes[9]?.byte() {
      writer.string("hook_type", " hook-type ", hook == 0 ? "output" : hook == 1 ? "input" : "unknown")
    }
  }

  // MARK: BPF, XFRM

  private mutating func bpf(_ attributes: EncapsulationAttributes) {
    if let program = attributes[1] { bpfProgram(program, "in") }
    if let program = attributes[2] { bpfProgram(program, "out") }
    if let program = attributes[3] { bpfProgram(program, "xmit") }
    if let headroom = attributes[4]?.integer(UInt32.self) { writer.number("headroom", " ", headroom) }
  }

  /// A program by its name; text leaves an unknown name out.
  mutating func bpfProgram(_ program: EncapsulationAttributes.Payload, _ hook: String) {
    guard let name = program.nested[2]?.text else {
      return writer.string(hook, hook, writer.isText ? "" : "<unknown>")
    }
    writer.string(hook, hook + " ", name)
  }

  private mutating func xfrm(_ attributes: EncapsulationAttributes) {
    if let id = attributes[1]?.integer(UInt32.self) { writer.number("if_id", "if_id ", id) }
    if let link = attributes[2]?.integer(UInt32.self) {
      writer.string("link_dev", "link_dev ", interfaces[link])
    }
  }
}
