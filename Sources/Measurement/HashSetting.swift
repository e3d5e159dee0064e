import KernelRouting
import MultipathHash
import Routing

/// A hash policy of one family in the scratch namespace.
struct HashSetting: Hashable {
  var family: AddressFamily
  var policy: HashPolicy
  /// Policy 3 only.
  var fields: HashFields = []

  var sysctls: [SysctlSetting] {
    let base = family == .ipv4 ? "ipv4" : "ipv6"
    // The fields come first: policy 3 is never active with the fields of another question.
    var settings: [SysctlSetting] = []
    if policy == .custom { settings.append(SysctlSetting("\(base)/fib_multipath_hash_fields", fields.rawValue)) }
    settings.append(SysctlSetting("\(base)/fib_multipath_hash_policy", policy.rawValue))
    return settings
  }

  /// What hashes under this setting; only its inputs count.
  func hasher(isLittleEndian: Bool) -> MultipathHasher {
    MultipathHasher(
      family: family, policy: policy, fields: fields, key: HashKey(seed: 0), isLittleEndian: isLittleEndian)
  }
}
