import FlowSources
import Forwarding
import Routing

/// Makes one flow of options and of the words of `ip route get`.
enum FlowArguments {
  /// The fields that a list of words names: ADDRESS, `to ADDRESS`, `from ADDRESS`, `iif DEV`, `ipproto P` and so on.
  ///
  /// - Parameters:
  ///   - family: the one asked for, if one is.
  ///   - isOpen: whether a value stands for several.
  static func fields(
    of words: [String], family: AddressFamily? = nil, isOpen: (String) -> Bool = { _ in false }
  ) throws(CommandFailure) -> [(name: String, value: String)] {
    let words = try RouteGetWords(words, family: family, isOpen: isOpen)
    for warning in words.warnings { complain(warning) }
    return words.fields
  }

  /// The flow of the fields; each may be given once.
  static func flow(
    _ fields: [(name: String, value: String)], table: ForwardingTable
  ) throws(CommandFailure) -> Flow {
    var builder = FlowBuilder()
    var seen: Set<String> = []
    for (word, value) in fields {
      let name = word == RouteGetWords.vrf ? FlowField.outputInterface.rawValue : word
      guard name == word || table.isVRF(value) else {
        throw .usage("\"\(value)\" is no VRF device")
      }
      guard let field = FlowField(rawValue: name) else { throw .usage("unknown field \"\(name)\"") }
      guard seen.insert(name).inserted else { throw .usage("\(name) is given twice") }
      // In a file it stands for nothing; here it is a mistake, as of a variable that is not set.
      guard !value.isEmpty else { throw .usage("\(name) has no value: give one, or leave it out") }
      do throws(FlowInputError) {
        try builder.set(field, value.utf8.span) { name in table.interfaceIndex(name) }
      } catch {
        throw .usage(error.message)
      }
    }
    guard seen.contains(FlowField.destination.rawValue) else {
      throw .usage("dst is missing: give the destination with -d, or as the first word")
    }
    do throws(FlowInputError) {
      return try builder.finish()
    } catch {
      throw .usage(error.message)
    }
  }
}
