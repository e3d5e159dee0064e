import Forwarding
import Measurement
import Rendering
import Routing
import TestSupport

/// A prediction that turned out wrong, told in full.
struct Mismatch {
  var sample: Experiment.Sample
  var prediction: Prediction
  var wanted: Experiment.Place?
  var actual: [Experiment.Place]
  var state: RoutingState

  var description: String {
    var lines = [
      "mismatch: \(sample.traffic.rawValue), predicted \(wanted.map(text) ?? "not to leave"), "
        + (actual.isEmpty ? "not seen" : "seen " + actual.map(text).joined(separator: " and ")),
      "  packet " + sample.bytes.map(Self.hex).joined(),
    ]
    if let flow = prediction.subject?.flow, let decision = prediction.decision, let trace = prediction.trace() {
      let formatter = PredictionFormatter(state: state, names: NameTables())
      let settings = state.settings.hash(sample.family)
      lines.append("  policy \(settings.policy ?? 0), fields 0x\(String(settings.fields ?? 0, radix: 16))")
      lines.append("  " + formatter.line(flow, decision))
      lines.append(formatter.explanation(decision, trace))
    }
    return lines.joined(separator: "\n")
  }

  private func text(_ place: Experiment.Place) -> String {
    "dev \(place.interface) to \(place.address.map(Self.hex).joined(separator: ":"))"
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
