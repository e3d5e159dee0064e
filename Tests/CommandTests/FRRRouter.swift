import TestSupport

/// zebra and bgpd in one network namespace, which end with the value.
///
/// FRR gives up root for a user of its own, so it has a directory of its own for configuration, sockets and process ids.
final class FRRRouter {
  enum Daemon: String, CaseIterable {
    case zebra, bgpd
  }

  /// A class can let go of what can not be copied only as a whole.
  private final class Side {
    let namespace: SideNamespace

    init(_ namespace: consuming SideNamespace) { self.namespace = namespace }
  }

  let name: String
  let directory: String
  /// nil for that of the calling thread.
  private let side: Side?

  /// - Parameter configuration: of bgpd.
  init(_ name: String, in lab: String, _ side: consuming SideNamespace?, configuration: String) throws {
    self.name = name
    directory = "\(lab)/\(name)"
    if let side {
      self.side = Side(side)
    } else {
      self.side = nil
    }
    try TestSupport.run(
      """
      [ -x /usr/lib/frr/zebra ] || { echo "install frr"; exit 1; }
      mkdir \(directory)
      cat >\(directory)/zebra.conf <<END
      hostname \(name)
      END
      cat >\(directory)/bgpd.conf <<END
      \(configuration)
      END
      chown -R frr:frr \(directory)
      """)
  }

  deinit {
    for daemon in Daemon.allCases { _ = try? stop(daemon, signal: "KILL") }
  }

  func enter<Result>(_ body: () throws -> Result) throws -> Result {
    guard let side else { return try body() }
    return try side.namespace.enter(body)
  }

  /// Adds a line to what a daemon reads when it starts.
  func configure(_ daemon: Daemon, _ line: String) throws {
    try TestSupport.run("echo '\(line)' >>\(directory)/\(daemon).conf")
  }

  func start(_ daemon: Daemon) throws {
    let file = "\(directory)/\(daemon)"
    try enter {
      _ = try TestSupport.run(
        """
        /usr/lib/frr/\(daemon) -d -f \(file).conf -i \(file).pid -z \(directory)/zserv.api --vty_socket \(directory) \
          -P 0 --log file:\(file).log >\(file).out 2>&1 || { cat \(file).out; exit 1; }
        """)
    }
  }

  /// Sends a signal, and waits until the process has ended where that is what the signal is for.
  func stop(_ daemon: Daemon, signal: String = "TERM") throws {
    let ends = ["TERM", "KILL"].contains(signal)
    try TestSupport.run(
      """
      [ -s \(directory)/\(daemon).pid ] || exit 0
      p=$(cat \(directory)/\(daemon).pid)
      kill -\(signal) $p 2>/dev/null || exit 0
      \(ends ? "rm -f \(directory)/\(daemon).pid" : "exit 0")
      for i in $(seq 1000); do [ -s /proc/$p/cmdline ] || exit 0; sleep 0.01; done
      echo "\(daemon) does not end"; exit 1
      """)
  }

  /// Has bgpd carry out commands of vtysh, one after the other, and does not wait for it.
  func vtyshInBackground(_ commands: String...) throws {
    let words = commands.map { "-c '\($0)'" }.joined(separator: " ")
    try TestSupport.run("timeout 10 vtysh --vty_socket \(directory) -d bgpd \(words) </dev/null >/dev/null 2>&1 &")
  }
}
