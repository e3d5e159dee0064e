package import JSON
package import Placement
import Routing

/// Whether two routers hash alike, with what to set where they do not: the one value behind text and JSON.
package struct HashLikenessReport: Sendable {
  private let likeness: HashLikeness
  /// The snapshot of the other router.
  private let path: String
  private let seed: UInt32?

  /// - Parameter seed: in force here; nil where nobody knows it.
  package init(_ likeness: HashLikeness, path: String, seed: UInt32?) {
    self.likeness = likeness
    self.path = path
    self.seed = seed
  }

  package var lines: [String] {
    var lines: [String] = []
    let families = likeness.families.map(Self.name).joined(separator: " and ")
    if likeness.isAlike {
      let seed =
        seed.map { ", under the seed \(SeedReport.text(ofSeed: $0))" } ?? ", under the boot seed of one machine"
      lines.append("alike: this router and \(path) make one hash of both directions of a flow\(seed) (\(families))")
    } else {
      lines.append("not alike: this router and \(path) do not make one hash of both directions of a flow (\(families))")
      for obstacle in likeness.obstacles {
        let (_, text, remedy) = Self.words(obstacle)
        lines.append("    \(text)")
        lines.append("        \(remedy)")
      }
    }
    if !likeness.layer4.isEmpty {
      let families = likeness.layer4.map(Self.name).joined(separator: " and ")
      lines.append(
        "    policy 1 (\(families)) takes a hash that a NIC or a socket has put on the packet before that of the header;"
      )
      lines.append("        policy 3 with fields 0x0037 hashes the same and never does that")
    }
    let divisions = likeness.divisions
    if divisions.count == 0 {
      lines.append("    no route here spreads flows")
    } else {
      lines.append(
        "    of \(divisions.count) ways in which routes here divide hashes among nexthops, \(divisions.equal) are found there, too"
      )
      if divisions.equal < divisions.count {
        lines.append(
          "        a mirror takes the same kind of group, with the nexthops in the same order, with the same weights or buckets"
        )
      }
    }
    return lines
  }

  private static func name(_ family: AddressFamily) -> String { family == .ipv4 ? "IPv4" : "IPv6" }

  private static func key(_ family: AddressFamily, _ name: String) -> String {
    "net.\(family == .ipv4 ? "ipv4" : "ipv6").fib_multipath_hash_\(name)"
  }

  private static func hex(_ fields: UInt32) -> String {
    let digits = String(fields, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func place(_ isHere: Bool, _ isThere: Bool) -> String {
    isHere && isThere ? "here and there" : isHere ? "here" : "there"
  }

  /// A code for programs, a clause for people, and what to do.
  private static func words(_ obstacle: HashLikeness.Obstacle) -> (code: String, text: String, remedy: String) {
    switch obstacle {
    case .policy(let family, let here, let there):
      return (
        "policy", "\(name(family)): policy \(here) here, \(there) there",
        "sysctl -w \(key(family, "policy"))=\(there) here, or =\(here) there"
      )
    case .fields(let family, let here, let there):
      return (
        "fields", "\(name(family)): fields \(hex(here)) here, \(hex(there)) there",
        "sysctl -w \(key(family, "fields"))=\(there) here, or =\(here) there"
      )
    case .seed(let here, let there):
      return (
        "seed", "seed \(SeedReport.text(ofSeed: here)) here, \(SeedReport.text(ofSeed: there)) there",
        "ecmpctl seed set \(there) here, or ecmpctl seed set \(here) there"
      )
    case .seedUnknown(let isHere, let isThere):
      return (
        "seed-unknown", "a boot seed that is not known \(place(isHere, isThere))",
        "ecmpctl seed set one seed on both: the boot seed of each machine is another one after each boot"
      )
    case .noSeed(let isHere, let isThere):
      return (
        "no-seed", "a key that can not be set \(place(isHere, isThere)): a kernel before 6.11",
        "a kernel from 6.11 on has \(SeedChangeReport.key)"
      )
    case .byteOrder:
      return (
        "byte-order", "one machine is little-endian and the other is not: they order addresses and ports differently",
        "two machines of one kind make one hash"
      )
    case .oneEnd(let family, let fields):
      return (
        "one-end", "\(name(family)): fields \(hex(fields)) hash one end of a flow and not the other",
        "select source and destination of addresses, and of ports, together or not at all, such as 0x0037"
      )
    case .flowLabel(let policy):
      return (
        "flow-label", "IPv6: policy \(policy) hashes the flow label, which each direction has its own of",
        "sysctl -w \(key(.ipv6, "policy"))=3 \(key(.ipv6, "fields"))=\(0x37) here and there"
      )
    }
  }
}

extension HashLikenessReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("alike", likeness.isAlike)
      json.member("other", path)
      json.member("families", likeness.families.map { $0 == .ipv4 ? "inet" : "inet6" })
      json.member("seed", seed)
      json.key("obstacles")
      json.array { json in
        for obstacle in likeness.obstacles {
          let (code, text, remedy) = Self.words(obstacle)
          json.object { json in
            json.member("code", code)
            json.member("text", text)
            json.member("remedy", remedy)
          }
        }
      }
      json.member("l4_hash", likeness.layer4.map { $0 == .ipv4 ? "inet" : "inet6" })
      json.key("divisions")
      json.object { json in
        json.member("here", likeness.divisions.count)
        json.member("there_too", likeness.divisions.equal)
      }
    }
  }
}
