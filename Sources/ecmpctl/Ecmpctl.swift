import ArgumentParser

@main
struct Ecmpctl: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ecmpctl")
}
