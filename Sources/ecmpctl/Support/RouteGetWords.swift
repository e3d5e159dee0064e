import FlowSources
import Planning
import Rendering
import Routing

/// The words of `ip route get`, read as iproute2 6.1 reads them, and beside them the name of every field of a flow.
struct RouteGetWords {
  /// In place of `oif`, for a device that has to be a VRF.
  static let vrf = "vrf"

  /// Fields by the names that CSV columns have, or `vrf`.
  private(set) var fields: [(name: String, value: String)] = []
  /// What is taken otherwise than it stands there, a sentence each, without a full stop.
  private(set) var warnings: [String] = []
  private var isConnected = false
  private var names: CommandNames?

  /// - Parameters:
  ///   - family: that of `default`, which is then an address of zeros.
  ///   - isOpen: whether a value stands for several, and is taken as it stands there.
  init(
    _ words: [String], family: AddressFamily?, isOpen: (String) -> Bool = { _ in false }
  ) throws(CommandFailure) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if let name = Self.fieldName(word), let value = rest.first, isOpen(value) {
        fields.append((name, value))
        rest.removeFirst()
        continue
      }
      switch word {
      // They alter what `ip` prints, and not the way of the flow.
      case "notify", "fibmatch": continue
      case "connected": isConnected = true
      case "to": try addDestination(Self.value(after: word, &rest), family)
      case "from": try addSource(Self.value(after: word, &rest))
      case "tos", "dsfield": try addTOS(Self.value(after: word, &rest))
      case "mark": try add("mark", "mark", UInt32.max, Self.value(after: word, &rest))
      case "uid": try add("uid", "user id", UInt32.max, Self.value(after: word, &rest))
      case "sport", "dport": try add(word, "port", UInt16.max, Self.value(after: word, &rest))
      case "vrf": fields.append((Self.vrf, try Self.value(after: word, &rest)))
      default:
        if let name = Self.fieldName(word) {
          fields.append((name, try Self.value(after: word, &rest)))
        } else if isOpen(word) {
          fields.append(("dst", word))
        } else {
          try addDestination(word, family)
        }
      }
    }
    // With an ingress interface `ip` has nothing to connect.
    if isConnected, !fields.contains(where: { $0.name == "iif" }) {
      fields.append(("socket", Flow.Socket.connected.rawValue))
    }
  }

  /// The field that a word names, by the name that CSV columns have; nil for an address.
  private static func fieldName(_ word: String) -> String? {
    let aliases = ["to": "dst", "from": "src", "ipproto": "proto", "dsfield": "tos", "dev": "oif"]
    return aliases[word] ?? FlowField(rawValue: word.split(separator: "-").joined(separator: "_"))?.rawValue
  }

  private static func value(after word: String, _ rest: inout ArraySlice<String>) throws(CommandFailure) -> String {
    guard let value = rest.popFirst() else { throw .usage("a value is missing after \"\(word)\"") }
    return value
  }

  private mutating func addDestination(_ text: String, _ family: AddressFamily?) throws(CommandFailure) {
    guard let parsed = AddressText(prefix: text, family: nil) else {
      guard !text.contains("%") else { throw .usage(FlowBuilder.notAnAddress("\"\(text)\"")) }
      throw .usage(
        "\"\(text)\" is neither an address nor a word such as from, iif, oif, ipproto, sport, dport, mark, tos, socket")
    }
    guard let address = parsed.address else {
      fields.append(("dst", IPAddress.unspecified(family ?? .ipv4).description))
      return
    }
    if parsed.length != address.family.addressLength {
      warnings.append("a flow goes to one address: \(address) is taken of \(text), as ip does")
    }
    fields.append(("dst", address.description))
  }

  private mutating func addSource(_ text: String) throws(CommandFailure) {
    if text == "any" || text == "all" { return }
    guard let parsed = AddressText(prefix: text, family: nil) else {
      throw .usage(FlowBuilder.notAnAddress("\"\(text)\""))
    }
    guard let address = parsed.address, parsed.length == address.family.addressLength else {
      throw .usage("from \(text): a flow comes from one address")
    }
    fields.append(("src", address.description))
  }

  private mutating func addTOS(_ text: String) throws(CommandFailure) {
    let names = names ?? .installed
    self.names = names
    guard let byte = names.dsField(text) else {
      throw .usage("\"\(text)\" is no TOS byte: as for ip, a name of rt_dsfield or a hexadecimal number to ff")
    }
    fields.append(("tos", String(byte)))
  }

  private mutating func add<Number: FixedWidthInteger & UnsignedInteger>(
    _ field: String, _ what: String, _ maximum: Number, _ text: String
  ) throws(CommandFailure) {
    guard let number = NumberText.unsigned(text, as: Number.self) else {
      throw .usage("\"\(text)\" is no \(what) (0 to \(maximum))")
    }
    fields.append((field, String(number)))
  }
}
