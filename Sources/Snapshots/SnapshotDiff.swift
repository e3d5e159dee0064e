package import JSON
package import Routing

/// What differs between two routing states, section by section.
package struct SnapshotDiff: Hashable, Sendable {
  package enum Section: String, Hashable, Sendable, CaseIterable {
    case kernel, behaviour, settings, links, addresses, neighbours, rules, nexthops, groups, buckets, routes, redirects,
      hidden
  }

  /// One difference; the values are as a snapshot writes them.
  package struct Entry: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
      case added(JSONValue)
      case removed(JSONValue)
      case changed(from: JSONValue, to: JSONValue)
    }

    package var section: Section
    /// What is the same on both sides, such as `10.0.0.0/8 table 254 metric 20`.
    package var identity: String
    package var change: Change
    /// The buckets that it is about, in the section of these.
    package var buckets: BucketRun?
  }

  /// By section, then in the order of the old state; what was added comes last in its section.
  package private(set) var entries: [Entry] = []

  package var isEmpty: Bool { entries.isEmpty }

  /// The parts that at least one of the states does not have, so that they are not compared.
  package let notCompared: [StatePart]

  /// Compares two states, as far as both were read.
  ///
  /// Things of one identity are paired in their order; the order of things that differ in identity does not count.
  ///
  /// - Parameter family: the one that is compared, with what is of none; nil for both.
  package init(from old: RoutingState, to new: RoutingState, family: AddressFamily? = nil) {
    let states = [old, new].map { state in family.map { state.only($0) } ?? state }
    let unread = states[0].unread.union(states[1].unread)
    notCompared = unread.sorted()
    let old = states[0].without(unread)
    let new = states[1].without(unread)
    compare(.kernel, [old.kernel], [new.kernel]) { _ in "kernel" }
    if unread.isEmpty {
      compare(.behaviour, Self.traits(old.behaviour), Self.traits(new.behaviour)) { $0.name }
    } else {
      // An import has only what the release tells.
      let known = Set(Self.traits(old.behaviour).map(\.name)).intersection(Self.traits(new.behaviour).map(\.name))
      let traits = [old, new].map { Self.traits($0.behaviour).filter { known.contains($0.name) } }
      compare(.behaviour, traits[0], traits[1]) { $0.name }
    }
    let settings = Self.settings(old.settings, new.settings)
    compare(.settings, settings.old, settings.new) { $0.name }
    compare(.links, old.links, new.links) { "\($0.index) \($0.name)" }
    compare(.addresses, old.addresses, new.addresses) { "\($0.address)/\($0.prefixLength) ifindex \($0.interface)" }
    compare(.neighbours, old.neighbours, new.neighbours) { "\($0.address) ifindex \($0.interface)" }
    compare(.rules, old.rules, new.rules) { "\($0.family.rawValue) priority \($0.priority)" }
    compare(.nexthops, old.nexthops ?? [], new.nexthops ?? []) { "id \($0.id)" }
    compare(.groups, old.groups, new.groups) { "id \($0.id)" }
    entries += Self.bucketEntries(old.bucketTables, new.bucketTables)
    compare(.routes, old.routes, new.routes, identity: Self.identity)
    compare(.redirects, old.redirects.destinations, new.redirects.destinations) {
      "\($0.destination) ifindex \($0.interface)"
    }
    compare(.hidden, old.hiddenRoutes.sortedPlaces, new.hiddenRoutes.sortedPlaces) { place in
      "\(place.destination)" + (place.source.map { " from \($0)" } ?? "") + " metric \(place.metric)"
    }
    if old.hiddenRoutes.mayBeAnywhere != new.hiddenRoutes.mayBeAnywhere {
      compare(.hidden, [old.hiddenRoutes.mayBeAnywhere], [new.hiddenRoutes.mayBeAnywhere]) { _ in "anywhere" }
    }
  }

  private static func identity(of route: Route) -> String {
    var text = "\(route.destination)"
    if let source = route.source { text += " from \(source)" }
    if route.tos != 0 { text += " tos \(route.tos)" }
    return text + " table \(route.table) metric \(route.metric ?? 0)"
  }

  /// What is known of a behaviour.
  private static func traits(_ behaviour: KernelBehaviour) -> [Trait] {
    KernelBehaviour.Trait.all.compactMap { trait in
      behaviour[keyPath: trait.value].map { Trait(name: trait.name, value: $0) }
    }
  }

  private struct Trait: Hashable, JSONEncodable {
    var name: String
    var value: Bool

    func write(to writer: inout JSONWriter) { value.write(to: &writer) }
  }

  private mutating func compare<T: Hashable & JSONEncodable>(
    _ section: Section, _ old: [T], _ new: [T], identity: (T) -> String
  ) {
    if old == new { return }
    var indexes: [String: [Int]] = [:]
    for (index, element) in new.enumerated().reversed() { indexes[identity(element), default: []].append(index) }
    var isPaired = Array(repeating: false, count: new.count)
    for element in old {
      let name = identity(element)
      guard let index = indexes[name]?.popLast() else {
        entries.append(Entry(section: section, identity: name, change: .removed(Self.json(element))))
        continue
      }
      isPaired[index] = true
      guard new[index] != element else { continue }
      let change = Entry.Change.changed(from: Self.json(element), to: Self.json(new[index]))
      entries.append(Entry(section: section, identity: name, change: change))
    }
    for (element, isPaired) in zip(new, isPaired) where !isPaired {
      entries.append(Entry(section: section, identity: identity(element), change: .added(Self.json(element))))
    }
  }

  static func json(_ element: some JSONEncodable) -> JSONValue {
    var writer = JSONWriter()
    element.write(to: &writer)
    // What a writer wrote is JSON.
    return (try? JSONValue(parsing: writer.bytes)) ?? .null
  }
}
