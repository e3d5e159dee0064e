import Routing
import TestSupport
import Testing

/// A converted group under real flows, each of whose members fails in turn and returns: nobody else's flows move, and
/// those that do are those that `whatif` has named.
@Suite("Live members of a converted group", .serialized)
struct LiveMemberTests {
  /// A legacy route of `MoveLab`, converted by `resilient apply`, with real flows over it.
  final class Lab {
    private static let flows = 400

    let lab: MoveLab
    let directory: String
    let traffic: MoveTraffic
    /// Of the group, and of its members in the order of the links.
    let group: String
    let members: [String]
    /// The link of every flow by source port.
    private(set) var ways: [UInt16: String]
    private var keeper: String?

    private init(_ family: AddressFamily, _ directory: String) throws {
      lab = MoveLab(family: family, kind: .legacy)
      self.directory = directory
      try run(lab.script)
      let applied = try Program.run(
        "resilient apply --all --accept owner --yes --idle-timer 600 --journal \(directory)/journal")
      try #require(applied.status == 0, "\(applied.error)")
      let words = try run("ip -\(family == .ipv4 ? 4 : 6) -o route show \(lab.destination)").split(separator: " ")
      let place = try #require(words.firstIndex(of: "nhid"))
      group = String(words[place + 1])
      let list = try run("ip nexthop show id \(group)").split(separator: " ")[3]
      members = list.split(separator: "/").map(String.init)
      traffic = try MoveTraffic(lab, flows: Self.flows)
      ways = try traffic.send()
      try #require(ways.count == Self.flows && members.count == 4)
    }

    static func with(_ family: AddressFamily, _ body: (Lab) throws -> Void) throws {
      try withNetworkNamespace {
        try withTemporaryDirectory { directory in
          let lab = try Lab(family, directory)
          defer { lab.dismiss() }
          try body(lab)
        }
      }
    }

    /// Starts `resilient guard`, and waits until it is at work.
    func keep() throws {
      keeper = try run(
        """
        '\(Program.path)' resilient guard --journal \(directory)/journal >\(directory)/log 2>&1 &
        until grep -qs keeps \(directory)/log; do sleep 0.01; done
        echo $!
        """
      ).filter(\.isNumber)
    }

    private func dismiss() {
      if let keeper { _ = try? run("kill -KILL \(keeper)") }
    }

    func own(_ link: Int) -> Int { ways.values.count { $0 == "o\(link)" } }

    /// The group of all members with these weights, as a command.
    func replacement(_ weights: [Int] = [1, 1, 1, 1], idleTimer: Int = 600) -> String {
      let list = zip(members, weights).map { "\($0),\($1)" }.joined(separator: "/")
      return "nexthop replace id \(group) group \(list) type resilient idle_timer \(idleTimer)"
    }

    func nexthop(_ link: Int) -> String {
      "nexthop add id \(members[link - 1]) via \(lab.gateway(link)) dev o\(link) proto 200"
    }

    /// Predicts a change, has it made, and looks.
    ///
    /// - Parameter make: makes the change; nil for the commands themselves.
    /// - Returns: the flows that moved, which are those that were predicted.
    func change(_ title: String, _ commands: [String], by make: (() throws -> Void)? = nil) throws -> Set<Move> {
      let predicted = try Move.predicted(commands, traffic, directory)
      if let make { try make() } else { try run("ip -batch \(directory)/change.batch") }
      // A bucket that is used within the very tick of the clock in which it moved counts as not used since.
      try run("sleep 0.02")
      let after = try traffic.send()
      #expect(after.count == Self.flows, "\(title): \(after.count) of \(Self.flows) flows came out")
      let observed = Move.observed(ways, after)
      let differing = observed.symmetricDifference(predicted).map(\.description).sorted()
      #expect(differing.prefix(4) == [], "\(title): \(predicted.count) predicted, \(observed.count) observed")
      ways = after
      return observed
    }

    /// Takes the link up and waits until the group is whole.
    func takeUp(_ link: Int) throws {
      try run(
        "ip -batch - <<'END'\n" + (["link set o\(link) up"] + lab.settling(link)).joined(separator: "\n") + "\nEND")
      try run(
        """
        for i in $(seq 3000); do
          ip nexthop show id \(group) | grep -q '\(members[0]).*/.*/.*/' && break
          sleep 0.01
        done
        ip nexthop show id \(group) | grep -q '/.*/.*/' || { cat \(directory)/log; exit 1; }
        # IPv6 takes a link that came up into use a moment later.
        until ip link show o\(link) | grep -q 'state UP'; do sleep 0.05; done; sleep 0.2
        """)
    }

