internal import Netlink

/// What a user calls a network namespace: a name of `ip netns`, a path, or a process id.
package struct NetworkNamespace: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// The files that the text may stand for, in the order in which they are tried.
  ///
  /// A name comes before a process id, because a namespace may be called 42.
  package var candidates: [String] {
    if text.isEmpty || text.utf8.contains(0) { return [] }
    if text.contains("/") { return [text] }
    var paths = ["/run/netns/\(text)", "/var/run/netns/\(text)"]
    if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      paths.append("/proc/\(text)/ns/net")
    }
    return paths
  }

  /// Moves the calling thread into the namespace.
  func enter() throws(KernelError) {
    for path in candidates {
      do throws(Errno) {
        return try System.enterNetworkNamespace(path)
      } catch .noEntry, .notDirectory, .noSuchProcess {
        continue
      } catch .notPermitted, .accessDenied {
        throw .missingPrivilege(operation: "enter the network namespace \"\(text)\"")
      } catch {
        throw .notANamespace(text)
      }
    }
    throw .namespaceNotFound(text)
  }
}
