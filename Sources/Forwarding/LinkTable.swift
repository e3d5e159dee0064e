package import Routing

/// What lookups ask about interfaces.
package struct LinkTable: Sendable {
  private let byIndex: [UInt32: Link]
  private let byName: [String: UInt32]
  private let settings: KernelSettings
  private let behaviour: KernelBehaviour
  /// Whether any interface is a VRF device.
  let hasVRFs: Bool
  /// By interface the one on top that takes all that it receives (`macvlan_handle_frame()`).
  private let takers: [UInt32: UInt32]
  /// Interfaces on which IPv6 is off (`disable_ipv6`), or does not exist, since they are too small for it
  /// (`IPV6_MIN_MTU`).
  private let without6: Set<UInt32>
  /// Whether any interface may be a tunnel that leaves its id with what comes out of it.
  private let hasTunnels: Bool
  /// The families that one interface forwards what comes in by it and another does not.
  private var unevenlyForwarded: Set<AddressFamily> = []

  package init(_ state: RoutingState) {
    byIndex = Dictionary(state.links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    let names = state.links.map { ($0.name, $0.index) }
    let others = state.links.flatMap { link in link.alternativeNames.map { ($0, link.index) } }
    byName = Dictionary(names + others, uniquingKeysWith: { first, _ in first })
    settings = state.settings
    behaviour = state.behaviour
    hasVRFs = state.links.contains { $0.vrfTable != nil }
    takers = Dictionary(
      state.links.lazy.filter(\.takesAllOfLower).compactMap { link in link.lower.map { ($0, link.index) } },
      uniquingKeysWith: { first, _ in first })
    hasTunnels = state.links.contains { !Self.plainKinds.contains($0.kind) && !Self.stackedKinds.contains($0.kind) }
    let smallestMTU: UInt32 = 1280
    without6 = Set(
      state.links.lazy.filter {
        $0.mtu < smallestMTU || state.settings.interfaces[$0.name]?.ipv6IsDisabled == true
      }.map(\.index))
    let outside = state.links.filter { !$0.isLoopback }
    for family in AddressFamily.allCases where Set(outside.map { forwards(family, from: $0.index) }).count > 1 {
      unevenlyForwarded.insert(family)
    }
  }

  func link(_ index: UInt32) -> Link? { byIndex[index] }

  /// By its name, or by another name that it has.
  func index(named name: String) -> UInt32? { byName[name] }

  package func ignoresLinkdown(_ family: AddressFamily, interface: UInt32) -> Bool {
    settings.ignoresLinkdown(family, interface: byIndex[interface]?.name ?? "", behaviour: behaviour)
  }

  /// `IN_DEV_FORWARD` of the ingress interface for IPv4, `conf.all.forwarding` or the interface's `force_forwarding` for
  /// IPv6; true when unknown.
  package func forwards(_ family: AddressFamily, from interface: UInt32) -> Bool {
    switch family {
    case .ipv4:
      byIndex[interface].flatMap { settings.interfaces[$0.name]?.ipv4Forwarding } ?? settings.ipv4ForwardingAll ?? true
    case .ipv6: settings.ipv6ForwardingAll ?? true || own(interface)?.ipv6ForcesForwarding == true
    }
  }

  /// Whether it depends on the interface that a packet comes in by whether it is forwarded.
  func forwardsUnevenly(_ family: AddressFamily) -> Bool { unevenlyForwarded.contains(family) }

  /// `IN_DEV_RPFILTER`: the larger of the interface's and the common value.
  package func reversePathFilter(_ interface: UInt32) -> UInt8 {
    let own = byIndex[interface].flatMap { settings.interfaces[$0.name]?.reversePathFilter }
    return max(own ?? 0, settings.ipv4ReversePathFilterAll ?? 0)
  }

  /// Whether nothing comes in or leaves by the interface over IPv6.
  func lacksIPv6(_ interface: UInt32) -> Bool { without6.contains(interface) }

  /// `IN_DEV_ACCEPT_LOCAL`: whether packets from this machine's own addresses come in; nil when it is not known.
  func acceptsLocalSources(_ interface: UInt32) -> Bool? { isOn(\.acceptsLocalSources, interface) }

  /// `IN_DEV_ROUTE_LOCALNET`: whether addresses of 127.0.0.0/8 come in, or leave, like others; nil when it is not known.
  func routesLoopback(_ interface: UInt32) -> Bool? { isOn(\.routesLoopback, interface) }

  /// `IN_DEV_SRC_VMARK`: whether the way back is looked up with the packet's mark; nil when it is not known.
  func validatesMarks(_ interface: UInt32) -> Bool? { isOn(\.validatesMarks, interface) }

  /// `IN_DEV_BFORWARD`: whether packets for everybody on a network are forwarded; nil when it is not known.
  func forwardsBroadcasts(_ interface: UInt32) -> Bool? {
    let all = settings.ipv4AdmissionAll.forwardsBroadcasts
    let own = own(interface)?.ipv4Admission.forwardsBroadcasts
    if all == false || own == false { return false }
    return all == true && own == true ? true : nil
  }

  /// Whether a setting is on for all, or for the interface.
  private func isOn(_ setting: KeyPath<AdmissionSettings, Bool?>, _ interface: UInt32) -> Bool? {
    let all = settings.ipv4AdmissionAll[keyPath: setting]
    if all == true { return true }
    // An interface that nobody told of is any of them.
    if interface == 0, settings.interfaces.values.allSatisfy({ $0.ipv4Admission[keyPath: setting] == false }) {
      return all
    }
    let own = own(interface)?.ipv4Admission[keyPath: setting]
    if own == true { return true }
    return all == false && own == false ? false : nil
  }

  private func own(_ interface: UInt32) -> InterfaceSettings? {
    byIndex[interface].flatMap { settings.interfaces[$0.name] }
  }

  /// `IN_DEV_SOURCE_ROUTE`: whether packets with a source route option are accepted; nil when it is not known.
  func acceptsSourceRoutes(_ interface: UInt32) -> Bool? {
    let own = byIndex[interface].flatMap { settings.interfaces[$0.name]?.ipv4AcceptsSourceRoutes }
    let all = settings.ipv4AcceptsSourceRoutesAll
    if all == false || own == false { return false }
    return all == true && own == true ? true : nil
  }

  /// Whether packets that arrive on the interface may bring a layer-4 hash, and what speaks for it.
  ///
  /// A veth keeps what the sender put there: TCP and connected UDP and ping sockets do, and raw ones that write their
  /// own header, so that no protocol is free of it.
  package func hashEvidence(_ interface: UInt32, depth: Int = 0) -> HashEvidence {
    let deepest = 8
    guard let link = byIndex[interface], depth < deepest else { return .unread(interface) }
    let own = settings.interfaces[link.name]
    if own?.receivePacketSteering == true { return .steering(interface) }
    let below: HashEvidence
    switch link.kind {
    case nil where link.isLoopback: return .nothing
    case nil: below = hashEvidence(ofDevice: interface, own)
    case "dummy", "tun": below = .nothing
    case "vlan": below = link.lower.map { hashEvidence($0, depth: depth + 1) } ?? .unread(interface)
    case "bridge", "bond", "team", "vrf":
      let ports = byIndex.values.filter { $0.master == interface }.map(\.index).sorted()
      below = ports.lazy.map { self.hashEvidence($0, depth: depth + 1) }.first { $0 != .nothing } ?? .nothing
    default: below = .handedOn(interface)
    }
    if below == .nothing, own?.receivePacketSteering == nil { return .unread(interface) }
    return below
  }

  private func hashEvidence(ofDevice interface: UInt32, _ own: InterfaceSettings?) -> HashEvidence {
    // The backend of Xen passes a guest's hash on whatever the feature says.
    if own?.driver == "vif" { return .handedOn(interface) }
    return switch own?.receiveHashing {
    case true?: .hashingDevice(interface)
    case false?: .nothing
    case nil: .unread(interface)
    }
  }

  /// The interface that packets come in by which arrive at this one: that of a port is its bridge, bond or team
  /// (`br_pass_frame_up()`, `bond_handle_frame()`, `team_handle_frame()`), also where several stand on one another; and
  /// one may have all of it handed on to a macvlan.
  func receiver(of interface: UInt32) -> UInt32 {
    var interface = interface
    let deepest = 8
    for _ in 0..<deepest {
      if let taker = takers[interface] {
        interface = taker
        continue
      }
      guard let master = byIndex[interface]?.master, let kind = byIndex[master]?.kind,
        ["bridge", "bond", "team"].contains(kind)
      else { break }
      interface = master
    }
    return interface
  }

  /// Kinds of interfaces that are no tunnels, and take from packets what another one has left with them.
  private static let plainKinds: Set<String?> = [nil, "veth", "tun", "dummy", "ifb"]
  /// Kinds that hand on what an interface below has left with a packet.
  private static let stackedKinds: Set<String?> = ["bridge", "bond", "team", "vlan", "vrf", "macvlan", "macvtap"]

  /// Whether packets that come in by the interface may bring the id of a tunnel (`skb_tunnel_info()`): VXLAN always
  /// leaves it, other tunnels do where they are external.
  func mayTellTunnels(_ interface: UInt32) -> Bool {
    guard hasTunnels else { return false }
    return byIndex[interface].map { !Self.plainKinds.contains($0.kind) } ?? true
  }

  /// Whether the interface is a VRF device (`netif_is_l3_master()`).
  func isVRF(_ interface: UInt32) -> Bool { byIndex[interface]?.vrfTable != nil }

  /// The VRF that the interface is, or is enslaved to (`l3mdev_master_ifindex()`).
  func vrf(of interface: UInt32) -> UInt32? {
    guard hasVRFs, let link = byIndex[interface] else { return nil }
    if link.vrfTable != nil { return interface }
    return link.master.flatMap { isVRF($0) ? $0 : nil }
  }

  /// The routing table of a VRF device.
  func table(ofVRF interface: UInt32) -> UInt32? { byIndex[interface]?.vrfTable }

  /// Whether packets of this machine that leave by a member of a VRF are sent to the VRF device first, where they are
  /// looked up again without their ports (`vrf_ip_out()`, `vrf_process_v4_outbound()`, drivers/net/vrf.c).
  func sendsThroughVRF(_ interface: UInt32) -> Bool {
    vrf(of: interface).flatMap { byIndex[$0] }.map { $0.queues || !$0.isUp } ?? false
  }
}
