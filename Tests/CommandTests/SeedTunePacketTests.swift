import JSON
import Routing
import TestSupport
import Testing

/// `seed tune` on packets of all kinds, against `predict` under the same seed.
@Suite("Seeds tried on packets")
struct SeedTunePacketTests {
  private static func snapshot(seed: UInt32, policy: UInt8, fields: UInt32) -> String {
    var text = CapturePredictTests.snapshot
    for (mark, value) in [
      (#""fib_multipath_hash_seed":7"#, #""fib_multipath_hash_seed":\#(seed),"fib_multipath_hash_fields":\#(fields)"#),
      (#""ipv6":{"#, #""ipv6":{"fib_multipath_hash_fields":\#(fields),"#), ("POLICY", String(policy)),
    ] {
      text = text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
    }
    return text
  }

  private static func frames(_ generator: inout SeededGenerator) -> [[UInt8]] {
    (0..<400).map { index in
      let family: AddressFamily = index % 2 == 0 ? .ipv4 : .ipv6
      var traffic = generator.pick(Traffic.allCases)
      while !traffic.exists(in: family) { traffic = generator.pick(Traffic.allCases) }
      let ends: (IPAddress, IPAddress) =
        family == .ipv4
        ? (
          IPAddress(ipv4: 0x0a02_0000 | generator.number() & 0xff),
          IPAddress(ipv4: 0xc633_6400 | generator.number() & 0xff)
        )
        : (
          IPAddress(ipv6High: 0x2001_0db8_0000_0001, low: generator.number()),
          IPAddress(ipv6High: 0x2001_0db8_0000_0002, low: generator.number())
        )
      let packet = generator.packet(traffic, from: ends.0, to: ends.1)
      return Packets.ethernet(family == .ipv4 ? 0x0800 : 0x86dd, packet)
    }
  }

  @Test(
    "every packet counts for the nexthop that predict names under the seed",
    arguments: [
      (0 as UInt8, 0x7 as UInt32), (1, 0x7), (2, 0x7), (3, 0x37), (3, 0xfff), (3, 0xc0), (3, 0x4c8),
    ])
  func equal(policy: UInt8, fields: UInt32) throws {
    var generator = SeededGenerator(seed: 0x5eed &+ UInt64(policy) &+ UInt64(fields))
    let frames = Self.frames(&generator)
    for seed in [7, 0x89ab_cdef] as [UInt32] {
      try withTemporaryDirectory { directory in
        try run(
          "cat >\(directory)/s.json <<'E'\n\(Self.snapshot(seed: seed, policy: policy, fields: fields))\nE")
        try CapturePredictTests.write(CapturePredictTests.pcap(frames), to: "\(directory)/x.pcap")
        let source = "--flows \(directory)/x.pcap -i in0 --l4hash none --snapshot \(directory)/s.json"
        let predicted = try Program.run("predict \(source) --output csv")
        #expect(predicted.status == 0, "\(predicted.error)")
        // index,src,dst,proto,sport,dport,gateway,dev,nexthop_id,group_id,bucket,hash,certainty
        var weights: [String: [String: Int]] = [:]
        for (row, frame) in zip(predicted.output.split(separator: "\n").dropFirst(), frames) {
          let fields = row.split(separator: ",", omittingEmptySubsequences: false)
          guard fields.count == 13, !fields[11].isEmpty else { continue }
          weights[fields[2].contains(":") ? "::/0" : "0.0.0.0/0", default: [:]][String(fields[7]), default: 0] +=
            frame.count
        }
        let tuned = try Program.run("seed tune \(source) --tries 0 --candidate \(seed) --json")
        #expect(tuned.status == 0, "\(tuned.error)")
        let groups = try SeedLab.json(tuned)["groups"]?.elements ?? []
        #expect(groups.count == weights.count && groups.count == 2)
        for group in groups {
          let own = weights[group["route"]?.text ?? ""] ?? [:]
          let sum = own.values.reduce(0, +)
          #expect(group["weight"] == .integer(Int128(sum)))
          for nexthop in group["nexthops"]?.elements ?? [] {
            let share = Double(own[nexthop["nexthop"]?["dev"]?.text ?? ""] ?? 0) / Double(max(sum, 1))
            #expect(abs(share - (nexthop["best_share"]?.number ?? -1)) < 1e-5, "seed \(seed)")
          }
        }
      }
    }
  }
}
