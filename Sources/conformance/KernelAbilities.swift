import KernelRouting
import Routing

/// What the running kernel offers of the things that configurations are made of.
struct KernelAbilities {
  var hasSeed: Bool
  var policies: ClosedRange<UInt8>
  var hasResilientGroups: Bool
  /// The largest weight of a group member.
  var maximalWeight: UInt32

  /// Tries each in the calling thread's namespace, in which the nexthop object `id` exists.
  init(trying kernel: inout Kernel, nexthop id: UInt32) {
    func accepts(_ setting: SysctlSetting) -> Bool { (try? setting.write()) != nil }
    func accepts(_ group: NexthopGroup, _ kernel: inout Kernel) -> Bool {
      guard (try? kernel.add(.group(group))) != nil else { return false }
      return (try? kernel.delete(.group(group))) != nil
    }
    hasSeed = accepts(SysctlSetting("ipv4/fib_multipath_hash_seed", 0))
    policies = 0...(accepts(SysctlSetting("ipv4/fib_multipath_hash_policy", 3)) ? 3 : 2)
    let resilient = ResilientParameters(buckets: 8, idleTimer: 12000, unbalancedTimer: 0)
    hasResilientGroups = accepts(
      NexthopGroup(id: 90, kind: .resilient, members: [.init(id: id)], resilient: resilient), &kernel)
    let wide = NexthopGroup(id: 90, members: [.init(id: id, weight: 65535)])
    maximalWeight = accepts(wide, &kernel) ? 65535 : 255
  }
}
