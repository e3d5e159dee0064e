internal import Netlink
internal import Routing

extension Encapsulation {
  /// Why it is not written into a kernel; nil when it may be.
  ///
  /// The bytes are those of the machine that was read, which must order them as this one. Some kernels crash when they are
  /// told of the options of a tunnel header (LWTUNNEL_IP_OPTS and LWTUNNEL_IP6_OPTS).
  func objection(sameByteOrder: Bool) -> String? {
    guard sameByteOrder else { return "its encapsulation is in the byte order of another machine" }
    let (ip, ip6): (UInt16, UInt16) = (2, 4)
    guard type == ip || type == ip6 else { return nil }
    do throws(WireError) {
      return try AttributeCursor.types(in: attributes).contains(Self.tunnelOptions)
        ? "the options of its tunnel header are not written: some kernels crash on them" : nil
    } catch {
      return "its encapsulation is malformed: \(error)"
    }
  }

  private static let tunnelOptions: UInt16 = 8
}
