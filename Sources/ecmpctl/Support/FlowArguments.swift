import FlowSources
import Forwarding
import Routing

/// Makes one flow of options and of the words of `ip route get`.
enum FlowArguments {
  /// The fields that a list of words names: ADDRESS, `to ADDRESS`, `from ADDRESS`, `iif DEV`, `ipproto P` and so on.
  static func fields(of words: [String]) throws(CommandFailure) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    var position = 0
    while position < words.count {
      let word = words[position]
      if let field = fieldName(word) {
        guard position + 1 < words.count else { throw .usage("a value is missing after \"\(word)\"") }
        fields.append((field, words[position + 1]))
        position += 2
      } else if IPAddress(word) != nil {
        fields.append((FlowField.destination.rawValue, word))
        position += 1
      } else {
        throw .usage(
          "\"\(word)\" is neither an address nor a word such as from, iif, oif, ipproto, sport, dport, mark, tos, socket"
        )
      }
    }
    return fields
  }

  private static func fieldName(_ word: String) -> String? {
    let aliases = [
      "to": "dst", "from": "src", "ipproto": "proto", "dsfield": "tos", "dev": "oif",
    ]
    if let alias = aliases[word] { return alias }
    let name = word.split(separator: "-").joined(separator: "_")
    return FlowField(rawValue: name)?.rawValue
  }

  /// The flow of the fields; each may be given once.
  static func flow(
    _ fields: [(name: String, value: String)], table: ForwardingTable
  ) throws(CommandFailure) -> Flow {
    var builder = FlowBuilder()
    var seen: Set<String> = []
    for (name, value) in fields {
      guard let field = FlowField(rawValue: name) else { throw .usage("unknown field \"\(name)\"") }
      guard seen.insert(name).inserted else { throw .usage("\(name) is given twice") }
      do throws(FlowInputError) {
        try builder.set(field, value.utf8.span) { name in table.interfaceIndex(name) }
      } catch {
        throw .usage(error.message)
      }
    }
    do throws(FlowInputError) {
      return try builder.finish()
    } catch {
      throw .usage(error.message)
    }
  }
}
