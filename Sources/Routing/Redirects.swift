/// A destination for which the kernel has a gateway of its own on an interface, since an ICMP redirect named it.
package struct RedirectedDestination: Hashable, Sendable {
  package var destination: IPAddress
  /// Interface index: that of the nexthop which the redirect is about, and which it does not change.
  package var interface: UInt32
  /// nil where the destination is on the link. That of the route where IPv6 has an exception for another reason: only the
  /// gateway tells.
  package var gateway: IPAddress?

  package init(destination: IPAddress, interface: UInt32, gateway: IPAddress?) {
    self.destination = destination
    self.interface = interface
    self.gateway = gateway
  }
}

/// What ICMP redirects have taught the kernel of single destinations (route exceptions).
///
/// All of it is empty where none has ever come in, which two counters tell.
package struct Redirects: Hashable, Sendable {
  /// What the kernel tells, each once.
  package var destinations: [RedirectedDestination] = []
  /// The interfaces that take redirects, where any has come in, by family; a family without one is absent.
  ///
  /// The kernel does not tell of an IPv4 exception before a packet has gone by it, nor ever of those of an IPv6 leg that
  /// is not the first of its route.
  package var takingInterfaces: [AddressFamily: Set<UInt32>] = [:]
  /// Families of which there are more exceptions than were read.
  package var unreadFamilies: Set<AddressFamily> = []

  package init() {}

  package var isEmpty: Bool { self == Redirects() }
}

/// How many ICMP redirects have come into a network namespace: the counters `InRedirects` of `/proc/net/snmp` and
/// `Icmp6InRedirects` of `/proc/net/snmp6`, which only grow while it lives. Each is nil where the text does not have it.
package struct RedirectCounts: Hashable, Sendable {
  package var ipv4: UInt64?
  package var ipv6: UInt64?

  /// Reads the text of one file, or of both, one after the other.
  package init(parsing text: some Sequence<UInt8>) {
    var names: [ArraySlice<UInt8>] = []
    // Bytes, not characters: every start of a prediction passes here.
    for line in Array(text).split(separator: UInt8(ascii: "\n")) {
      guard line.starts(with: "Icmp:".utf8) || line.starts(with: "Icmp6InRedirects".utf8) else { continue }
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
      if words.count == 2, words[0].elementsEqual("Icmp6InRedirects".utf8) {
        ipv6 = Self.number(words[1])
      } else if words.count > 1, words[0].elementsEqual("Icmp:".utf8) {
        // Names and values stand in two lines of the same form.
        if Self.number(words[1]) == nil {
          names = words
        } else if let place = names.firstIndex(where: { $0.elementsEqual("InRedirects".utf8) }), place < words.count {
          ipv4 = Self.number(words[place])
        }
      }
    }
  }

  private static func number(_ word: ArraySlice<UInt8>) -> UInt64? { UInt64(String(decoding: word, as: UTF8.self)) }

  package subscript(family: AddressFamily) -> UInt64? { family == .ipv4 ? ipv4 : ipv6 }
}
