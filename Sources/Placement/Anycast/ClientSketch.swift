import Routing

/// A sample of the pairs of a client and a destination, with whether their flows are split over several nexthops.
///
/// Pairs are chosen by a hash of their addresses, so that all flows of a chosen one are seen. At most `capacity` are
/// kept: when there are more, the sample is halved.
struct ClientSketch: Sendable {
  static let capacity = 4096

  private struct Client: Sendable {
    var key: InternTable.Key
    var flows: UInt32 = 0
    /// Way numbers of the first flow that was sent; -1 for none yet.
    var before: Int32 = -1
    var after: Int32 = -1
    var isSplitBefore = false
    var isSplitAfter = false

    mutating func note(before way: Int?, after newWay: Int?) {
      flows &+= flows < .max ? 1 : 0
      if let way {
        if before < 0 { before = Int32(truncatingIfNeeded: way) }
        if before != Int32(truncatingIfNeeded: way) { isSplitBefore = true }
      }
      if let newWay {
        if after < 0 { after = Int32(truncatingIfNeeded: newWay) }
        if after != Int32(truncatingIfNeeded: newWay) { isSplitAfter = true }
      }
    }
  }

  private var table = InternTable()
  private var clients: [Client] = []
  /// One in 2^level of the pairs is in the sample.
  private var level = 0

  /// Counts a flow.
  @inline(__always)
  mutating func add(source: IPAddress, destination: IPAddress, _ ways: AnycastSample.Ways) {
    let key = InternTable.Key(
      first: Mix.mix(source.high ^ Mix.mix(source.low), destination.high ^ Mix.mix(destination.low)), second: 0,
      third: 0)
    guard key.first >> 20 & (1 << UInt64(level) - 1) == 0 else { return }
    note(key, ways)
  }

  @inline(never)
  private mutating func note(_ key: InternTable.Key, _ ways: AnycastSample.Ways) {
    let (number, isNew) = table.number(of: key)
    if isNew { clients.append(Client(key: key)) }
    clients[number].note(before: ways.before, after: ways.after)
    if clients.count > Self.capacity { halve() }
  }

  private mutating func halve() {
    level += 1
    let kept = clients.filter { $0.key.first >> 20 & (1 << UInt64(level) - 1) == 0 }
    table = InternTable()
    clients = []
    for client in kept where table.number(of: client.key).isNew { clients.append(client) }
  }

  /// What the sample tells.
  var summary: AnycastJudgement.Clients {
    let several = clients.filter { $0.flows > 1 }
    return AnycastJudgement.Clients(
      sampled: several.count, isWhole: level == 0, splitBefore: several.count { $0.isSplitBefore },
      splitAfter: several.count { $0.isSplitAfter })
  }
}
