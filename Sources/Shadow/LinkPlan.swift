internal import KernelRouting
internal import Routing

/// By what each interface of a state is stood for, in an order in which they can be made.
struct LinkPlan {
  /// When an interface is made.
  enum Stage: Hashable {
    /// First: what others are enslaved to.
    case alone
    /// An end of a cable.
    case cable
    /// Last: what stands on another interface.
    case stacked
  }

  /// One interface, or the pair that it is an end of.
  struct Stand {
    var link: Link
    var stage: Stage
    /// nil for a cable.
    var ownKind: NewLink.Kind?
    /// The other end, where the state has both.
    var pairedWith: Link?

    /// The kernel has no such kind.
    mutating func becomeCable() {
      stage = .cable
      ownKind = nil
    }
  }

  private(set) var stands: [Stand] = []

  /// Kinds that stand on their lower interface, and have its carrier.
  static let stackedKinds: Set<String> = ["vlan", "macvlan"]

  init(_ links: [Link]) {
    let byIndex = Dictionary(links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
    var isPlanned: Set<UInt32> = []
    var tags: UInt16 = 0
    for link in links where !isPlanned.contains(link.index) {
      var stand = Stand(link: link, stage: .cable)
      let lower = link.lower.flatMap { byIndex[$0] }
      switch link.kind {
      case "vrf":
        stand.ownKind = link.vrfTable.map { .vrf(table: $0) }
        stand.stage = stand.ownKind == nil ? .cable : .alone
      case "bridge", "bond", "team":
        stand.ownKind = .plain(link.kind ?? "")
        stand.stage = .alone
      case "vlan":
        // Which tag it is decides nothing here; two of one interface need two.
        tags = tags % 4094 + 1
        stand.ownKind = lower.map { .vlan(id: tags, lower: $0.index) }
        stand.stage = stand.ownKind == nil ? .cable : .stacked
      case "macvlan":
        stand.ownKind = lower.map { .macvlan(lower: $0.index) }
        stand.stage = stand.ownKind == nil ? .cable : .stacked
      case "veth":
        guard let lower, lower.kind == "veth", lower.lower == link.index, lower.index != link.index else { break }
        stand.pairedWith = lower
        isPlanned.insert(lower.index)
      default: break
      }
      isPlanned.insert(link.index)
      stands.append(stand)
    }
    orderStacked(byIndex)
  }

  /// What stands on something stacked comes after it.
  private mutating func orderStacked(_ byIndex: [UInt32: Link]) {
    func depth(_ link: Link) -> Int {
      var depth = 0
      var current = link
      while Self.stackedKinds.contains(current.kind ?? ""), let lower = current.lower.flatMap({ byIndex[$0] }),
        depth < byIndex.count
      {
        depth += 1
        current = lower
      }
      return depth
    }
    let depths = stands.map { depth($0.link) }
    stands = stands.indices.sorted { (depths[$0], $0) < (depths[$1], $1) }.map { stands[$0] }
  }
}
