package import Netlink
package import Planning

/// One line of a journal.
package enum JournalRecord: Hashable, Sendable {
  /// What is to be done, where, and since when: the first line.
  case begin(JournalHead)
  /// A step, counted from 0, is about to be made: its request may have reached the kernel or not.
  case doing(Int)
  case done(Int)
  /// A step is about to be undone.
  case undoing(Int)
  /// A step is undone; with what could not be had any more, as a clause.
  case undone(Int, String?)
  /// A step can not be undone because somebody else has changed its object, which is left alone; with what was found.
  case leftAlone(Int, String)
  /// Why what follows is undone.
  case failed(String)
  /// All steps are made; with what the groups made are to be kept as.
  ///
  /// `deadline` is the time since the boot, in nanoseconds, at which everything is undone unless it was confirmed.
  case finished(deadline: UInt64?, kept: [KeptGroup])
  case confirmed
  /// The last line; with why, and since when: in UTC, nil in journals of versions that did not tell it.
  case closed(Outcome, String, at: String?)

  /// How a transaction ended.
  package enum Outcome: String, Hashable, Sendable, CaseIterable {
    case kept
    case undone
    /// The machine was started again, and nothing of it is left.
    case lost
    /// The user took over.
    case abandoned
  }
}

/// The first line of a journal.
package struct JournalHead: Hashable, Sendable {
  package static var format: String { "ecmpctl-journal" }
  /// Of the format; a higher one is not read.
  package static var version: Int { 1 }

  /// Unique on the machine.
  package var id: String
  /// UTC.
  package var created: String
  /// The time since the boot, in nanoseconds.
  package var time: UInt64
  package var process: Int32
  package var bootID: String?
  package var namespace: NamespaceIdentity
  /// What the user called the namespace; nil for his own.
  package var namespaceName: String?
  /// Seconds for a confirmation; nil when none is asked for.
  package var confirmWithin: UInt32?
  package var plan: TransactionPlan

  package init(
    id: String, created: String, time: UInt64, process: Int32, bootID: String?, namespace: NamespaceIdentity,
    namespaceName: String?, confirmWithin: UInt32?, plan: TransactionPlan
  ) {
    self.id = id
    self.created = created
    self.time = time
    self.process = process
    self.bootID = bootID
    self.namespace = namespace
    self.namespaceName = namespaceName
    self.confirmWithin = confirmWithin
    self.plan = plan
  }
}
