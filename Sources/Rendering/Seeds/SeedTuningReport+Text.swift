import Forwarding
import Placement
import Routing

extension SeedTuningReport {
  private static let width = 80
  /// Groups that are shown unless all are asked for.
  private static let mostGroups = 4

  /// - Parameter details: every group, and not just the heaviest.
  package func appendText(to output: inout [UInt8], details: Bool = false) {
    var text = headline
    text += upstreamText() + "\n" + scoreText() + chanceText()
    let shown = details ? groups[...] : groups.prefix(Self.mostGroups)
    for group in shown { text += "\n" + groupText(group) }
    if shown.count < groups.count { text += "\n\(groups.count - shown.count) more groups: see --details\n" }
    text += "\n" + verdictText()
    output.append(contentsOf: text.utf8)
  }

  private var headline: String {
    let all = sample.all
    var text = Text.wrapped(
      "\(Text.count(tries, "seed")) tried on \(sample.hashed.flows) of \(all.flows) flows, with "
        + "\(sample.inputs) different inputs to the hash", width: Self.width)
    for (count, reason) in [
      (sample.unhashed, "have no choice among nexthops"), (sample.fixed, "are placed without the key"),
      (sample.untold, "can not be tried: sockets without a source, or nobody can tell where they go"),
      (sample.elsewhere, "do not come here: the router before sends them elsewhere"),
      (sample.leftOut, "are left out, as no more than \(SeedSample.most) different inputs are kept"),
    ] where count.flows > 0 {
      text += Text.wrapped("\(count.flows) flows \(reason)", width: Self.width, indent: "  ")
    }
    return text
  }

  private func upstreamText() -> String {
    var text = ""
    for router in upstream {
      let families = router.sharedFamilies.map { $0 == .ipv4 ? "IPv4" : "IPv6" }.joined(separator: " and ")
      var sentence = "the router before, \(router.path), has the seed \(SeedReport.text(ofSeed: router.seed))"
      if families.isEmpty {
        sentence += ", and hashes other fields"
      } else if router.hasSeedOfToday == true {
        sentence += ", that of today here, and hashes \(families) by the same policy: both make the same hashes"
      } else {
        sentence += ", and hashes \(families) by the same policy"
      }
      text += Text.wrapped(sentence, width: Self.width)
      if !router.isNextTo {
        text += Text.wrapped(
          "none of its nexthops has an address of this router: each of its ways is taken for one that leads here",
          width: Self.width, indent: "  ")
      }
    }
    return text
  }

  private func scoreText() -> String {
    let weight = Double(max(sample.hashed.weight &+ sample.fixed.weight, 1))
    var rows = [["", "largest overload", "above ideal", "flows that move"]]
    func add(_ name: String, _ score: SeedTuning.Score) {
      let moved = score.moved.map {
        "\($0.flows) (\(Text.percent(Double($0.flows) / Double(max(sample.hashed.flows, 1)))))"
      }
      rows.append([
        "\(name) \(SeedReport.text(ofSeed: score.seed))", Self.thousandths(score.overload),
        Text.percent(score.excess / weight), moved ?? "",
      ])
    }
    if !keepsToday { add("best: seed", best) }
    if let today { add("today: seed", today) }
    rows.append(["median of all tried", Self.thousandths(median), "", ""])
    rows.append(["worst of all tried", Self.thousandths(worst), "", ""])
    return Text.table(rows)
  }

  private func chanceText() -> String {
    guard let group = largestDeviation else { return "" }
    return Text.wrapped(
      "by chance a share \(groups.count > 1 ? "of \(group.route.destination) " : "")is off by \(Text.decimal(group.deviation * 100))% of its ideal (standard deviation), as if there "
        + "were \(UInt64(group.effectiveFlows.rounded())) flows of equal weight", width: Self.width)
  }

  private func groupText(_ group: Group) -> String {
    let weight = hasWeights ? ", weight \(group.count.weight)" : ""
    var text = Text.wrapped(
      "\(group.route.destination) \(kind(group)): \(group.count.flows) flows\(weight)"
        + (group.branch.isEmpty ? "" : ", of those that go \(group.branch)"), width: Self.width)
    var rows = [["", "ideal"] + (group.today == nil ? [] : ["today"]) + (keepsToday ? [] : ["best"])]
    for member in group.members {
      rows.append(
        ["  " + names.text(member.nexthop), Text.percent(member.ideal)]
          + (member.today.map { [Text.percent($0)] } ?? [])
          + (keepsToday ? [] : [Text.percent(member.best)]))
    }
    text += Text.table(rows)
    let idle = group.members.filter { $0.today == 0 && $0.expected * group.effectiveFlows > 20 }.count
    if idle > 0 {
      text += Text.wrapped(
        "polarized: today \(idle) of \(Text.count(group.members.count, "nexthop")) get none of these flows",
        width: Self.width, indent: "  ")
    }
    if group.leastOverload > 1.005 {
      text += Text.wrapped(
        "no seed can mend an overload of \(Self.thousandths(group.leastOverload)): so unevenly the hashes are divided",
        width: Self.width, indent: "  ")
    }
    return text
  }

  private func verdictText() -> String {
    var text = ""
    func add(_ sentence: String) { text += Text.wrapped(sentence, width: Self.width) }
    if starved.today > 0 {
      add(
        "polarized: \(Text.count(starved.today, "group")) of \(groups.count) leave nexthops idle today, "
          + "\(keepsToday || starved.best > 0 ? "\(starved.best)" : "none") under the seed that is chosen")
    }
    if isHopeless, starved.today == 0 {
      add("with so many flows all seeds are nearly alike: another one is hardly worth the flows that it moves")
    }
    if let worse = worseThanToday, !keepsToday {
      add("\(Text.percent(worse)) of the seeds tried are worse than today's")
    }
    if today == nil {
      add("the seed of today is not known, so neither are the flows that move: ecmpctl seed recover finds it")
    }
    add("the figures hold for these flows; others, and those to come, fall by chance")
    for caveat in sample.caveats.list { add("uncertain: \(caveat.code): \(caveat.text)") }
    add(keepsToday ? "keep the seed of today: none that was tried is better" : "set it: ecmpctl seed set \(best.seed)")
    return text
  }

  /// A number with three decimals.
  private static func thousandths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "-" }
    let (whole, rest) = Int64((value * 1000).rounded()).quotientAndRemainder(dividingBy: 1000)
    return "\(whole).\(rest < 10 ? "00" : rest < 100 ? "0" : "")\(rest)"
  }
}
