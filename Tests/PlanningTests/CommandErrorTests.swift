import Planning
import TestSupport
import Testing

/// What is refused, where, and in which words.
@Suite struct CommandErrorTests {
  private struct Row: CustomTestStringConvertible {
    var description: String
    var text: String
    var error: String
    var testDescription: String { description }

    init(_ description: String, _ text: String, _ error: String) {
      self.description = description
      self.text = text
      self.error = error
    }
  }

  private static let rows: [Row] = [
    Row(
      "nothing", "  # only a comment",
      "1:1: there is no command; write one as for ip, such as \"route add 10.0.0.0/8 via 192.0.2.1\""),
    Row("an open quote", "route add 'x", "1:11: the quote that starts here does not end"),
    Row("a continued last line", "route add \\\n", "1:11: the line ends with a backslash, but no line follows"),
    Row(
      "an object with a typo", "rotue add 10.0.0.0/8",
      "1:1: \"rotue\" is not an object that ip knows; did you mean \"route\"?"),
    Row(
      "a verb with a typo", "route apend 10.0.0.0/8",
      "1:7: \"apend\" is not a command of ip route; did you mean \"append\"?"),
    Row(
      "an option with a typo", "route add 10.0.0.0/8 metirc 5",
      "1:22: \"metirc\" is not a word of ip route after its prefix; did you mean \"metric\"?"),
    Row(
      "a word that is like none", "route add zzzzzz",
      "1:11: \"zzzzzz\" is not an IPv4 or IPv6 prefix or a word of ip route"),
    Row("no value", "route add default via", "1:19: the command ends where the value of \"via\" should follow"),
    Row(
      "a number out of range", "route add default nexthop dev o1 weight 257",
      "1:41: \"257\" is no value of \"weight\"; it takes a number from 1 to 256"),
    Row(
      "a weight in a group", "nexthop add id 1 group 1,300/2",
      "1:24: \"300\" is no value of \"weight\"; it takes a number from 1 to 256"),
    Row(
      "the other family", "route add 10.0.0.0/8 via fe80::1",
      "1:26: \"fe80::1\" is no value of \"via\"; it takes an IPv4 address"),
    Row("a second gateway", "route add default via 10.0.0.1 via 10.0.0.2", "1:32: \"via\" is given twice"),
    Row("no prefix", "route add dev o1", "1:15: the route has no prefix; write one, or \"default\""),
    Row(
      "a kind of group abbreviated", "nexthop add id 1 group 1 type res",
      "1:31: \"res\" is no value of \"type\"; it takes mpath or resilient, written out"),
    Row(
      "an address without bytes", "route add default via any",
      "1:23: no kernel takes this: \"via any\" is an address without bytes"),
    Row("a command that shows", "ip route show", "1:10: \"show\" changes nothing; give a command that does"),
    Row("an object alone", "neigh", "1:1: \"neigh\" changes nothing; give a command that does"),
    Row(
      "a sysctl that is read", "sysctl net.ipv4.ip_forward",
      "1:8: \"net.ipv4.ip_forward\" changes nothing; give a command that does"),
    Row("a new link", "ip link add v type vxlan id 5", "1:9: ip link add is not simulated"),
    Row("another object", "ip netns add x", "1:4: ip netns is not simulated"),
    Row("another program", "tc qdisc add dev o1", "1:1: tc is not simulated"),
    Row(
      "another namespace", "ip -n blue route add 10/8 dev o1",
      "1:4: the option -n of ip (leave it out, and give --netns to this program) is not simulated"),
    Row("a family that is not routed here", "ip -M route add 100", "1:4: the option -M of ip is not simulated"),
    Row(
      "options of GENEVE", "route add 10.0.0.0/8 encap ip geneve_opts 0:0:00 dev o1",
      "1:31: an encapsulation with geneve_opts is not simulated"),
    Row(
      "the rest of a continued line", "route add \\\n default \\\n  vai 10.0.0.1",
      "3:3: \"vai\" is not a word of ip route after its prefix; did you mean \"via\"?"),
    Row(
      "line seven", "\n\n# three\n\nrule add table 7\n\nrule add tabel 7\n",
      "7:10: \"tabel\" is not a word of ip rule; did you mean \"table\"?"),
    Row(
      "a control character", "route add \u{1b}[31m",
      "1:11: \"\\u{1b}[31m\" is not an IPv4 or IPv6 prefix or a word of ip route"),
    Row(
      "a long word", "rule add " + String(repeating: "x", count: 100),
      "1:10: \"\(String(repeating: "x", count: 60))…\" is not a word of ip rule"),
    Row(
      "too many words", "rule add" + String(repeating: " not", count: 510), "1:2046: a command has at most 511 words"),
  ]

  @Test("A refusal names the word, its line and column, and what would be right", arguments: rows)
  private func refusals(row: Row) {
    do throws(CommandError) {
      let steps = try CommandParser().batch(Array(row.text.utf8))
      if steps.isEmpty { _ = try CommandParser().change(row.text) }
      Issue.record("taken: \(steps)")
    } catch {
      #expect("\(error)" == row.error)
    }
  }

  @Test("More than one command is refused where one is due")
  func several() {
    #expect(throws: CommandError(.incomplete("give one command here, not 2"), line: 2, column: 1)) {
      try CommandParser().change("rule add table 7\nrule add table 8")
    }
  }

  @Test("Nothing of a batch is returned when one line of it is wrong")
  func wholeFile() {
    #expect(throws: CommandError.self) { try CommandParser().batch(Array("rule add table 7\nrule add zz\n".utf8)) }
  }

  @Test("No bytes trap, and every error has a place", arguments: 1...20 as ClosedRange<UInt64>)
  func garbage(seed: UInt64) {
    let maker = RandomCommand(seed: seed)
    let letters = Array("abcdegilmnoprtuvx0123456789 \t\n\r\\'\"#/:.,-=%".utf8) + [0, 0xff, 0xc3]
    for _ in 0..<500 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...3, using: &maker.generator) {
        bytes += Array(maker.damaged().joined(separator: " ").utf8) + [0x0a]
      }
      for _ in 0..<Int.random(in: 0...8, using: &maker.generator) {
        let place = Int.random(in: 0...bytes.count, using: &maker.generator)
        bytes.insert(letters.randomElement(using: &maker.generator) ?? 0, at: place)
      }
      do throws(CommandError) {
        _ = try CommandParser().batch(bytes)
      } catch {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        #expect(
          error.line >= 1 && error.line <= lines.count && error.column >= 1
            && error.column <= lines[error.line - 1].count, "seed \(seed): \(bytes)")
      }
    }
  }

  @Test("Every generated command is taken", arguments: 1...20 as ClosedRange<UInt64>)
  func generated(seed: UInt64) {
    let maker = RandomCommand(seed: seed)
    let parser = CommandParser(names: CommandNames(dsFields: ["EF": 0xb8, "AF11": 0x28, "default": 0]))
    for _ in 0..<500 {
      let command = maker.command().joined(separator: " ")
      do throws(CommandError) {
        _ = try parser.change(command)
      } catch {
        // The generator does not mind the family of a gateway, nor what has to follow an encapsulation.
        #expect(
          !error.isSyntaxError || command.contains("encap") || command.contains("via"),
          "seed \(seed): \(command)\n\(error)")
      }
    }
  }
}
