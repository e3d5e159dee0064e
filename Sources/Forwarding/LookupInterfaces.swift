import Routing

/// The interfaces of a flow as rules and tables see them, once the kernel has found out which VRF it belongs to.
///
/// Mirrors `l3mdev_update_flow()`, net/l3mdev/l3mdev.c. Interface indices; 0 is none.
struct LookupInterfaces: Hashable, Sendable {
  /// What `iif` selectors compare (`flowi_iif`): the loopback interface for a flow of this machine. 0: not known.
  var input: UInt32
  /// What `oif` selectors compare (`flowi_oif`).
  var output: UInt32
  /// The VRF in whose table `l3mdev` rules look (`flowi_l3mdev`).
  var vrf: UInt32?
  /// Whether the output interface, and not the input interface, belongs to `vrf`.
  var isOfOutput = false
  /// Where not 0, the IPv4 lookup takes only nexthops on this interface, and does not hash.
  var nexthop: UInt32
  /// The interface that the IPv6 lookup compares with that of each nexthop; with 0 every nexthop is on the right one.
  var scored: UInt32
  /// The same for the selection among the legs of an IPv6 route.
  var sibling: UInt32
  /// Whether the IPv6 selection may keep to the nexthop that the lookup found on `scored`.
  var keepsNexthop: Bool
  /// Whether what kernels do with this flow differs, and it is not known which this one does.
  var isDoubtful = false

  static let loopback: UInt32 = 1

  /// - Parameters:
  ///   - ingress: the input interface of a packet that came in; nil for a flow of this machine.
  ///   - output: the interface that a socket is bound to.
  init(ingress: UInt32?, output: UInt32, links: LinkTable, behaviour: KernelBehaviour) {
    self.init(input: ingress ?? Self.loopback, output: output, isForwarded: ingress != nil)
    guard links.hasVRFs else { return }
    enterVRF(links, behaviour)
  }

  /// The lookup of the way back to a source (`__fib_validate_source()`), which knows only IPv4.
  ///
  /// - Parameters:
  ///   - ingress: the interface that the packet came in by.
  ///   - egress: the interface that it would leave by; 0 when it is delivered here.
  init(backTo ingress: UInt32, egress: UInt32, links: LinkTable, behaviour: KernelBehaviour) {
    self.init(input: egress == 0 ? Self.loopback : egress, output: 0, isForwarded: false)
    guard links.hasVRFs else { return }
    vrf = links.vrf(of: ingress)
    if behaviour.replacesInterfacesByVRF == true, let vrf { input = vrf }
    enterVRF(links, behaviour)
  }

  private init(input: UInt32, output: UInt32, isForwarded: Bool) {
    self.input = input
    self.output = output
    nexthop = output
    scored = isForwarded ? input : output
    sibling = scored
    keepsNexthop = !isForwarded && output != 0
  }

  private mutating func enterVRF(_ links: LinkTable, _ behaviour: KernelBehaviour) {
    if behaviour.replacesInterfacesByVRF == true {
      replaceByVRF(links)
      return
    }
    if output != 0, links.link(output) != nil {
      if let own = links.vrf(of: output), vrf == nil {
        vrf = own
        isOfOutput = true
      }
      // Nexthops are on the members.
      if links.isVRF(output) { unbind() }
    } else if input > Self.loopback, vrf == nil {
      vrf = links.vrf(of: input)
    }
    isDoubtful = vrf != nil && behaviour.replacesInterfacesByVRF == nil
  }

  private mutating func unbind() {
    output = 0
    nexthop = 0
    scored = 0
    sibling = 0
    keepsNexthop = false
  }

  /// Up to 5.17 the VRF takes the place of its member, and lookups pass over interfaces (FLOWI_FLAG_SKIP_NH_OIF), but
  /// not the selection among the legs of an IPv6 route.
  private mutating func replaceByVRF(_ links: LinkTable) {
    vrf = nil
    if let own = links.vrf(of: output) {
      vrf = own
      isOfOutput = true
      output = own
    } else if let own = links.vrf(of: input) {
      vrf = own
      input = own
    }
    guard let vrf else { return }
    nexthop = 0
    scored = 0
    sibling = vrf
    keepsNexthop = false
  }
}
