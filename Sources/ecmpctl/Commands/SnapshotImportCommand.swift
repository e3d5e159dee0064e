import ArgumentParser
import Files
import Snapshots

/// `ecmpctl snapshot import`.
struct SnapshotImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", _superCommandName: "ecmpctl snapshot",
    abstract: "Build a snapshot from the outputs of ip and sysctl of a router without ecmpctl.",
    discussion: """
      Every input may be absent; what is then unknown is said on standard error and kept in the file.

      EXAMPLES
        ip -j -d route show table all >route.json; ip -6 -j -d route show table all >route6.json
        ip -j -d nexthop >nexthop.json; ip -j nexthop bucket show >bucket.json
        ip -j rule >rule.json; ip -6 -j rule >rule6.json; ip -j -d link >link.json
        ip -j addr >addr.json; ip -j neigh >neigh.json; sysctl net >sysctl.txt; uname -a >uname.txt
        cat /proc/net/snmp /proc/net/snmp6 >snmp.txt
        ecmpctl snapshot import -o router.json --route route.json --route6 route6.json \\
          --nexthop nexthop.json --bucket bucket.json --rule rule.json --rule6 rule6.json \\
          --link link.json --addr addr.json --neigh neigh.json --sysctl sysctl.txt --snmp snmp.txt --uname uname.txt
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The snapshot to write; - is standard output.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("Output of ip -j -d route show table all.", valueName: "file"))
  var route: String?

  @Option(help: ArgumentHelp("Output of ip -6 -j -d route show table all.", valueName: "file"))
  var route6: String?

  @Option(help: ArgumentHelp("Output of ip -j -d nexthop.", valueName: "file"))
  var nexthop: String?

  @Option(help: ArgumentHelp("Output of ip -j nexthop bucket show.", valueName: "file"))
  var bucket: String?

  @Option(help: ArgumentHelp("Output of ip -j rule.", valueName: "file"))
  var rule: String?

  @Option(help: ArgumentHelp("Output of ip -6 -j rule.", valueName: "file"))
  var rule6: String?

  @Option(help: ArgumentHelp("Output of ip -j -d link.", valueName: "file"))
  var link: String?

  @Option(help: ArgumentHelp("Output of ip -j addr.", valueName: "file"))
  var addr: String?

  @Option(help: ArgumentHelp("Output of ip -j neigh.", valueName: "file"))
  var neigh: String?

  @Option(help: ArgumentHelp("Output of sysctl net.", valueName: "file"))
  var sysctl: String?

  @Option(help: ArgumentHelp("Output of cat /proc/net/snmp /proc/net/snmp6.", valueName: "file"))
  var snmp: String?

  @Option(help: ArgumentHelp("Output of uname -a or uname -r.", valueName: "file"))
  var uname: String?

  @Option(help: ArgumentHelp("The router's /etc/iproute2/rt_tables, for table names of its own.", valueName: "file"))
  var rtTables: String?

  @Option(help: ArgumentHelp("The router's /etc/iproute2/rt_protos, for protocol names of its own.", valueName: "file"))
  var rtProtos: String?

  @OptionGroup var format: JSONOptions
  @OptionGroup var display: DisplayOptions
  @OptionGroup var detail: DetailOptions

  func run() throws {
    var bundle = SnapshotImport()
    bundle.routes = try source(route)
    bundle.ipv6Routes = try source(route6)
    bundle.nexthops = try source(nexthop)
    bundle.buckets = try source(bucket)
    bundle.rules = try source(rule)
    bundle.ipv6Rules = try source(rule6)
    bundle.links = try source(link)
    bundle.addresses = try source(addr)
    bundle.neighbours = try source(neigh)
    bundle.sysctls = try source(sysctl)
    bundle.counters = try source(snmp)
    bundle.release = try source(uname)
    bundle.tableNames = try source(rtTables)
    bundle.protocolNames = try source(rtProtos)
    let snapshot = try bundle.snapshot(created: WallClock.now)
    try snapshot.save(to: output)
    for note in snapshot.notes { complain(note) }
  }

  private func source(_ path: String?) throws -> SnapshotImport.Source? {
    try path.map { SnapshotImport.Source(file: $0, bytes: try InputFile.contents(of: $0)) }
  }
}
