import FlowSources
import Forwarding
import FuzzSupport
import Planning
import Rendering
import Routing
import Snapshots

/// Any bytes are a snapshot; of one that can be read everything is shown, and flows are predicted on it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSnapshots(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  guard let snapshot = try? Snapshot(bytes: bytes, file: "fuzz") else { return 0 }
  let state = snapshot.state
  let table = ForwardingTable(state)
  let formatter = PredictionFormatter(state: state, names: NameTables())
  var output: [UInt8] = []
  var generator = SplitMix64(seed: UInt64(count))
  let flows = StateFlows(state: state, prefix: nil, family: nil)
  for _ in 0..<8 {
    guard var flow = flows.next(using: &generator) else { break }
    for origin in [Flow.Origin.forwarded, .local] {
      flow.origin = origin
      let (decision, trace) = table.explain(flow)
      formatter.appendCSV(flow, decision, index: 0, to: &output)
      _ = formatter.line(flow, decision)
      _ = formatter.explanation(decision, trace)
      _ = table.decide(flow, for: .query)
    }
  }
  show(state, into: &output)
  CheckReport(StateCheck.findings(in: state), threshold: .note, in: state).appendText(to: &output, details: true)
  return 0
}

private func show(_ state: RoutingState, into output: inout [UInt8]) {
  let index = StateIndex(state)
  for route in RouteReport.all(in: index) { route.appendText(to: &output, in: index, details: true) }
  for group in GroupReport.all(in: index) { group.appendText(to: &output, details: true) }
  for group in state.groups { BucketReport(group: group.id, in: index)?.appendText(to: &output, details: true) }
  NexthopReport.appendText(NexthopReport.all(in: index), to: &output)
  for policy in PolicyReport.all(in: state) { policy.appendText(to: &output, details: true) }
  for format in [OutputFormat.text, .json] {
    var printer = IPRoute2Printer(state: state, names: NameTables(), format: format, details: true)
    printer.begin()
    for route in state.routes { printer.append(route) }
    for nexthop in state.nexthops ?? [] { printer.append(nexthop) }
    for group in state.groups { printer.append(group) }
    printer.end()
  }
}
