import ArgumentParser

/// `ecmpctl resilient`: switches groups to resilient mode, and keeps them.
struct ResilientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resilient",
    abstract: "Switch groups to resilient mode as a transaction, and keep them as they should be.",
    discussion: """
      A plan is carried out one change at a time, each checked, with a journal on disk: what is refused,
      interrupted or killed half-way is undone, or can be finished or undone later.

      EXAMPLES
        ecmpctl resilient plan --all --conntrack -o convert.json
        ecmpctl resilient apply --plan convert.json --confirm-within 60
        ecmpctl resilient status
        ecmpctl resilient confirm
        ecmpctl resilient rollback
        ecmpctl resilient revert 172.16.255.66/32
        ecmpctl resilient tune --group 77999995 --idle-timer 30
        ecmpctl resilient guard
      """,
    subcommands: [
      ResilientPlanCommand.self, ResilientApplyCommand.self, ResilientConfirmCommand.self,
      ResilientRollbackCommand.self, ResilientStatusCommand.self, ResilientRevertCommand.self,
      ResilientTuneCommand.self, ResilientGuardCommand.self, ResilientWatchCommand.self,
    ])
}
