import JSON
import Transactions

/// That no transaction is open, and what has become of the last one, for text and JSON.
struct NoTransactionReport: JSONEncodable {
  /// nil where there was none, or where nothing is to be read of it.
  var last: JournalCourse?

  var lines: [String] {
    guard let last, let ending = last.ending else { return ["no transaction is open"] }
    let exceptions = last.exceptions
    return ["no transaction is open", "  " + ending] + (exceptions.isEmpty ? [] : ["  not all is as it was:"])
      + exceptions.map { "    " + $0 }
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("phase", "none")
      guard let last, case .closed(let outcome, let reason) = last.phase else { return }
      json.key("last")
      json.object { json in
        json.member("id", last.head.id)
        json.member("description", last.plan.description)
        json.member("phase", outcome.rawValue)
        json.member("begun", last.head.created)
        json.member("ended", last.ended)
        json.member("netns", last.head.namespaceName)
        json.member("reason", reason.isEmpty ? nil : reason)
        json.member("exceptions", last.exceptions.isEmpty ? nil : last.exceptions)
      }
    }
  }
}
