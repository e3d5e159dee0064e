package import JSON

/// What is known of the hash key of one network namespace.
package struct SeedReport: Hashable, Sendable {
  /// Where the key comes from.
  package enum Key: Hashable, Sendable {
    /// `fib_multipath_hash_seed` is set.
    case sysctl(seed: UInt32)
    /// The sysctl is 0, and the boot seed has been recovered.
    case recovered(seed: UInt32)
    /// The sysctl is 0, and nobody knows the boot seed.
    case boot
    /// A kernel before 6.11: 128 random bits.
    case secret
  }

  /// What became of the file of the recovered seed.
  package enum Cache: Hashable, Sendable {
    case valid
    case absent
    /// Only root may read it.
    case unreadable
    /// It is not used; the clause says why.
    case ignored(String)
  }

  package var kernel: String
  package var bootID: String?
  package var key: Key
  package var cachePath: String
  package var cache: Cache

  package init(kernel: String, bootID: String?, key: Key, cachePath: String, cache: Cache) {
    self.kernel = kernel
    self.bootID = bootID
    self.key = key
    self.cachePath = cachePath
    self.cache = cache
  }

  /// `305419896 (0x12345678)`.
  package static func text(ofSeed seed: UInt32) -> String { "\(seed) (0x\(String(seed, radix: 16)))" }

  package var lines: [String] {
    var lines: [String] = []
    switch key {
    case .sysctl(let seed):
      lines.append("the key is known: seed \(Self.text(ofSeed: seed)), set by net.ipv4.fib_multipath_hash_seed")
    case .recovered(let seed):
      lines.append("the key is known: boot seed \(Self.text(ofSeed: seed)), recovered")
      lines.append("    net.ipv4.fib_multipath_hash_seed = 0")
    case .boot:
      lines.append("the key is not known: a 32-bit boot seed; ecmpctl seed recover finds it")
      lines.append("    net.ipv4.fib_multipath_hash_seed = 0")
    case .secret:
      lines.append("the key can not be known: 128 random bits, in the absence of net.ipv4.fib_multipath_hash_seed")
    }
    lines.append("    Linux \(kernel), boot id \(bootID ?? "unknown")")
    switch cache {
    case .valid: lines.append("    \(cachePath): the boot seed")
    case .absent: lines.append("    \(cachePath): no such file")
    case .unreadable: lines.append("    \(cachePath): only root may read it")
    case .ignored(let reason): lines.append("    ignored: \(reason)")
    }
    return lines
  }
}

extension SeedReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.beginObject()
    json.key("sysctl")
    switch key {
    case .sysctl(let seed): json.integer(seed)
    case .recovered, .boot: json.integer(0)
    case .secret: json.null()
    }
    switch key {
    case .sysctl(let seed), .recovered(let seed):
      json.member("key_known", true)
      json.member("seed", seed)
    case .boot, .secret: json.member("key_known", false)
    }
    switch key {
    case .sysctl: json.member("origin", "sysctl")
    case .recovered: json.member("origin", "recovered")
    case .boot: json.member("origin", "boot")
    case .secret: json.member("origin", "secret")
    }
    json.member("kernel", kernel)
    json.member("boot_id", bootID)
    json.key("cache")
    json.beginObject()
    json.member("path", cachePath)
    switch cache {
    case .valid: json.member("state", "valid")
    case .absent: json.member("state", "absent")
    case .unreadable: json.member("state", "unreadable")
    case .ignored(let reason):
      json.member("state", "ignored")
      json.member("reason", reason)
    }
    json.endObject()
    json.endObject()
  }
}
