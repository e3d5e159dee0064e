import Forwarding
import Routing
import Testing

@Suite("Flows of this machine that are bound to a VRF or to one of its members")
struct BoundToVRFTests {
  @Test(
    "A VRF is no nexthop: its table decides, and the hash",
    arguments: [("5.10.223", false), ("5.10.223", true), ("6.12.95", false), ("6.12.95", true), ("7.2.1", false)],
    AddressFamily.allCases)
  func vrf(kernel: (release: String, usesGroups: Bool), family: AddressFamily) {
    let lab = VRFLab(kernel.release, family, usesGroups: kernel.usesGroups)
    let decisions = lab.decisions { $0.outputInterface = VRFLab.red }
    #expect(decisions.allSatisfy { $0.isExact && $0.rule == Rule.defaults(family).count })
    // Up to 5.17 the legs of an IPv6 route are none of the VRF's where there is no source, which leaves the first.
    let first = family == .ipv6 && !kernel.usesGroups && kernel.release.hasPrefix("5.")
    #expect(Set(decisions.compactMap(\.nexthop?.interface)) == (first ? [11] : VRFLab.members))
    #expect(
      lab.interfaces {
        $0.outputInterface = VRFLab.red
        $0.source = lab.own(12)
      } == (kernel.release == "7.2.1" && family == .ipv4 ? [12] : VRFLab.members))
  }

  @Test(
    "A member keeps to its own nexthop since 5.18; before, it stands for its VRF",
    arguments: ["5.10.223", "5.17.1", "5.18.1", "6.12.95", "7.2.1"])
  func member(release: String) {
    let lab = VRFLab(release, .ipv4)
    #expect(lab.interfaces { $0.outputInterface = 12 } == (release < "5.18" ? VRFLab.members : [12]))
    let inGroup = VRFLab(release, .ipv4, usesGroups: true)
    #expect(inGroup.interfaces { $0.outputInterface = 12 } == (release < "5.18" ? VRFLab.members : [12]))
  }

  @Test(
    "IPv6 keeps to any member of a group on the interface, or knows the output interface not at all",
    arguments: [
      ("5.10.223", VRFLab.members, VRFLab.others), ("6.12.95", VRFLab.members, VRFLab.others),
      ("6.12.117", [12], [3]), ("7.2.1", [12], [3]),
    ] as [(String, Set<UInt32>, Set<UInt32>)])
  func group(release: String, inVRF: Set<UInt32>, outside: Set<UInt32>) {
    let lab = VRFLab(release, .ipv6, usesGroups: true)
    for (bound, expected) in [(12, inVRF), (3, outside)] as [(UInt32, Set<UInt32>)] {
      let decisions = lab.decisions {
        $0.outputInterface = bound
        $0.source = lab.own(bound)
      }
      #expect(Set(decisions.compactMap(\.nexthop?.interface)) == expected && decisions.allSatisfy(\.isExact))
    }
    let unknown = VRFLab("6.12.0", .ipv6, usesGroups: true).decisions { $0.outputInterface = 3 }
    #expect(unknown.allSatisfy { $0.caveats == .kernelBehaviour })
  }

  @Test("What no table of a VRF has is not taken for directly connected", arguments: ["5.10.223", "6.12.95"])
  func onLink(release: String) {
    var lab = VRFLab(release, .ipv4)
    lab.state.routes = []
    for interface in [VRFLab.red, 12] {
      #expect(lab.decisions { $0.outputInterface = interface }.allSatisfy { $0.outcome == .refused(.unreachable) })
    }
    #expect(lab.interfaces { $0.outputInterface = 2 } == [2])
    // A group is, and the all-systems groups are not even looked up.
    for group in [0xefff_ffff, 0xe000_0005, 0xffff_ffff] as [UInt32] {
      let decisions = lab.decisions {
        $0.outputInterface = 12
        $0.destination = IPAddress(ipv4: group)
      }
      #expect(decisions.allSatisfy { $0.outcome == .broadcast })
    }
  }

  @Test("A VRF with a queueing discipline looks up again what this machine sends, and nothing else")
  func queue() {
    var lab = VRFLab("6.12.95", .ipv4)
    let place = lab.state.links.firstIndex { $0.index == VRFLab.red } ?? 0
    func caveats(_ origin: Flow.Origin, by interface: UInt32) -> Set<UInt32> {
      Set(
        lab.decisions(
          {
            $0.origin = origin
            $0.source = lab.own(interface)
            if origin == .forwarded {
              $0.source = IPAddress(ipv4: 0xc633_6401)
              $0.inputInterface = interface
              $0.layer4Hash = .absent
            } else {
              $0.outputInterface = interface
              $0.socket = .connected
            }
          }, for: .traffic
        ).map(\.caveats.rawValue))
    }
    let queue: Caveats = .vrfQueue
    #expect(caveats(.local, by: 12) == [0])
    lab.state.links[place].queues = true
    #expect(caveats(.local, by: 12) == [queue.rawValue])
    #expect(caveats(.local, by: 3) == [0])
    #expect(caveats(.forwarded, by: 12) == [0])
  }

  @Test("An interface that is down serves no IPv4 flow, though its VRF has others")
  func down() {
    var lab = VRFLab("6.12.95", .ipv4)
    let place = lab.state.links.firstIndex { $0.index == VRFLab.red } ?? 0
    lab.state.links[place].flags = 0x0480
    let decisions = lab.decisions { $0.outputInterface = VRFLab.red }
    #expect(decisions.allSatisfy { $0.outcome == .refused(.unreachable) && $0.isExact })
  }

  @Test("A loopback source leaves by no interface, but may be used in a VRF")
  func loopback() {
    var lab = VRFLab("6.12.95", .ipv4)
    let source = IPAddress(ipv4: 127 << 24 | 1)
    lab.state.addresses.append(InterfaceAddress(interface: 1, address: source, prefixLength: 8, scope: 254))
    let decisions = lab.decisions {
      $0.source = source
      $0.outputInterface = VRFLab.red
    }
    #expect(decisions.allSatisfy { $0.outcome == .dropped(.martianSource) })
    lab.state.routes = [
      Route(destination: .everything(.ipv4), table: 77, nexthops: .legs(.single(RouteLeg(interface: VRFLab.red))))
    ]
    #expect(
      lab.interfaces {
        $0.source = source
        $0.outputInterface = VRFLab.red
      } == [VRFLab.red])
  }

  @Test("A link-local IPv6 destination is looked for in the VRF's table on the member alone, past all rules")
  func linkLocal() {
    var lab = VRFLab("6.12.95", .ipv6)
    let prefix = Prefix(containing: IPAddress(ipv6High: 0xfe80 << 48, low: 0), length: 64)
    for interface in [11, 12] as [UInt32] {
      lab.state.routes.append(
        Route(
          destination: prefix, table: 77, metric: 256, nexthops: .legs(.single(RouteLeg(interface: interface)))))
    }
    lab.state.rules.append(Rule(family: .ipv6, priority: 1, action: .prohibit))
    let destination = IPAddress(ipv6High: 0xfe80 << 48, low: 9)
    for (bound, expected) in [(11, 11), (12, 12), (13, 13), (VRFLab.red, 0)] as [(UInt32, UInt32)] {
      #expect(
        lab.interfaces {
          $0.outputInterface = bound
          $0.destination = destination
        } == [expected], "bound to \(bound)")
    }
  }

  @Test("Of a kernel that is not known nothing is exact in a VRF")
  func unknown() {
    let lab = VRFLab("unknown", .ipv4)
    let bound = lab.decisions { $0.outputInterface = VRFLab.red }
    #expect(bound.allSatisfy { $0.caveats.contains(.kernelBehaviour) })
    let single = lab.decisions { $0.outputInterface = 2 }
    #expect(single.allSatisfy { $0.isExact })
  }

  @Test(
    "A source is chosen in the VRF, of the VRF device where a member has none, also for a route that leads out of it",
    arguments: [("5.10.223", false), ("6.12.95", true), ("6.6.30", nil)] as [(String, Bool?)])
  func source(release: String, staysInVRF: Bool?) {
    var lab = VRFLab(release, .ipv4)
    lab.state.addresses.removeAll { $0.interface == 11 }
    let inside = RouteLeg(gateway: lab.gateway(11), interface: 11)
    let outside = RouteLeg(gateway: lab.gateway(2), interface: 2)
    for (leg, expected) in [(inside, lab.own(VRFLab.red)), (outside, lab.own(staysInVRF == false ? 2 : VRFLab.red))] {
      lab.state.routes = [Route(destination: .everything(.ipv4), table: 77, nexthops: .legs(.single(leg)))]
      let decisions = lab.decisions(
        {
          $0.outputInterface = VRFLab.red
          $0.socket = .connected
        }, for: .traffic)
      #expect(decisions.allSatisfy { $0.selectedSource == expected }, "\(leg.interface)")
      let isExact = staysInVRF != nil || leg == inside
      #expect(decisions.allSatisfy { $0.isExact == isExact }, "\(leg.interface)")
    }
  }
}
