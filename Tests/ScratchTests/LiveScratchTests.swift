import KernelRouting
import Netlink
import Routing
import Scratch
import TestSupport
import Testing

@Suite struct LiveScratchTests {
  private struct Unwanted: Error {}

  private static func namespaceOfThread() throws -> String { try run("readlink /proc/self/ns/net") }

  @Test func `A scratch namespace is empty and is not the one of the thread`() throws {
    try withNetworkNamespace {
      try run("ip link add o1 type veth peer name p1")
      let before = try Self.namespaceOfThread()
      var scratch = try ScratchNamespace()
      #expect(try Self.namespaceOfThread() == before)
      #expect(try scratch.kernel.links().map(\.name) == ["lo"])
      let inside = try scratch.run { try Self.namespaceOfThread() }
      #expect(inside != before)
      #expect(try Self.namespaceOfThread() == before)
      var kernel = try Kernel()
      #expect(try kernel.links().count == 3)
    }
  }

  @Test func `The thread comes back when what it did inside has failed`() throws {
    try withNetworkNamespace {
      let before = try Self.namespaceOfThread()
      let scratch = try ScratchNamespace()
      #expect(throws: Unwanted.self) { try scratch.run { throw Unwanted() } }
      #expect(try Self.namespaceOfThread() == before)
      #expect(throws: KernelError.self) { try scratch.set([SysctlSetting("ipv4/no_such_setting", 1)]) }
      #expect(try Self.namespaceOfThread() == before)
    }
  }

  @Test func `Sysctls are written inside only`() throws {
    try withNetworkNamespace {
      let path = "/proc/sys/net/ipv4/fib_multipath_hash_policy"
      let scratch = try ScratchNamespace()
      try scratch.set([SysctlSetting("ipv4/fib_multipath_hash_policy", 1), SysctlSetting("ipv4/ip_forward", true)])
      #expect(try run("cat \(path)") == "0\n")
      #expect(try scratch.run { try run("cat \(path) /proc/sys/net/ipv4/ip_forward") } == "1\n1\n")
    }
  }

  @Test func `A sysctl that the kernel refuses or lacks is named in one line`() throws {
    try withNetworkNamespace {
      let scratch = try ScratchNamespace()
      for (setting, errno) in [
        (SysctlSetting("ipv4/no_such_setting", 1), Errno.noEntry),
        (SysctlSetting("ipv4/fib_multipath_hash_policy", 77), .invalid),
      ] {
        var failure: KernelError?
        do throws(KernelError) { try scratch.set([setting]) } catch { failure = error }
        #expect(failure?.errno == errno && failure?.exitStatus == 3)
        #expect(failure.map { "\($0)" }?.contains(setting.path) == true)
      }
    }
  }

  @Test func `A namespace ends with its value`() throws {
    try withNetworkNamespace {
      let witness = try run("sleep 60 >/dev/null 2>&1 & echo $!").filter(\.isNumber)
      do {
        let scratch = try ScratchNamespace()
        // One end of a veth pair goes with the namespace of the other.
        _ = try scratch.run { try run("ip link add far type veth peer name near netns \(witness)") }
        #expect(try run("ip -br link show near").contains("near"))
      }
      try run("kill \(witness)")
      try run("for i in $(seq 100); do ip link show near >/dev/null 2>&1 || exit 0; sleep 0.05; done; exit 1")
    }
  }
}
