package import Routing

/// A way to have a route of a routing daemon resilient, with what comes of it.
package struct DaemonProposal: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The daemon makes resilient groups itself.
    case setting = "daemon-setting"
    /// A resilient group of ours in front of its route.
    case following
  }

  package enum Availability: String, Hashable, Sendable, CaseIterable {
    case available
    /// It depends on a version that is not known, or not known well enough.
    case depends
    case unavailable
  }

  package var kind: Kind
  /// The routes that it is about.
  package var subject: String
  package var daemon: String
  package var availability: Availability
  /// Why it is available or not, as a sentence without a full stop.
  package var condition: String
  /// What is to be pasted: configuration of the daemon, or a command.
  package var lines: [String]
  /// What it does to the routes that the daemon tells others, as a sentence without a full stop.
  package var redistribution: String
  /// What happens when the daemon is started again, as a sentence without a full stop.
  package var restart: String

  package init(
    kind: Kind, subject: String, daemon: String, availability: Availability, condition: String, lines: [String],
    redistribution: String, restart: String
  ) {
    self.kind = kind
    self.subject = subject
    self.daemon = daemon
    self.availability = availability
    self.condition = condition
    self.lines = lines
    self.redistribution = redistribution
    self.restart = restart
  }
}

extension DaemonProposal {
  /// The setting of zebra for all its groups.
  static func setting(_ subject: String, _ parameters: ResilientParameters, version: String?) -> DaemonProposal {
    let isTooOld = version.flatMap(FRRVersion.init).map { $0 < FRRVersion(10, 7) }
    let known = version.map { "this is FRR \($0)" } ?? "its version is not known here"
    let condition =
      isTooOld == true
      ? "\(known), which has no such setting"
      : "\(known): it has the setting where vtysh lists it after \"zebra nexthop-group ?\"; FRR up to 10.6 does not"
    return DaemonProposal(
      kind: .setting, subject: subject, daemon: "FRR (zebra)",
      availability: isTooOld == true ? .unavailable : .depends, condition: condition,
      lines: [
        "zebra nexthop-group resilience buckets \(parameters.buckets) idle-timer \(parameters.idleTimer / 100) "
          + "unbalanced-timer \(parameters.unbalancedTimer / 100)"
      ],
      redistribution: "nothing changes: the routes stay zebra's, and so does what its protocols tell others",
      restart: "zebra makes its groups again from its configuration, and every flow is placed anew")
  }

  static func following(_ subject: String, _ owner: RouteOwner, _ prefix: Prefix) -> DaemonProposal {
    let isZebra = owner.kind == .zebra
    return DaemonProposal(
      kind: .following, subject: subject, daemon: owner.name, availability: .available,
      condition: "a resilient group of ours with the members of its route, behind a route that it does not look at; "
        + "ecmpctl resilient guard keeps the members those of its route, and has to run",
      lines: ["ecmpctl resilient apply \(prefix) --follow", "systemctl start ecmpctl-guard"],
      redistribution: isZebra
        ? "nothing changes: zebra passes over routes of protocol bgp that it has not made, and tells others its own"
        : "nothing changes unless its kernel protocol has learn on: then it takes our route for one of the system",
      restart: isZebra
        ? "zebra takes its route away when it ends, and ours stays for up to a minute (guard --restart-time); new objects "
          + "for the same gateways then take the place of the old ones without moving a flow. What zebra takes for left "
          + "behind when it starts, it lets go of after 180 s (zebra nexthop-group keep)"
        : "it leaves our route alone; while its own is gone, so is ours")
  }
}

/// The version of FRR as far as it is compared here.
struct FRRVersion: Comparable {
  let major: Int
  let minor: Int

  init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Such as "8.4.4" or "10.5-dev".
  init?(_ text: String) {
    let parts = text.split(separator: ".")
    guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isNumber }) else {
      return nil
    }
    self.init(major, minor)
  }

  static func < (left: FRRVersion, right: FRRVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
