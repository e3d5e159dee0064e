/// The routers that packets are followed through, and the cables between them.
package struct Topology: Hashable, Sendable {
  /// Where the state of a router comes from.
  package enum Source: Hashable, Sendable {
    /// The network namespace that the program runs in.
    case live
    /// Another namespace: a name of `ip netns`, a path, or a process id.
    case namespace(String)
    /// A file that `snapshot save` or `snapshot import` has written.
    case snapshot(String)

    /// Whether a kernel is asked.
    package var isLive: Bool { if case .snapshot = self { false } else { true } }
  }

  package struct Router: Hashable, Sendable {
    package var name: String
    package var source: Source
    /// The hash seed, where the state does not tell it.
    package var seed: UInt32?
    /// The line that names it, from 1; 0 for one that is in no file.
    package var line: Int

    package init(name: String, source: Source, seed: UInt32? = nil, line: Int = 0) {
      self.name = name
      self.source = source
      self.seed = seed
      self.line = line
    }
  }

  /// An interface of a router.
  package struct End: Hashable, Sendable {
    package var router: String
    package var interface: String

    package init(router: String, interface: String) {
      self.router = router
      self.interface = interface
    }
  }

  /// Two interfaces that are on one wire.
  package struct Cable: Hashable, Sendable {
    package var first: End
    package var second: End
    /// The line that names it, from 1; 0 for one that is in no file.
    package var line: Int

    package init(_ first: End, _ second: End, line: Int = 0) {
      self.first = first
      self.second = second
      self.line = line
    }
  }

  /// At least one; the names are unique.
  package var routers: [Router]
  package var cables: [Cable]

  package init(routers: [Router], cables: [Cable] = []) {
    self.routers = routers
    self.cables = cables
  }
}
