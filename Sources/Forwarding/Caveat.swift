/// A reason why a prediction may differ from what the kernel does with a real packet.
///
/// A decision with no caveat is exact.
package struct Caveats: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let seedUnknown = Caveats(rawValue: 1 << 0)
  package static let layer4Hash = Caveats(rawValue: 1 << 1)
  package static let randomSourcePort = Caveats(rawValue: 1 << 2)
  package static let unboundSource = Caveats(rawValue: 1 << 3)
  package static let offloaded = Caveats(rawValue: 1 << 4)
  package static let kernelBehaviour = Caveats(rawValue: 1 << 5)
  package static let bucketsUnknown = Caveats(rawValue: 1 << 6)
  package static let defaultRotation = Caveats(rawValue: 1 << 7)
  package static let nexthopSource = Caveats(rawValue: 1 << 8)
  package static let userUnknown = Caveats(rawValue: 1 << 9)
  package static let innerUnknown = Caveats(rawValue: 1 << 10)
  package static let ingressUnknown = Caveats(rawValue: 1 << 11)
  package static let transmitHash = Caveats(rawValue: 1 << 12)
  package static let unknownSelector = Caveats(rawValue: 1 << 13)
  package static let portsUnknown = Caveats(rawValue: 1 << 14)
  package static let captureCut = Caveats(rawValue: 1 << 15)
  package static let exceedsMTU = Caveats(rawValue: 1 << 16)
  package static let icmpTypeUnknown = Caveats(rawValue: 1 << 17)
  package static let icmpError = Caveats(rawValue: 1 << 18)
  package static let connectedPing = Caveats(rawValue: 1 << 19)
  package static let fieldUnknown = Caveats(rawValue: 1 << 20)
  package static let cachedRoute = Caveats(rawValue: 1 << 21)
  package static let ruleHistory = Caveats(rawValue: 1 << 22)
  package static let vrfQueue = Caveats(rawValue: 1 << 23)
  package static let staleBounds = Caveats(rawValue: 1 << 24)
  package static let stateIncomplete = Caveats(rawValue: 1 << 25)
  package static let encapsulation = Caveats(rawValue: 1 << 26)
  package static let sourceHistory = Caveats(rawValue: 1 << 27)
  package static let routeException = Caveats(rawValue: 1 << 28)
  package static let hiddenRoute = Caveats(rawValue: 1 << 29)
  package static let foreignSource = Caveats(rawValue: 1 << 30)

  /// The caveats in the set, each as a member of `Caveat.all`.
  package var list: [Caveat] { Caveat.all.filter { contains($0.flag) } }
}

