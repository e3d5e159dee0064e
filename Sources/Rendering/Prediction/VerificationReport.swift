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
  let details: [(flow: Flow, predicted: String, kernel: String)]

  /// - Parameters:
  ///   - kernel: the release that answered.
  ///   - shadowDifferences: what differs in the shadow that was asked; nil when the live namespace was.
  ///   - compared: flows asked about, the uncertain ones included.
  ///   - hashed: of these, flows whose nexthop was chosen by hash.
  ///   - notAskable: flows that RTM_GETROUTE can not ask about.
  ///   - mismatches: all of them; `details` may hold fewer.
  package init(
    kernel: String, shadowDifferences: [String]? = nil, compared: Int, hashed: Int, uncertain: Int,
    uncertainCodes: [String], notAskable: Int, mismatches: Int, details: [(flow: Flow, predicted: String, kernel: String)]
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
  }

  package func lines(formatter: PredictionFormatter) -> [String] {
    var lines = details.map { detail in
      "mismatch: \(formatter.describe(detail.flow)): predicted \(detail.predicted), kernel \(detail.kernel)"
    }
    if details.count < mismatches { lines.append("and \(mismatches - details.count) more") }
    if notAskable > 0 { lines.append("\(notAskable) flows can not be asked of the kernel by RTM_GETROUTE") }
    if uncertain > 0 {
      let codes = uncertainCodes.joined(separator: ", ")
      lines.append("\(uncertain) predictions are uncertain (\(codes)) and do not count")
    }
    let place = shadowDifferences == nil ? "" : " in a shadow"
    let total = "\(compared) flows compared with RTM_GETROUTE\(place) on Linux \(kernel), \(hashed) of them hashed"
    lines.append("\(total): \(mismatches) mismatches")
    if let shadowDifferences, !shadowDifferences.isEmpty {
      lines.append("the shadow differs in \(shadowDifferences.count) \(shadowDifferences.count == 1 ? "thing" : "things"), about which this proves nothing")
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
      json.key("uncertain_codes")
      json.array { json in
        for code in uncertainCodes { json.string(code) }
      }
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
