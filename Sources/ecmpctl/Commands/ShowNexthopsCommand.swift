import ArgumentParser
import KernelRouting
import Rendering
import Routing

/// `ecmpctl show nexthops`.
struct ShowNexthopsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nexthops", _superCommandName: "ecmpctl show",
    abstract: "Show single nexthop objects with their liveness.",
    discussion: """
      With --style iproute2 the groups are listed, too, as ip nexthop show does.

      EXAMPLES
        ecmpctl show nexthops
        ecmpctl show nexthops --style iproute2 --json
      """)

  @OptionGroup var options: ShowOptions

  func run() throws {
    let index = try options.index([.neighbours, .nexthops])
    try options.print(
      iproute2: { printer in
        printer.append(
          nexthops: index.state.nexthops ?? [], groups: index.state.groups, family: options.source.family)
      },
      reports: NexthopReport.all(in: index, family: options.source.family),
      json: { $0.write(to: &$1) },
      text: { NexthopReport.appendText($0, to: &$1, details: options.details) },
      index: index)
  }
}

/// `ecmpctl show groups`.
struct ShowGroupsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "groups", _superCommandName: "ecmpctl show",
    abstract: "Show nexthop groups: members, shares, resilient parameters and the routes that use them.",
    discussion: """
      EXAMPLES
        ecmpctl show groups
        ecmpctl show groups 50 --details
      """)

  @Argument(help: "Show this group only.")
  var id: UInt32?

  @OptionGroup var options: ShowOptions

  func run() throws {
    let index = try options.index([.neighbours, .nexthops, .buckets, .routes])
    if let id {
      guard let group = index.group(id) else { throw CommandFailure.unknownGroup(id, index) }
      try options.checkFamily(of: group, index)
    }
    let groups = index.state.groups.filter { id == nil || $0.id == id }
    try options.print(
      iproute2: { printer in
        // `ip -4 nexthop show groups` shows none, as groups are of no family; `ip -4 nexthop show id 50` shows it.
        guard id != nil || options.source.family == nil else { return }
        for group in groups { printer.append(group) }
      },
      reports: GroupReport.all(in: index, id: id, family: options.source.family),
      json: { $0.write(to: &$1) },
      text: { for report in $0 { report.appendText(to: &$1, details: options.details) } },
      index: index)
  }
}

/// `ecmpctl show buckets`.
struct ShowBucketsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "buckets", _superCommandName: "ecmpctl show",
    abstract: "Show the bucket table of a resilient group.",
    discussion: """
      EXAMPLES
        ecmpctl show buckets 50
        ecmpctl show buckets 50 --json
      """)

  @Argument(help: "The id of the group; all resilient groups when absent.")
  var id: UInt32?

  @OptionGroup var options: ShowOptions

  func run() throws {
    let index = try options.index([.neighbours, .nexthops, .buckets])
    let tables = index.state.bucketTables.filter { id == nil || $0.group == id }
    if let id {
      guard let group = index.group(id) else { throw CommandFailure.unknownGroup(id, index) }
      guard !tables.isEmpty else { throw CommandFailure.usage("group \(id) is not resilient; it has no buckets") }
      try options.checkFamily(of: group, index)
    }
    try options.print(
      iproute2: { printer in for table in tables { printer.append(table, family: options.source.family) } },
      reports: BucketReport.all(in: index, id: id, family: options.source.family),
      json: { $0.write(to: &$1) },
      text: { for report in $0 { report.appendText(to: &$1, details: options.details) } },
      index: index)
  }
}

/// `ecmpctl show policy`.
struct ShowPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", _superCommandName: "ecmpctl show",
    abstract: "Show what is hashed, whether the key is known, and every setting that can change the outcome.",
    discussion: """
      EXAMPLES
        ecmpctl show policy
        ecmpctl show policy -6 --json
      """)

  @OptionGroup var options: ShowOptions

  func run() throws {
    guard options.style == .ecmpctl else {
      throw CommandFailure.usage("ip has no counterpart of show policy; leave out --style iproute2")
    }
    let index = try options.index([.settings, .devices])
    try options.print(
      iproute2: { _ in },
      reports: PolicyReport.all(
        in: index.state, family: options.source.family,
        bootSeed: RecoveredSeed.seed(for: index.state, options.source)),
      json: { $0.write(to: &$1) },
      text: { for report in $0 { report.appendText(to: &$1, details: options.details) } },
      index: index)
  }
}
