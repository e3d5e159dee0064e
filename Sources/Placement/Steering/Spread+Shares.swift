package import Forwarding
import Routing

extension Spread {
  /// For each member the part of the hash space that leads to it at this moment; 0 where the buckets are not known.
  package var shares: [Double] {
    var shares = [Double](repeating: 0, count: members.count)
    switch kind {
    case .resilient:
      guard let owners, !owners.isEmpty else { return shares }
      for owner in owners where shares.indices.contains(Int(owner)) { shares[Int(owner)] += 1 / Double(owners.count) }
    case .single, .legacy, .threshold:
      var begin: UInt32 = 0
      for range in ranges {
        shares[range.member] += Double(range.last - begin + 1) / Double(1 << 31)
        begin = range.last + 1
      }
    }
    return shares
  }
}
