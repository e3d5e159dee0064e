import Forwarding
package import JSON
import MultipathHash
import Placement
import Routing

extension DisruptionReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      if !changes.isEmpty { json.member("changes", changes) }
      json.member("flows", total.flows)
      json.member("moved", moved.flows)
      for (key, fate) in [
        ("unavoidable", Movement.Fate.unavoidable), ("collateral", .collateral), ("unroutable", .unroutable),
        ("restored", .restored), ("otherwise", .otherwise), ("undetermined", .undetermined), ("stays", .stays),
      ] { json.member(key, count(fate).flows) }
      json.key("weight")
      json.object { json in
        json.member("total", total.weight)
        json.member("moved", moved.weight)
        if total.isWeightCapped { json.member("capped", true) }
        for (key, fate) in [
          ("unavoidable", Movement.Fate.unavoidable), ("collateral", .collateral), ("unroutable", .unroutable),
          ("restored", .restored),
        ] { json.member(key, count(fate).weight) }
      }
      writeSide("before", before, to: &json)
      writeSide("after", after, to: &json)
      writeMatrix(to: &json)
      writeComparison(to: &json)
      writeAnycast(to: &json)
      writeResilient(to: &json)
      json.member("certainty", isExact ? "exact" : "uncertain")
      json.member("uncertain", uncertain)
      json.key("caveats")
      json.array { json in
        for doubt in doubts {
          json.object { json in
            json.member("code", doubt.code)
            json.member("text", doubt.text)
          }
        }
      }
    }
  }

  private func writeSide(_ key: String, _ lines: [Line], to json: inout JSONWriter) {
    json.key(key)
    json.array { json in
      for line in lines {
        json.object { json in
          if let nexthop = line.nexthop {
            json.key("nexthop")
            json.object { json in
              json.member("id", nexthop.id)
              json.member("gateway", nexthop.gateway?.description)
              json.member("dev", names.linkName(nexthop.interface))
              json.member("weight", nexthop.weight)
            }
          } else {
            json.member("type", WayNames.word(line.way))
            if case .dropped(let reason) = line.way { json.member("dropped", reason.text) }
          }
          write(line.count, to: &json)
          json.key("share")
          json.share(total.flows == 0 ? 0 : Double(line.count.flows) / Double(total.flows))
          if let ideal = line.idealShare {
            json.key("ideal_share")
            json.share(ideal)
          }
        }
      }
    }
  }

  private func write(_ count: Count, to json: inout JSONWriter) {
    json.member("flows", count.flows)
    json.member("weight", count.weight)
  }

  private func writeMatrix(to json: inout JSONWriter) {
    json.key("matrix")
    json.array { json in
      for cell in matrix {
        json.object { json in
          json.member("from", names.text(cell.before))
          json.member("to", names.text(cell.after))
          write(cell.count, to: &json)
        }
      }
    }
    json.key("reasons")
    json.object { json in
      for (reason, count) in reasons { json.member(reason.rawValue, count.flows) }
    }
  }

  private func writeComparison(to json: inout JSONWriter) {
    json.key("comparison")
    json.object { json in
      guard let comparison else { return }
      json.member("flows", comparison.flows.flows)
      json.member("not_compared", comparison.notCompared.flows)
      json.member("buckets", comparison.bucketCounts)
      for line in comparison.lines {
        json.key(line.name == comparison.lines[0].name ? "actual" : line.name)
        json.object { json in
          json.member("moved", line.result.moved.flows)
          json.member("unavoidable", line.result.unavoidable.flows)
          json.member("collateral", line.result.collateral.flows)
          json.member("weight", line.result.moved.weight)
        }
      }
      json.key("bound")
      json.double((comparison.bound * 1000).rounded() / 1000)
    }
    if let undeterminedGuess {
      json.key("undetermined_expected")
      json.object { json in
        json.member("flows", undeterminedGuess.flows)
        json.key("moved")
        json.double((undeterminedGuess.moved * 1000).rounded() / 1000)
      }
    }
    guard let expectation else { return }
    json.key("expected")
    json.object { json in
      json.member("flows", expectation.flows)
      json.member("moved", expectation.moved)
      json.key("expected_share")
      json.share(expectation.expectedShare)
      json.key("share")
      json.share(Double(expectation.moved) / Double(expectation.flows))
    }
  }

  private func writeAnycast(to json: inout JSONWriter) {
    guard let anycast else { return }
    json.key("anycast")
    json.array { json in
      for family in anycast.families {
        json.object { json in
          json.member("family", family.family == .ipv4 ? "inet" : "inet6")
          json.member("policy_before", family.policyBefore.rawValue)
          json.member("policy", family.policyAfter.rawValue)
          for (key, errors) in [("errors_before", family.errorsBefore), ("errors", family.errorsAfter)] {
            json.key(key)
            json.object { json in
              json.member("sampled", errors.asked)
              json.member("same_nexthop", errors.same)
              json.member("unknown", errors.unknown)
            }
          }
          json.key("clients")
          json.object { json in
            json.member("sampled", family.clients.sampled)
            json.member("all", family.clients.isWhole)
            json.member("split_before", family.clients.splitBefore)
            json.member("split", family.clients.splitAfter)
          }
          json.key("outbound")
          json.object { json in
            json.member("sampled", family.outbound.asked)
            json.member("returns", family.outbound.returns)
            json.member("example", family.outbound.example?.description)
          }
        }
      }
    }
  }

  private func writeResilient(to json: inout JSONWriter) {
    guard let resilient else { return }
    json.key("resilient")
    json.object { json in
      for (key, count) in [("moves", resilient.moves), ("may-move", resilient.mayMove), ("stays", resilient.stays)] {
        json.key(key)
        json.object { json in write(count, to: &json) }
      }
      json.key("course")
      json.array { json in
        for step in resilient.course {
          json.object { json in
            json.key("seconds")
            json.double(step.seconds)
            json.member("event", step.event)
            json.member("buckets", step.buckets)
            json.member("flows", step.flows)
          }
        }
      }
    }
  }
}
