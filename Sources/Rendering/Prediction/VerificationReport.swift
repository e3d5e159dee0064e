package import Forwarding
package import JSON
package import Routing

/// What a verification found, for text and JSON.
package struct VerificationReport: Sendable {
  let kernel: String
  let shadowDifferences: [String]?
  let compared: Int
  let hashed: Int
  let uncertain: Int
  let uncertainCodes: [String]
  let notAskable: Int
  let mismatches: Int
  let details: [Detail]
  let changes: [String]

  /// One flow on which prediction and kernel differ.
  package struct Detail: Sendable {
    package var flow: Flow
    package var predicted: String
    package var kernel: String
    /// Where the two part.
    package var reason: String
    /// The prediction, step by step; of some mismatches only, as they are long.
    package var explanation: (decision: Decision, trace: DecisionTrace)?

    package init(
      flow: Flow, predicted: String, kernel: String, reason: String,
      explanation: (decision: Decision, trace: DecisionTrace)? = nil
    ) {
      self.flow = flow
      self.predicted = predicted
      self.kernel = kernel
      self.reason = reason
      self.explanation = explanation
    }
  }

  /// - Parameters:
  ///   - kernel: the release that answered.
  ///   - shadowDifferences: what differs in the shadow that was asked; nil when the live namespace was.
  ///   - compared: flows asked about, the uncertain ones included.
  ///   - hashed: of these, flows whose nexthop was chosen by hash.
  ///   - notAskable: flows that RTM_GETROUTE can not ask about.
  ///   - mismatches: all of them; `details` may hold fewer.
  ///   - changes: what of the state has changed while the kernel was asked.
  package init(
    kernel: String, shadowDifferences: [String]? = nil, compared: Int, hashed: Int, uncertain: Int,
    uncertainCodes: [String], notAskable: Int, mismatches: Int, details: [Detail], changes: [String] = []
  ) {
    self.kernel = kernel
    self.shadowDifferences = shadowDifferences
    self.compared = compared
    self.hashed = hashed
    self.uncertain = uncertain
    self.uncertainCodes = uncertainCodes
    self.notAskable = notAskable
    self.mismatches = mismatches
    self.details = details
    self.changes = changes
  }

  package func lines(formatter: PredictionFormatter) -> [String] {
    var lines = details.flatMap { detail in
      [
        "mismatch: \(formatter.describe(detail.flow)): predicted \(detail.predicted), kernel \(detail.kernel)",
        "  \(detail.reason)",
      ]
        + (detail.explanation.map { formatter.explanation($0.decision, $0.trace) } ?? "").split(separator: "\n")
        .map { "  \($0)" }
    }
    if details.count < mismatches { lines.append("and \(mismatches - details.count) more") }
    if notAskable > 0 {
      lines.append("\(Text.count(notAskable, "flow")) can not be asked of the kernel by RTM_GETROUTE")
    }
    if uncertain > 0 {
      let codes = uncertainCodes.joined(separator: ", ")
      lines.append(
        "\(Text.count(uncertain, "prediction")) \(uncertain == 1 ? "is" : "are") uncertain (\(codes)) and "
          + "\(uncertain == 1 ? "does" : "do") not count")
    }
    let place = shadowDifferences == nil ? "" : " in a shadow"
    let total =
      "\(Text.count(compared, "flow")) compared with RTM_GETROUTE\(place) on Linux \(kernel), \(hashed) of them hashed"
    lines.append("\(total): \(mismatches) mismatch\(mismatches == 1 ? "" : "es")")
    if !changes.isEmpty {
      lines.append("meanwhile the \(changes.joined(separator: ", ")) of the kernel changed: run it again")
    }
    if let shadowDifferences, !shadowDifferences.isEmpty {
      lines.append(
        "the shadow differs in \(shadowDifferences.count) \(shadowDifferences.count == 1 ? "thing" : "things"), about which this proves nothing"
      )
    }
    return lines
  }

  package func write(to json: inout JSONWriter, formatter: PredictionFormatter) {
    json.object { json in
      json.key("kernel")
      json.string(kernel)
      json.key("oracle")
      json.string("RTM_GETROUTE")
      if let shadowDifferences {
        json.key("shadow_differences")
        json.array { json in
          for difference in shadowDifferences { json.string(difference) }
        }
      }
      for (key, value) in [
        ("flows", compared), ("hashed", hashed), ("uncertain", uncertain), ("not_askable", notAskable),
        ("mismatches", mismatches),
      ] {
        json.key(key)
        json.integer(value)
      }
      json.key("changed_meanwhile")
      json.array { json in for change in changes { json.string(change) } }
      json.key("uncertain_codes")
      json.array { json in
        for code in uncertainCodes { json.string(code) }
      }
      json.key("details_left_off")
      json.integer(mismatches - details.count)
      json.key("details")
      json.array { json in
        for detail in details {
          json.object { json in
            json.key("flow")
            formatter.write(detail.flow, to: &json)
            json.key("predicted")
            json.string(detail.predicted)
            json.key("kernel")
            json.string(detail.kernel)
            json.key("reason")
            json.string(detail.reason)
            if let explanation = detail.explanation {
              json.key("prediction")
              formatter.write(detail.flow, explanation.decision, trace: explanation.trace, to: &json)
            }
          }
        }
      }
    }
  }
}

extension PredictionFormatter {
  /// A flow in the words of `ip route get`.
  func describe(_ flow: Flow) -> String {
    var words = [flow.destination.description]
    if !flow.source.isUnspecified { words += ["from", flow.source.description] }
    return (words + flowWords(flow)).joined(separator: " ")
  }
}
