package import JSON

/// How a boot seed was found.
package struct SeedRecoveryReport: Hashable, Sendable {
  /// A search of all seeds.
  package struct Search: Hashable, Sendable {
    /// Seeds tried.
    package var seeds: UInt64
    package var seconds: Double
    package var threads: Int
    /// The vector registers used, such as AVX-512.
    package var registers: String
    /// Hashes that the seed had to explain.
    package var observations: Int

    package init(seeds: UInt64, seconds: Double, threads: Int, registers: String, observations: Int) {
      self.seeds = seeds
      self.seconds = seconds
      self.threads = threads
      self.registers = registers
      self.observations = observations
    }

    fileprivate var seedsPerSecond: UInt64 { UInt64(Double(seeds) / max(seconds, 1e-6)) }
  }

  package var kernel: String
  package var seed: UInt32
  /// nil when an earlier recovery had found the seed.
  package var search: Search?
  /// Lookups that agreed with the seed afterwards.
  package var checked: Int
  /// The file that keeps the seed; nil when none does.
  package var cachePath: String?

  package init(kernel: String, seed: UInt32, search: Search?, checked: Int, cachePath: String?) {
    self.kernel = kernel
    self.seed = seed
    self.search = search
    self.checked = checked
    self.cachePath = cachePath
  }

  package var lines: [String] {
    var lines = ["boot seed \(SeedReport.text(ofSeed: seed)) of Linux \(kernel), for every namespace whose sysctl is 0"]
    if let search {
      lines.append("    the only one of \(search.seeds) that explains \(search.observations) observed hashes")
      let rate = "\(search.seedsPerSecond / 1_000_000) million seeds/s"
      let threads = "\(search.threads) thread\(search.threads == 1 ? "" : "s")"
      lines.append("    searched in \(Self.tenths(search.seconds)) s: \(rate) with \(threads), \(search.registers)")
    } else {
      lines.append("    found earlier in this boot")
    }
    lines.append("    \(checked) more lookups agree")
    if let cachePath { lines.append("    kept in \(cachePath) until the next boot") }
    return lines
  }

  private static func tenths(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension SeedRecoveryReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("seed", seed)
    json.member("kernel", kernel)
    json.member("checked", checked)
    if let search {
      json.key("search")
      json.beginObject()
      json.member("seeds", search.seeds)
      json.member("observations", search.observations)
      json.key("seconds")
      json.double(search.seconds)
      json.member("seeds_per_second", search.seedsPerSecond)
      json.member("threads", search.threads)
      json.member("registers", search.registers)
      json.endObject()
    }
    json.member("cache", cachePath)
    json.endObject()
  }
}
