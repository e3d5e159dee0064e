import FlowSources
import KernelRouting
import Netlink
import Routing
import Shadow
import TestSupport
import Testing
import Verification

/// What an answer says about a flow, without what differs from one kernel object to the next.
struct Answered: Hashable {
  var leg: RouteLeg?
  var type: RouteType?
  var table: UInt32?
  var errno: Int32?

  init(_ answer: RouteAnswer) {
    leg = answer.leg
    type = answer.route?.type
    table = answer.route?.table
    errno = answer.refusal?.errno.rawValue
  }
}

/// So many questions about flows that exercise a state.
func queries(about state: RoutingState, count: Int, seed: UInt64) throws -> [RouteQuery] {
  var generator = SeededGenerator(seed: seed)
  let prefixes = Array(
    Set(state.routes.filter { $0.type == .unicast && !$0.destination.address.isMulticast }.map(\.destination))
  ).sorted()
  var queries: [RouteQuery] = []
  while queries.count < count {
    let prefix = try #require(prefixes.randomElement(using: &generator))
    let flows = StateFlows(state: state, prefix: prefix)
    guard let flow = flows.next(using: &generator), let query = RouteQuery(asking: flow) else { continue }
    queries.append(query)
  }
  return queries
}

/// Rebuilds what is in the namespace of the calling thread, and expects it to be the same and to answer the same.
///
/// - Parameter routed: so many percent of the flows have to go somewhere at least.
func expectFaithfulShadow(
  _ what: String, count: Int = 1000, routed: Int = 30, seed: UInt64 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var kernel = try Kernel(visiting: ())
  let state = try kernel.readState()
  var shadow = try Shadow(rebuilding: state)
  #expect(shadow.differences.map(\.description) == [], "\(what)", sourceLocation: sourceLocation)
  let queries = try queries(about: state, count: count, seed: seed)
  let expected = try kernel.lookup(queries).map(Answered.init)
  let answers = try shadow.kernel.lookup(queries).map(Answered.init)
  var different = 0
  for (query, (live, shadow)) in zip(queries, zip(expected, answers)) where live != shadow {
    different += 1
    if different <= 3 {
      Issue.record("\(what), seed \(seed): \(query): \(live), in the shadow \(shadow)", sourceLocation: sourceLocation)
    }
  }
  #expect(different == 0, "\(what), seed \(seed)", sourceLocation: sourceLocation)
  #expect(
    expected.count { $0.leg != nil } > count * routed / 100, "\(what): the flows must have routes",
    sourceLocation: sourceLocation)
}
