import Planning
import Rendering
import TestSupport
import Testing

/// The parser beside the installed `ip`, command by command.
@Suite struct LiveGrammarTests {
  @Test(
    "Generated commands are refused for their syntax exactly where ip refuses them so",
    arguments: 1...6 as ClosedRange<UInt64>)
  func generated(seed: UInt64) throws {
    let maker = RandomCommand(seed: seed)
    let commands = (0..<120).map { _ in maker.command() } + (0..<180).map { _ in maker.damaged() }
    let compared = try compare(commands.map { $0.joined(separator: " ") }, "seed \(seed)")
    #expect(compared > 200, "seed \(seed)")
  }

  @Test("Commands by hand, where iproute2 is odd, are judged as ip judges them")
  func odd() throws {
    #expect(try compare(OddCommands.all, "by hand") > 200)
  }

  @Test("A batch that flushes nexthops twice leaves what ip leaves")
  func carriedSelection() throws {
    let left = try withNetworkNamespace {
      try run(
        """
        ip link add o1 type veth peer name o2; ip link set o1 up; ip link set o2 up
        ip nexthop add id 1 dev o1; ip nexthop add id 2 dev o2 proto 186; ip nexthop add id 3 dev o1 proto 186
        printf 'nexthop flush dev o1 proto 4\\nnexthop flush proto 186\\n' | ip -batch - >/dev/null
        ip nexthop
        """)
    }
    #expect(left.contains("id 2 ") && !left.contains("id 3 "))
  }

  /// - Returns: how many commands `ip` has a verdict on.
  private func compare(_ commands: [String], _ comment: String) throws -> Int {
    let parser = CommandParser(names: .installed)
    let verdicts = try withNetworkNamespace { try IPVerdict.of(commands) }
    try #require(verdicts.count == commands.count)
    var compared = 0
    for (command, answer) in zip(commands, verdicts) where answer.verdict != .missing {
      compared += 1
      do throws(CommandError) {
        _ = try parser.change(command)
        #expect(answer.verdict != .refused, "\(comment): \(command)\n\(answer.output)")
      } catch {
        if error.isSyntaxError {
          #expect(answer.verdict == .refused, "\(comment): \(command)\n\(error)\n\(answer.output)")
        } else if case .neverAccepted = error.problem {
          #expect(answer.verdict != .done, "\(comment): \(command)\n\(error)")
        }
      }
    }
    return compared
  }
}
