/// The lightweight tunnel that a nexthop applies to what it sends (RTA_ENCAP, NHA_ENCAP).
///
/// An encapsulation never enters the multipath hash: selection looks at the packet before it is applied.
package struct Encapsulation: Hashable, Sendable {
  /// `LWTUNNEL_ENCAP_*`: 1 mpls, 2 ip, 3 ila, 4 ip6, 5 seg6, 6 bpf, 7 seg6local, 8 rpl, 9 ioam6, 10 xfrm.
  package var type: UInt16
  /// The nested attributes as the kernel wrote them, in the byte order of the machine that was read.
  package var attributes: [UInt8]

  /// Whether what comes out of it is looked up again, so that the packet may leave by another interface than the nexthop's
  /// (`seg6_output()`, `bpf_output()`, `ila_output()`, `rpl_output()`, `ioam6_output()`, `xfrmi_xmit()`): of all but MPLS
  /// and of addresses for a tunnel device.
  package var looksUpAgain: Bool { ![1, 2, 4].contains(type) }

  package init(type: UInt16, attributes: [UInt8]) {
    self.type = type
    self.attributes = attributes
  }
}
