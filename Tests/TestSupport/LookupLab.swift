internal import KernelRouting
internal import Routing

/// A router in the calling thread's namespace, with routes of every kind: eight interfaces o1 to o8 whose far ends are
/// in the same namespace, and the ingress interface in0.
///
///                       .--- o1 10.1.1.1/24 fd00:1::1/64 --- gateway .2
///     in0 10.2.0.1/24 --+--- o2 10.1.2.1/24 fd00:2::1/64 --- gateway .2
///     fd00:f::1/64      |    ...
///                       '--- o8 10.1.8.1/24 fd00:8::1/64 --- gateway .2
package enum LookupLab {
  package static let interfaces = """
    set -e
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    ip link add in0 type veth peer name in0p
    ip link set in0p up; ip link set in0 up
    ip addr add 10.2.0.1/24 dev in0; ip -6 addr add fd00:f::1/64 dev in0 nodad
    for n in 1 2 3 4 5 6 7 8; do
      ip link add o$n type veth peer name p$n
      ip link set p$n up; ip link set o$n up
      ip addr add 10.1.$n.1/24 dev o$n; ip -6 addr add fd00:$n::1/64 dev o$n nodad
      for host in 2 3; do
        ip neigh replace 10.1.$n.$host dev o$n lladdr 02:00:00:00:0$n:0$host nud permanent
        ip neigh replace fd00:$n::$host dev o$n lladdr 02:00:00:00:0$n:0$host nud permanent
      done
    done
    """

  /// Legacy multipath of both families: even, uneven, on-link, with two gateways on one device, IPv6 gateways.
  package static let legacyRoutes = """
    ip route add 198.51.100.0/26 nexthop via 10.1.1.2 dev o1 nexthop via 10.1.2.2 dev o2
    ip route add 198.51.100.64/26 nexthop via 10.1.1.2 weight 1 nexthop via 10.1.2.2 weight 2 \
      nexthop via 10.1.3.2 weight 3 nexthop via 10.1.4.2 weight 4
    ip route add 198.51.100.128/26 nexthop via 10.1.5.2 weight 256 nexthop via 10.1.5.3 weight 1 \
      nexthop via 192.0.2.77 dev o6 onlink weight 17
    ip route add 198.51.100.192/26 nexthop via 10.1.1.2 nexthop via 10.1.7.2 nexthop via 10.1.8.2 \
      nexthop via 10.1.3.2
    ip route add 198.51.101.0/24 nexthop via inet6 fd00:1::2 dev o1 nexthop via inet6 fd00:2::2 dev o2 weight 3
    ip route add 198.51.102.0/24 nexthop dev o1 nexthop dev o2 weight 5
    ip -6 route add 2001:db8:1::/64 nexthop via fd00:1::2 nexthop via fd00:2::2
    ip -6 route add 2001:db8:2::/64 nexthop via fd00:1::2 weight 1 nexthop via fd00:2::2 weight 2 \
      nexthop via fd00:3::2 weight 3 nexthop via fd00:4::2 weight 4
    ip -6 route add 2001:db8:3::/64 nexthop via fd00:5::2 weight 256 nexthop via fd00:5::3 weight 1
    ip -6 route add 2001:db8:4::/64 nexthop via fd00:1::2 nexthop via fd00:7::2 nexthop via fd00:8::2 \
      nexthop via fd00:3::2
    """

  /// Nexthop objects and groups of both families, hash-threshold and resilient.
  package static let objects = """
    for n in 1 2 3 4 5 6; do
      ip nexthop add id $n via 10.1.$n.2 dev o$n
      ip nexthop add id 1$n via fd00:$n::2 dev o$n
    done
    ip nexthop add id 31 via 10.1.2.9 dev o2; ip nexthop add id 32 via 10.1.4.9 dev o4
    ip nexthop add id 41 via fd00:2::9 dev o2; ip nexthop add id 42 via fd00:4::9 dev o4
    ip nexthop add id 9 blackhole; ip -6 nexthop add id 19 blackhole; ip nexthop add id 8 dev o6
    ip nexthop add id 100 group 1/2/3
    ip nexthop add id 101 group 1,10/2,200/3,255/4,1
    ip nexthop add id 102 group 1/2/3/4 type resilient buckets 64 idle_timer 1000
    ip nexthop add id 103 group 1,5/2,1 type resilient buckets 1021
    ip nexthop add id 104 group 1/31/3/32/5
    ip nexthop add id 105 group 1/31/3 type resilient buckets 32
    ip nexthop add id 106 group 4
    ip nexthop add id 107 group 1/12/3/14
    ip nexthop add id 108 group 9
    ip nexthop add id 110 group 11/12/13
    ip nexthop add id 111 group 11,10/12,200/13,255/14,1
    ip nexthop add id 112 group 11/12/13/14 type resilient buckets 64 idle_timer 1000
    ip nexthop add id 114 group 11/41/13/42/15
    ip nexthop add id 115 group 11/41/13 type resilient buckets 32
    ip nexthop add id 116 group 14
    for id in 100 101 102 103 104 105 106 107 108; do ip route add 203.0.$id.0/24 nhid $id; done
    ip route add 203.0.1.0/24 nhid 1; ip route add 203.0.8.0/24 nhid 8; ip route add 203.0.9.0/24 nhid 9
    for id in 110 111 112 114 115 116; do ip -6 route add 2001:db8:$id::/64 nhid $id; done
    ip -6 route add 2001:db8:11::/64 nhid 11; ip -6 route add 2001:db8:9::/64 nhid 19
    """

  /// Neighbours that have failed, for members of the groups 104, 105, 114 and 115 and for legs of the legacy routes.
  package static let failedNeighbours = """
    for n in 2 4; do
      ip neigh replace 10.1.$n.9 dev o$n lladdr 02:00:00:00:0$n:09 nud failed
      ip neigh replace fd00:$n::9 dev o$n lladdr 02:00:00:00:0$n:09 nud failed
    done
    ip neigh replace 10.1.3.2 dev o3 lladdr 02:00:00:00:03:02 nud failed
    ip neigh replace fd00:3::2 dev o3 lladdr 02:00:00:00:03:02 nud failed
    """

  /// Everything else that a table can hold: single paths, metrics, TOS, error types, overlapping prefixes.
  package static let singleRoutes = """
    ip route add default via 10.1.1.2
    ip route add 192.0.2.0/24 via 10.1.2.2
    ip route add 192.0.2.128/25 via 10.1.3.2 metric 50
    ip route add 192.0.2.128/25 via 10.1.4.2 metric 10
    ip route add 192.0.2.128/25 tos 0x10 via 10.1.5.2 metric 70
    ip route add unreachable 192.0.2.192/28; ip route add prohibit 192.0.2.208/28
    ip route add blackhole 192.0.2.224/28; ip route add throw 192.0.2.240/28
    ip route add 192.0.2.7/32 nexthop via 10.1.1.2 nexthop via 10.1.2.2
    ip -6 route add default via fd00:1::2
    ip -6 route add 2001:db8:100::/48 via fd00:2::2
    ip -6 route add 2001:db8:100:1::/64 via fd00:3::2 metric 50
    ip -6 route add 2001:db8:100:1::/64 via fd00:4::2 metric 10
    ip -6 route add unreachable 2001:db8:100:2::/64; ip -6 route add prohibit 2001:db8:100:3::/64
    ip -6 route add blackhole 2001:db8:100:4::/64; ip -6 route add throw 2001:db8:100:5::/64
    ip -6 route add 2001:db8:100:6::/64 from fd00:99::/32 via fd00:3::2
    ip -6 route add 2001:db8:100:6::/64 via fd00:4::2
    """

  /// Rules with every selector and action.
  package static let rules = """
    for t in 100 110 120 125 130 140 141 142 150 160 165 180; do
      n=$((t / 5 % 6 + 1)); m=$((n % 6 + 1))
      ip route add default table $t nexthop via 10.1.$n.2 nexthop via 10.1.$m.2 weight 3
      ip -6 route add default table $t nexthop via fd00:$n::2 nexthop via fd00:$m::2 weight 3
    done
    ip route add throw 198.51.100.32/27 table 100; ip -6 route add throw 2001:db8:1::/96 table 100
    for f in -4 -6; do
      ip $f rule add pref 100 fwmark 0x10/0xf0 lookup 100
      ip $f rule add pref 110 iif o1 lookup 110
      ip $f rule add pref 111 oif o2 lookup 120
      ip $f rule add pref 130 tos 0x10 lookup 130
      ip $f rule add pref 140 ipproto tcp dport 443 lookup 140
      ip $f rule add pref 141 ipproto udp sport 1000-20000 lookup 141
      ip $f rule add pref 142 ipproto udp dport 53 fwmark 7 lookup 142
      ip $f rule add pref 145 fwmark 9 uidrange 0-0 lookup 142
      ip $f rule add pref 160 lookup main suppress_prefixlength 0
      ip $f rule add pref 161 lookup 165 suppress_ifgroup 7
      ip $f rule add pref 190 not fwmark 0x20 lookup 180
      ip $f rule add pref 191 iif lo fwmark 0x21 lookup 160
      ip $f rule add pref 300 lookup 150
    done
    ip rule add pref 120 from 198.18.0.0/16 lookup 120
    ip rule add pref 125 to 203.0.100.0/25 lookup 125
    ip rule add pref 150 from 198.19.5.0/24 unreachable; ip rule add pref 151 from 198.19.6.0/24 prohibit
    ip rule add pref 152 from 198.19.7.0/24 blackhole
    ip rule add pref 155 to 198.51.100.0/27 goto 300
    ip -6 rule add pref 120 from 2001:2::/52 lookup 120
    ip -6 rule add pref 125 to 2001:db8:110::/80 lookup 125
    ip -6 rule add pref 150 from 2001:2:0:5000::/52 unreachable; ip -6 rule add pref 151 from 2001:2:0:6000::/52 prohibit
    ip -6 rule add pref 152 from 2001:2:0:7000::/52 blackhole
    ip -6 rule add pref 155 to 2001:db8:1:0:8000::/65 goto 300
    for n in 1 2 3; do ip link set o$n group 7; done
    """

  /// Hash-threshold groups with weights that iproute2 can not write.
  package static func addWideGroups() throws {
    var kernel = try Kernel()
    let weights: [(UInt32, UInt32)] = [(1, 7), (2, 1000), (3, 1), (4, 65535)]
    for (offset, family) in [(UInt32(0), "-4"), (10, "-6")] {
      let members = weights.map { NexthopGroup.Member(id: $0.0 + offset, weight: $0.1) }
      try kernel.add(.group(NexthopGroup(id: 120 + offset, members: members)))
      let prefix = family == "-4" ? "203.0.120.0/24" : "2001:db8:130::/64"
      try run("ip \(family) route add \(prefix) nhid \(120 + offset)")
    }
  }
}
