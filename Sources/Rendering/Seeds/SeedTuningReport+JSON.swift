import Forwarding
package import JSON
import Placement
import Routing

extension SeedTuningReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      for (key, count) in [
        ("flows", sample.all), ("hashed", sample.hashed), ("unhashed", sample.unhashed), ("fixed", sample.fixed),
        ("untold", sample.untold), ("elsewhere", sample.elsewhere),
        ("left_out", sample.leftOut),
      ] {
        json.key(key)
        write(count, to: &json)
      }
      json.member("inputs", sample.inputs)
      json.member("tries", tries)
      json.member("random_seed", randomSeed)
      json.key("best")
      write(best, to: &json)
      json.member("keeps_today", keepsToday)
      if let today {
        json.key("today")
        write(today, to: &json)
      }
      json.key("overloads")
      json.object { json in
        for (key, value) in [("least", overloads.first ?? 1), ("median", median), ("largest", worst)] {
          json.key(key)
          json.double(value)
        }
      }
      if let worseThanToday {
        json.key("worse_than_today")
        json.share(worseThanToday)
      }
      json.member("all_alike", isHopeless)
      if !upstream.isEmpty { writeUpstream(to: &json) }
      json.key("groups")
      json.array { json in for group in groups { write(group, to: &json) } }
      json.member("certainty", isExact ? "exact" : "uncertain")
      json.key("caveats")
      json.array { json in
        for caveat in sample.caveats.list {
          json.object { json in
            json.member("code", caveat.code)
            json.member("text", caveat.text)
          }
        }
      }
    }
  }

  private func writeUpstream(to json: inout JSONWriter) {
    json.key("upstream")
    json.array { json in
      for router in upstream {
        json.object { json in
          json.member("path", router.path)
          json.member("seed", router.seed)
          json.member("next_to", router.isNextTo)
          json.member("same_policy", router.sharedFamilies.map { $0 == .ipv4 ? "inet" : "inet6" })
          json.member("same_seed_today", router.hasSeedOfToday)
        }
      }
    }
    json.key("polarized")
    json.object { json in
      if today != nil { json.member("today", starved.today) }
      json.member("best", starved.best)
    }
  }

  private func write(_ count: FlowTally.Count, to json: inout JSONWriter) {
    json.object { json in
      json.member("flows", count.flows)
      json.member("weight", count.weight)
    }
  }

  private func write(_ score: SeedTuning.Score, to json: inout JSONWriter) {
    json.object { json in
      json.member("seed", score.seed)
      json.key("overload")
      json.double(score.overload)
      json.key("excess_weight")
      json.double(score.excess)
      if let moved = score.moved {
        json.key("moved")
        write(moved, to: &json)
      }
    }
  }

  private func write(_ group: Group, to json: inout JSONWriter) {
    json.object { json in
      json.member("route", group.route.destination.description)
      if !group.branch.isEmpty { json.member("upstream", group.branch) }
      json.key("group")
      json.object { json in
        switch group.kind {
        case .single: json.member("type", "single")
        case .legacy: json.member("type", "legacy")
        case .threshold(let id):
          json.member("id", id)
          json.member("type", "mpath")
        case .resilient(let id, let buckets):
          json.member("id", id)
          json.member("type", "resilient")
          json.member("buckets", buckets)
        }
      }
      json.member("flows", group.count.flows)
      json.member("weight", group.count.weight)
      for (key, value) in [
        ("effective_flows", group.effectiveFlows), ("deviation", group.deviation),
        ("least_overload", group.leastOverload), ("best_overload", group.best),
      ] {
        json.key(key)
        json.double(value)
      }
      if let today = group.today {
        json.key("today_overload")
        json.double(today)
      }
      json.key("nexthops")
      json.array { json in for member in group.members { write(member, to: &json) } }
    }
  }

  private func write(_ member: Member, to json: inout JSONWriter) {
    json.object { json in
      json.key("nexthop")
      json.object { json in
        json.member("id", member.nexthop.id)
        json.member("gateway", member.nexthop.gateway?.description)
        json.member("dev", names.linkName(member.nexthop.interface))
        json.member("weight", member.nexthop.weight)
      }
      for (key, share) in [
        ("ideal_share", member.ideal), ("expected_share", member.expected), ("best_share", member.best),
      ] {
        json.key(key)
        json.share(share)
      }
      if let today = member.today {
        json.key("today_share")
        json.share(today)
      }
    }
  }
}
