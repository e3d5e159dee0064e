/// A way to place flows on members by their hash.
package enum Scheme: Int, Hashable, Sendable, CaseIterable {
  /// The hash modulo the members, each as often as its weight says.
  case modulo
  /// Upper bounds, as the kernel's legacy routes and `mpath` groups.
  case hashThreshold
  /// The kernel's resilient groups, once the table has settled.
  case resilient
  /// A table that the members fill in turns, each in an order of its own (Eisenbud and others, NSDI 2016).
  case maglev
  /// The member that draws highest, each by a hash of its own (Thaler and Ravishankar, 1998), over a table of slots.
  case rendezvous
  /// Jump consistent hash (Lamping and Veach, 2014), over a table of slots.
  case jump

  /// The stable name in reports.
  package var name: String {
    switch self {
    case .modulo: "mod-n"
    case .hashThreshold: "hash-threshold"
    case .resilient: "resilient"
    case .maglev: "maglev"
    case .rendezvous: "rendezvous"
    case .jump: "jump"
    }
  }
}