    /// Lets every bucket be idle: what a returned member is to have moves to it, and nothing else.
    func relax(_ link: Int, _ title: String) throws {
      try run("sleep 1.2")
      let moved = try change("\(title), idle", [replacement(idleTimer: 1)])
      #expect(moved.count > 50 && moved.allSatisfy { $0.to == "o\(link)" }, "\(title): \(moved.count)")
      #expect(own(link) == moved.count)
      _ = try change("\(title), as before", [replacement()])
    }
  }

  private static func expectOwn(_ moved: Set<Move>, _ link: Int, _ own: Int, _ title: String) {
    #expect(moved.count == own && own > 50, "\(title): \(moved.count) of \(own)")
    #expect(moved.allSatisfy { $0.from == "o\(link)" && $0.hadTo }, "\(title)")
  }

  @Test(
    "each link in turn goes down and comes back, and the guard brings its member back",
    arguments: AddressFamily.allCases)
  func links(family: AddressFamily) throws {
    try Lab.with(family) { lab in
      try lab.keep()
      for link in MoveLab.links {
        let (own, title) = (lab.own(link), "\(family) o\(link)")
        let lost = try lab.change("\(title) fails", ["link set o\(link) down"])
        Self.expectOwn(lost, link, own, title)
        let commands = ["link set o\(link) up"] + lab.lab.settling(link) + [lab.nexthop(link), lab.replacement()]
        let returned = try lab.change("\(title) returns", commands) { try lab.takeUp(link) }
        #expect(returned.isEmpty, "\(title): every bucket is in use")
        // The timers are the user's: tuned by a transaction, which the guard goes along with.
        try run("sleep 1.2")
        let idle = try lab.change("\(title), idle", [lab.replacement(idleTimer: 1)]) {
          let tuned = try Program.run(
            "resilient tune --group \(lab.group) --idle-timer 1 --yes --no-verify --journal \(lab.directory)/journal")
          #expect(tuned.status == 0, "\(tuned.error)")
        }
        #expect(idle.count > 50 && idle.allSatisfy { $0.to == "o\(link)" }, "\(title): \(idle.count)")
        let tuned = try Program.run(
          "resilient tune --group \(lab.group) --idle-timer 600 --yes --no-verify --journal \(lab.directory)/journal")
        #expect(tuned.status == 0, "\(tuned.error)")
      }
    }
  }

  @Test("each nexthop object in turn is deleted and made again", arguments: AddressFamily.allCases)
  func objects(family: AddressFamily) throws {
    try Lab.with(family) { lab in
      for link in MoveLab.links {
        let (own, title) = (lab.own(link), "\(family) nexthop of o\(link)")
        let lost = try lab.change("\(title) deleted", ["nexthop del id \(lab.members[link - 1])"])
        Self.expectOwn(lost, link, own, title)
        let returned = try lab.change("\(title) made again", [lab.nexthop(link), lab.replacement()])
        #expect(returned.isEmpty, "\(title): every bucket is in use")
        try lab.relax(link, title)
      }
    }
  }

  @Test("each member in turn loses weight: only its flows move, and only idle ones", arguments: AddressFamily.allCases)
  func weights(family: AddressFamily) throws {
    try Lab.with(family) { lab in
      _ = try lab.change("weights of ten", [lab.replacement([10, 10, 10, 10])])
      for link in MoveLab.links {
        let (own, title) = (lab.own(link), "\(family) weight of o\(link)")
        let weights = MoveLab.links.map { $0 == link ? 1 : 10 }
        let busy = try lab.change("\(title), busy", [lab.replacement(weights)])
        #expect(busy.isEmpty, "\(title): every bucket is in use")
        try run("sleep 1.2")
        let idle = try lab.change("\(title), idle", [lab.replacement(weights, idleTimer: 1)])
        #expect(idle.count > 50 && idle.allSatisfy { $0.from == "o\(link)" }, "\(title): \(idle.count) of \(own)")
        #expect(lab.own(link) == own - idle.count)
        try run("sleep 1.2")
        let back = try lab.change("\(title) again", [lab.replacement([10, 10, 10, 10], idleTimer: 1)])
        #expect(back.allSatisfy { $0.to == "o\(link)" }, "\(title)")
        _ = try lab.change("\(title), as before", [lab.replacement([10, 10, 10, 10])])
      }
    }
  }
}