/// The public form of one caveat: a stable code for programs and a sentence for people.
package struct Caveat: Hashable, Sendable {
  package let flag: Caveats
  /// Stable; documented in the manual page.
  package let code: String
  package let text: String

  /// Every caveat there is.
  package static let all: [Caveat] = [
    Caveat(
      flag: .seedUnknown, code: "seed-unknown",
      text: "the hash key is not known: set net.ipv4.fib_multipath_hash_seed, or run ecmpctl seed recover"),
    Caveat(
      flag: .layer4Hash, code: "l4-hash",
      text: "policy 1 uses a hash that the NIC, RPS or the sending socket may have put on the packet, not the header"),
    Caveat(
      flag: .randomSourcePort, code: "random-source-port",
      text: "the kernel hashes a random source port for a TCP connect without a bound port"),
    Caveat(
      flag: .unboundSource, code: "unbound-source",
      text:
        "the source is unbound: sendto() hashes no address, connect() looks up again with the chosen one: say which it is"
    ),
    Caveat(
      flag: .offloaded, code: "offloaded",
      text: "the route or nexthop is offloaded: hardware forwards with a hash of its own"),
    Caveat(
      flag: .kernelBehaviour, code: "kernel-behaviour",
      text: "how this kernel release behaves here is not known"),
    Caveat(
      flag: .bucketsUnknown, code: "buckets-unknown",
      text: "the bucket table of the resilient group is not part of this state"),
    Caveat(
      flag: .defaultRotation, code: "default-rotation",
      text: "several default routes of the same metric: the kernel rotates between them for local traffic"),
    Caveat(
      flag: .nexthopSource, code: "nexthop-source",
      text: "the kernel prefers nexthops by a cached preferred source address that can not be read"),
    Caveat(
      flag: .userUnknown, code: "uid-unknown",
      text: "a rule selects by user id and the flow names none: give uid"),
    Caveat(
      flag: .innerUnknown, code: "inner-unknown",
      text: "the policy hashes the inner headers of an encapsulated flow and they were not given"),
    Caveat(
      flag: .ingressUnknown, code: "ingress-unknown",
      text: "the result depends on the ingress interface and none was given: name it with -i or iif"),
    Caveat(
      flag: .transmitHash, code: "transmit-hash",
      text: "the kernel may hash the random transmit hash of an IPv6 TCP socket instead of the addresses"),
    Caveat(
      flag: .unknownSelector, code: "unknown-selector",
      text: "a rule has an action or a selector that this program does not know, or can not hold the flow against"),
    Caveat(
      flag: .portsUnknown, code: "ports-unknown",
      text: "the protocol or its ports decide the result, and the flow does not give them"),
    Caveat(
      flag: .captureCut, code: "capture-cut",
      text: "the capture ends before the bytes that decide: capture with a larger snap length"),
    Caveat(
      flag: .exceedsMTU, code: "exceeds-mtu",
      text: "the packet is longer than the MTU of the nexthop: dropped, unless it was merged from shorter ones"),
    Caveat(
      flag: .icmpTypeUnknown, code: "icmp-type-unknown",
      text: "local lookups hash the ICMP type and code: an echo request is assumed, give --icmp-type"),
    Caveat(
      flag: .icmpError, code: "icmp-error",
      text:
        "unless a socket sends it, an ICMP error goes by the packet that it is about, a timestamp reply by no type, and an "
        + "IPv6 echo reply by the interface of the request"),
    Caveat(
      flag: .connectedPing, code: "connected-ping",
      text: "a connected ICMPv6 ping socket keeps the route that it found with its identifier in place of the type"),
    Caveat(
      flag: .fieldUnknown, code: "field-unknown",
      text:
        "the result depends on a mark, TOS or flow label that the kernel does not tell: give --mark, --tos, --flowlabel"
    ),
    Caveat(
      flag: .cachedRoute, code: "cached-route",
      text: "until the routes change the flow may keep a route that was found with another port, or without a source"),
    Caveat(
      flag: .ruleHistory, code: "rule-history",
      text:
        "whether a rule, or an IPv6 route for some sources, was once there decides here, which the kernel does not tell"
    ),
    Caveat(
      flag: .vrfQueue, code: "vrf-queue",
      text: "the VRF device is down or has a queueing discipline: the kernel looks up again there, without the ports"),
    Caveat(
      flag: .staleBounds, code: "stale-bounds",
      text:
        "a leg has no carrier: ignore_routes_with_linkdown counts as it was at the last event of a link of the route"),
    Caveat(
      flag: .encapsulation, code: "encapsulation",
      text: "the nexthop encapsulates the packet and looks it up again: where that leads is not predicted"),
    Caveat(
      flag: .stateIncomplete, code: "state-incomplete",
      text: "the result depends on a part of the router's state that the snapshot does not have: see its notes"),
    Caveat(
      flag: .sourceHistory, code: "source-history",
      text:
        "whether the kernel looks up the way back to this source depends on rules, local routes and redirects of once"),
    Caveat(
      flag: .routeException, code: "route-exception",
      text:
        "an ICMP redirect has given this destination another gateway, or may have: ip route show cache tells some"),
    Caveat(
      flag: .hiddenRoute, code: "hidden-route",
      text:
        "the kernel does not tell all of this IPv6 multipath route and its rivals, or may not: ecmpctl check says more"),
    Caveat(
      flag: .foreignSource, code: "foreign-source",
      text: "the source is no address of this machine: only a socket with IP_TRANSPARENT sends from it"),
  ]
}
