import JSON
import Routing
import Snapshots
import Testing

struct SnapshotDiffTests {
  @Test("A state does not differ from itself")
  func same() {
    for seed in UInt64(0)..<50 {
      var maker = RandomState(seed: seed)
      let state = maker.state()
      #expect(SnapshotDiff(from: state, to: state).isEmpty, "seed \(seed)")
    }
  }

  @Test("Added, removed and changed things are told by identity")
  func differences() throws {
    func route(_ text: String, nhid: UInt32) throws -> Route {
      Route(destination: try Prefix(parsing: text), metric: 5, nexthops: .object(id: nhid, expansion: .none))
    }
    var old = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    old.routes = [
      try route("10.0.0.0/8", nhid: 1), try route("10.1.0.0/16", nhid: 1), try route("10.2.0.0/16", nhid: 1),
    ]
    old.bucketTables = [
      BucketTable(group: 9, buckets: [.init(nexthop: 1, idleTime: 5), .init(nexthop: 2, idleTime: 5)])
    ]
    var new = old
    new.routes = [
      try route("10.3.0.0/16", nhid: 1), try route("10.2.0.0/16", nhid: 1), try route("10.0.0.0/8", nhid: 2),
    ]
    new.bucketTables[0].buckets = [.init(nexthop: 1, idleTime: 77), .init(nexthop: 1, idleTime: 0)]
    new.redirects.destinations = [
      RedirectedDestination(destination: try Prefix(parsing: "10.3.0.7/32").address, interface: 2, gateway: nil)
    ]
    new.hiddenRoutes = HiddenRoutes(
      places: [.init(destination: .everything(.ipv6), metric: 1024)], mayBeAnywhere: true)

    let diff = SnapshotDiff(from: old, to: new)
    #expect(
      diff.entries.map { "\($0.section) \($0.identity)" } == [
        "buckets id 9 index 1", "routes 10.0.0.0/8 table 254 metric 5", "routes 10.1.0.0/16 table 254 metric 5",
        "routes 10.3.0.0/16 table 254 metric 5", "redirects 10.3.0.7 ifindex 2", "hidden ::/0 metric 1024",
        "hidden anywhere",
      ])
    #expect(diff.entries[0].change == .changed(from: ["nhid": 2], to: ["nhid": 1]))
    guard case .changed(let from, let to) = diff.entries[1].change, case .removed = diff.entries[2].change,
      case .added(let added) = diff.entries[3].change
    else {
      Issue.record("\(diff.entries)")
      return
    }
    #expect(from["nhid"] == 1 && to["nhid"] == 2)
    #expect(added["dst"] == "10.3.0.0/16")
  }

  @Test("A part that one of them does not have is not compared, whatever stands there")
  func unread() {
    for part in StatePart.known.union([.unspecified]) {
      for seed in UInt64(0)..<20 {
        var maker = RandomState(seed: seed)
        let whole = maker.state()
        var partly = whole
        partly.unread = [part]
        if part == .ipv4Rules { partly.rules.removeAll { $0.family == .ipv4 } }
        if part == .ipv6Routes { partly.routes.removeAll { $0.family == .ipv6 } }
        if part == .nexthops { (partly.nexthops, partly.groups, partly.bucketTables) = (nil, [], []) }
        if part == .neighbours { partly.neighbours = [] }
        if part == .details {
          for index in partly.rules.indices { partly.rules[index].protocol = 0 }
          for index in partly.groups.indices { partly.groups[index].statistics = [] }
          partly.kernel.build = nil
        }
        for (old, new) in [(whole, partly), (partly, whole)] {
          let diff = SnapshotDiff(from: old, to: new)
          #expect(diff.isEmpty, "\(part) seed \(seed): \(diff.entries.prefix(3))")
          #expect(diff.notCompared == [part])
        }
        partly.links.append(Link(index: 4711, name: "new0", flags: 0))
        #expect(SnapshotDiff(from: whole, to: partly).isEmpty == (part == .links))
      }
    }
  }

  @Test("Each behaviour of the kernel is compared for itself")
  func behaviours() {
    var old = RoutingState(kernel: KernelIdentity(release: "6.12.95", machine: "m"))
    old.behaviour.startsAtFirstSibling = nil
    var new = old
    new.behaviour.hasWideWeights = false
    new.behaviour.startsAtFirstSibling = true
    new.behaviour.randomisesUnboundPort = nil
    let entries = SnapshotDiff(from: old, to: new).entries
    #expect(entries.allSatisfy { $0.section == .behaviour })
    #expect(
      entries.map(\.identity) == ["randomises_unbound_port", "has_wide_weights", "starts_at_first_sibling"])
    #expect(entries.map(\.change) == [.removed(false), .changed(from: true, to: false), .added(true)])
  }

  @Test("Each setting is compared for itself, by the name of its sysctl")
  func settings() {
    var old = RoutingState(kernel: KernelIdentity(release: "6.12.95", machine: "m"))
    old.settings.ipv4Hash.policy = 1
    old.settings.ipv6Hash = HashSettings(policy: 1, fields: 7)
    old.settings.ipv6ForwardingAll = true
    old.settings.useNeighbours = false
    old.settings.interfaces = ["eth0": InterfaceSettings(), "eth1.7": InterfaceSettings(), "old0": InterfaceSettings()]
    old.settings.interfaces["eth0"]?.driver = "virtio_net"
    old.settings.interfaces["eth1.7"]?.reversePathFilter = 0
    var new = old
    new.settings.ipv4Hash.policy = 3
    new.settings.ipv6ForwardingAll = false
    new.settings.useNeighbours = nil
    new.settings.skipNotifyOnDeviceDown = true
    new.settings.interfaces["eth0"]?.driver = "ixgbe"
    new.settings.interfaces["eth1.7"]?.reversePathFilter = 2
    new.settings.interfaces["old0"] = nil
    let entries = SnapshotDiff(from: old, to: new).entries
    #expect(entries.allSatisfy { $0.section == .settings })
    #expect(
      entries.map(\.identity) == [
        "net.ipv4.fib_multipath_hash_policy", "net.ipv4.fib_multipath_use_neigh", "net.ipv6.conf.all.forwarding",
        "eth0 driver", "net.ipv4.conf.eth1.7.rp_filter", "of interface old0", "net.ipv6.route.skip_notify_on_dev_down",
      ])
    #expect(
      entries.map(\.change) == [
        .changed(from: 1, to: 3), .removed(false), .changed(from: true, to: false),
        .changed(from: "virtio_net", to: "ixgbe"), .changed(from: 0, to: 2), .removed([:]), .added(true),
      ])
  }

  @Test("Buckets that have changed alike, one behind the other, are one difference")
  func buckets() {
    func table(_ group: UInt32, _ nexthops: [UInt32]) -> BucketTable {
      BucketTable(group: group, buckets: nexthops.map { NexthopBucket(nexthop: $0, idleTime: 0) })
    }
    var old = RoutingState(kernel: KernelIdentity(release: "6.12.95", machine: "m"))
    var new = old
    old.bucketTables = [table(50, [1, 3, 3, 3, 2, 3]), table(51, [1, 1, 2]), table(52, [1]), table(53, [7, 7])]
    new.bucketTables = [table(50, [1, 4, 4, 5, 5, 4]), table(51, [1, 1, 2]), table(52, [1, 1, 1]), table(54, [8])]
    let entries = SnapshotDiff(from: old, to: new).entries
    #expect(
      entries.map(\.identity) == [
        "id 50 index 1-2", "id 50 index 3", "id 50 index 4", "id 50 index 5", "id 53 index 0-1", "id 52 index 1-2",
        "id 54 index 0",
      ])
    #expect(entries.map { $0.buckets?.range ?? "" } == ["1-2", "3", "4", "5", "0-1", "1-2", "0"])
    #expect(
      entries.map(\.change) == [
        .changed(from: ["nhid": 3], to: ["nhid": 4]), .changed(from: ["nhid": 3], to: ["nhid": 5]),
        .changed(from: ["nhid": 2], to: ["nhid": 5]), .changed(from: ["nhid": 3], to: ["nhid": 4]),
        .removed(["nhid": 7]), .added(["nhid": 1]), .added(["nhid": 8]),
      ])
  }

  @Test("Things of one identity are paired in their order")
  func duplicates() {
    var old = RoutingState(kernel: KernelIdentity(release: "6.1", machine: "m"))
    old.rules = [Rule(family: .ipv4, priority: 7, action: .nop), Rule(family: .ipv4, priority: 7, action: .prohibit)]
    var new = old
    new.rules.append(Rule(family: .ipv4, priority: 7, action: .blackhole))
    let diff = SnapshotDiff(from: old, to: new)
    #expect(diff.entries.map(\.identity) == ["inet priority 7"])
    #expect(SnapshotDiff(from: new, to: old).entries.count == 1)
    guard case .added(let rule) = diff.entries[0].change else {
      Issue.record("\(diff.entries)")
      return
    }
    #expect(rule["action"] == "blackhole")
  }
}
