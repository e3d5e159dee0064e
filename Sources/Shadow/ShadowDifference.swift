/// One thing that a shadow has otherwise than the state that it was made of.
package struct ShadowDifference: Hashable, Sendable {
  package enum Subject: String, Hashable, Sendable, CaseIterable {
    case kernel, setting, link, address, neighbour, rule, nexthop, group, buckets, route
  }

  /// What it is.
  package var subject: Subject
  /// Which one: a name, an id, an address or a prefix with its table.
  package var identity: String
  /// What is different, and why where the kernel has said so.
  package var reason: String

  package init(_ subject: Subject, _ identity: String, _ reason: String) {
    self.subject = subject
    self.identity = identity
    self.reason = reason
  }
}

extension ShadowDifference: CustomStringConvertible {
  /// One line.
  package var description: String { "\(subject.rawValue) \(identity): \(reason)" }
}
