import Netlink
import Testing

@testable import KernelRouting

@Suite struct NetworkNamespaceTests {
  @Test(arguments: [
    ("blue", ["/run/netns/blue", "/var/run/netns/blue"]),
    ("42", ["/run/netns/42", "/var/run/netns/42", "/proc/42/ns/net"]),
    ("/tmp/ns", ["/tmp/ns"]),
    ("./ns", ["./ns"]),
    ("", []),
    ("a\0b", []),
  ])
  func `A text stands for a name, a path or a process id`(text: String, candidates: [String]) {
    #expect(NetworkNamespace(text).candidates == candidates)
  }

  @Test(arguments: ["no-such-namespace", "/no/such/file", "/etc/passwd/x", "", "4294967295", "99999999999999999999"])
  func `A namespace that does not exist is wrong usage`(text: String) {
    var failure: KernelError?
    do throws(KernelError) { _ = try Kernel(namespace: NetworkNamespace(text)) } catch { failure = error }
    #expect(failure == .namespaceNotFound(text))
    #expect(failure?.exitStatus == 2)
    #expect(failure.map { "\($0)" }?.contains("\"\(text)\"") == true)
  }

  @Test func `A file that is no namespace is wrong usage`() {
    var failure: KernelError?
    do throws(KernelError) { _ = try Kernel(namespace: NetworkNamespace("/etc/passwd")) } catch { failure = error }
    #expect(failure == .notANamespace("/etc/passwd") && failure?.exitStatus == 2)
  }

  @Test func `Errors are sorted by what a user can do about them`() {
    #expect(KernelError(NetlinkError("x", .refused(Refusal(.notPermitted)))).exitStatus == 4)
    #expect(KernelError(NetlinkError("x", .socket(.accessDenied))).exitStatus == 4)
    #expect(KernelError(NetlinkError("x", .interrupted)) == .interrupted(operation: "x"))
    #expect(KernelError(NetlinkError("x", .socket(.noBufferSpace))).exitStatus == 3)
    #expect(KernelError(NetlinkError("x", .refused(Refusal(.exists)))).exitStatus == 3)
  }
}
