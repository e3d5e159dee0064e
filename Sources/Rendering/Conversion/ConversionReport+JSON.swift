package import JSON
import Planning
import Routing

extension ConversionReport: JSONEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("kind", plan.kind.rawValue)
      json.member("refused", plan.isRefused)
      json.member("netns", namespaceName)
      if let flows {
        json.member("flows", flows.all)
        json.member("concerned", flows.concerned)
        json.member("moved", flows.moved)
        json.member("undetermined", flows.undetermined)
      }
      json.key("conversions")
      json.array { json in for fate in fates { write(fate, to: &json) } }
      json.key("steps")
      json.array { json in for line in lines { write(line, to: &json) } }
      if !plan.proposals.isEmpty {
        json.key("proposals")
        json.array { json in for proposal in plan.proposals { write(proposal, to: &json) } }
      }
      json.key("hazards")
      json.array { json in for hazard in plan.hazards { write(hazard, to: &json) } }
    }
  }

  private func write(_ place: Conversion.Place, _ key: String, to json: inout JSONWriter) {
    json.key(key)
    json.object { json in
      switch place {
      case .legs: json.member("type", "legacy")
      case .object(let id): json.member("id", id)
      }
    }
  }

  private func write(_ fate: Fate, to json: inout JSONWriter) {
    json.object { json in
      write(fate.conversion.from, "from", to: &json)
      write(fate.conversion.to, "to", to: &json)
      json.key("routes")
      json.array { json in
        for route in fate.conversion.routes {
          json.object { json in
            json.member("dst", route.destination.description)
            json.member("table", route.table)
            json.member("metric", route.metric)
            json.member("tos", route.tos == 0 ? nil : route.tos)
          }
        }
      }
      if let following = fate.conversion.following {
        json.key("in_front_of")
        write(following, to: &json)
      }
      json.key("share")
      json.share(fate.share)
      json.key("shares")
      json.array { json in for share in fate.shares { json.share(share) } }
      if let group = fate.conversion.group, let parameters = group.resilient {
        json.member("buckets", parameters.buckets)
        json.key("idle_timer")
        json.seconds(UInt64(parameters.idleTimer))
        json.key("unbalanced_timer")
        json.seconds(UInt64(parameters.unbalancedTimer))
      }
      json.member("advised_buckets", fate.advisedBuckets)
      if let estimate = fate.estimate {
        json.key("oversubscription")
        json.share(estimate.oversubscription)
        json.key("undersubscription")
        json.share(estimate.undersubscription)
      }
      if let moves = fate.moves {
        json.key("moves_by_change")
        json.object { json in
          json.key("hash_threshold")
          json.share(moves.threshold)
          json.key("resilient")
          json.share(moves.resilient)
        }
      }
      json.member("break_even", fate.breakEven)
    }
  }

  private func write(_ following: Following, to json: inout JSONWriter) {
    json.object { json in
      json.member("dst", following.daemon.destination.description)
      json.member("table", following.daemon.table)
      json.member("metric", following.daemon.metric)
      json.member("own_table", following.route.table)
      json.member("own_metric", following.route.metric)
      json.member("rules", following.rules.count)
    }
  }

  private func write(_ proposal: DaemonProposal, to json: inout JSONWriter) {
    json.object { json in
      json.member("kind", proposal.kind.rawValue)
      json.member("subject", proposal.subject)
      json.member("daemon", proposal.daemon)
      json.member("availability", proposal.availability.rawValue)
      json.member("condition", proposal.condition)
      json.key("lines")
      json.array { json in for line in proposal.lines { json.string(line) } }
      json.member("redistribution", proposal.redistribution)
      json.member("restart", proposal.restart)
    }
  }

  private func write(_ line: Line, to json: inout JSONWriter) {
    json.object { json in
      json.member("command", line.command.map { "ip \($0)" })
      json.member("text", line.step.phrase)
      guard let price = line.step.price else { return }
      json.key("share")
      json.share(price.share)
      guard let flows = price.flows else { return }
      json.member("flows", flows.total)
      json.member("moved", flows.moved)
      json.member("undetermined", flows.undetermined)
      json.member("weight", flows.weight)
      json.member("moved_weight", flows.movedWeight)
    }
  }

  private func write(_ hazard: ConversionHazard, to json: inout JSONWriter) {
    json.object { json in
      json.member("code", hazard.code.rawValue)
      json.member("severity", hazard.severity.name)
      json.member("subject", hazard.subject.isEmpty ? nil : hazard.subject)
      json.member("text", hazard.text)
      json.member("remedy", hazard.remedy)
      json.member("override", hazard.override)
      json.member("accepted", hazard.isAccepted ? true : nil)
    }
  }
}
