/// A metric with all of its samples, as OpenMetrics 1.0 has it.
package struct MetricFamily: Hashable, Sendable {
  /// What the samples are.
  package enum Kind: String, Hashable, Sendable {
    /// A number of this moment.
    case gauge
    /// A number that only grows, until what it counts begins anew.
    case counter
    /// Labels that are worth knowing; the number is always 1.
    case info
    /// One sample for each state that is possible, of which one is 1 and the others are 0.
    case stateset
  }

  /// A unit, which is also the end of the name.
  package enum Unit: String, Hashable, Sendable {
    case seconds
    /// A part of 1.
    case ratio
  }

  package struct Label: Hashable, Sendable {
    package var name: String
    package var value: String
  }

  package enum Value: Hashable, Sendable {
    case whole(UInt64)
    case real(Double)
  }

  package struct Sample: Hashable, Sendable {
    package var labels: [Label]
    package var value: Value
  }

  /// Without `_total` and `_info`, with the unit.
  package let name: String
  package let kind: Kind
  package let unit: Unit?
  /// A sentence or two, without quotation marks and line breaks.
  package let help: String
  package private(set) var samples: [Sample] = []
  private var known: Set<[Label]> = []

  /// - Parameter name: without the unit.
  init(_ name: String, _ kind: Kind, unit: Unit? = nil, _ help: String) {
    self.name = unit.map { "\(name)_\($0.rawValue)" } ?? name
    self.kind = kind
    self.unit = unit
    self.help = help
  }

  /// A gauge.
  init(_ name: String, unit: Unit? = nil, _ help: String) {
    self.init(name, .gauge, unit: unit, help)
  }

  /// Adds a sample; labels that there are already keep the value that they have, as a set of metrics has each once.
  mutating func add(_ labels: KeyValuePairs<String, String>, _ value: Value) {
    add(labels.map { Label(name: $0.key, value: $0.value) }, value)
  }

  mutating func add(_ labels: KeyValuePairs<String, String>, _ value: Int) {
    add(labels, .whole(UInt64(clamping: value)))
  }

  mutating func add(_ labels: KeyValuePairs<String, String>, _ value: Bool) {
    add(labels, .whole(value ? 1 : 0))
  }

  /// Adds one sample for each of the states; `current` may be none of them.
  ///
  /// The label of the state has the name of the family.
  mutating func add(_ labels: KeyValuePairs<String, String>, states: [String], current: String) {
    let labels = labels.map { Label(name: $0.key, value: $0.value) }
    for state in states {
      add(labels + [Label(name: name, value: state)], .whole(state == current ? 1 : 0))
    }
  }

  private mutating func add(_ labels: [Label], _ value: Value) {
    guard known.insert(labels).inserted else { return }
    samples.append(Sample(labels: labels, value: value))
  }
}
