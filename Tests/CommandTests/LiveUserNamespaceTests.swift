import TestSupport
import Testing

/// Rules that select by user id, in a network namespace whose root is another user than ours, as in a container.
@Suite("Rules of users in the network namespace of a user namespace")
struct LiveUserNamespaceTests {
  /// A router o1 to o3 whose rule for its root leads to o3, and anything else to o2; the words that select the rule follow.
  private static let router = """
    ip link set lo up; sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    for n in 1 2 3; do
      ip link add o$n type veth peer name p$n; ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
    done
    ip route add default via 10.1.2.2; ip route add default via 10.1.3.2 table 100
    ip -6 route add default via fd00:2::2; ip -6 route add default via fd00:3::2 table 100
    """

  /// Runs `body` with the id of a process in both namespaces, and how to run a script there as their root.
  private static func withContainer(_ body: (String, (String) throws -> String) throws -> Void) throws {
    let process = try run("unshare --user --net sleep 600 </dev/null >/dev/null 2>&1 & echo $!").filter(\.isNumber)
    defer { _ = try? run("kill -KILL \(process)") }
    try run(
      """
      until [ "$(readlink /proc/\(process)/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
      # Where there is but one user, that is root here and there.
      for map in uid gid; do
        echo 0 100000 65536 >/proc/\(process)/${map}_map 2>/dev/null || {
          [ $map = uid ] || echo deny >/proc/\(process)/setgroups
          echo 0 $(id -${map%id}) 1 >/proc/\(process)/${map}_map
        }
      done
      """)
    try body(process) { script in
      try run(
        """
        nsenter --target \(process) --user --net --setuid 0 --setgid 0 --preserve-credentials sh -e <<'END'
        \(script)
        END
        """)
    }
  }

  @Test(
    "forwarded packets belong to its root", arguments: ["uidrange 0-0", "not uidrange 0-0", "uidrange 1-65000"], [0, 1])
  func forwarded(selector: String, filter: Int) throws {
    try withNetworkNamespace {
      try Self.withContainer { process, inside in
        _ = try inside(
          Self.router + """

            sysctl -qw net.ipv4.conf.all.rp_filter=\(filter)
            ip rule add pref 5 \(selector) lookup 100
            ip -6 rule add pref 5 \(selector) lookup 100
            """)
        let way = selector == "uidrange 0-0" ? " dev o3 " : " dev o2 "
        // The way back belongs to root, too: there a strict filter minds that it leads to o3.
        let isDropped = filter == 1 && selector == "uidrange 0-0"
        let answer = try? inside("ip -o route get 198.18.0.7 from 10.1.1.5 iif o1")
        #expect(answer.map { $0.contains(way) } ?? isDropped)
        let flow = "-s 10.1.1.5 -d 198.18.0.7 -p udp --sport 1 --dport 2 -i o1"
        func expect(_ prediction: ProgramRun, isDropped: Bool) {
          #expect(prediction.status == 0 && prediction.output.contains(" exact"), "\(prediction)")
          #expect(prediction.output.contains(way) != isDropped, "\(prediction)")
        }
        expect(try Program.run("--netns \(process) predict \(flow)"), isDropped: isDropped)
        expect(
          try Program.run(
            "--netns \(process) predict -s fd00:1::5 -d 2001:db8::7 -p udp --sport 1 --dport 2 -i o1"),
          isDropped: false)
        try withTemporaryDirectory { directory in
          let file = directory + "/snapshot.json"
          #expect(try Program.run("--netns \(process) snapshot save \(file)").status == 0)
          expect(try Program.run("--snapshot \(file) predict \(flow)"), isDropped: isDropped)
        }
      }
    }
  }
}
