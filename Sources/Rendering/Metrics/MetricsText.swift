/// Metrics as text.
package enum MetricsText {
  package enum Format: String, Hashable, Sendable, CaseIterable {
    /// OpenMetrics 1.0.
    case openmetrics
    /// The text format 0.0.4 of Prometheus, which is what its node_exporter reads from files. It has no units, no end,
    /// and neither infos nor sets of states, which are gauges there.
    case prometheus
  }

  /// Appends the families that have samples, in their order.
  package static func append(_ families: [MetricFamily], as format: Format, to output: inout [UInt8]) {
    for family in families where !family.samples.isEmpty { append(family, as: format, to: &output) }
    if format == .openmetrics { output.append(contentsOf: "# EOF\n".utf8) }
  }

  private static func append(_ family: MetricFamily, as format: Format, to output: inout [UInt8]) {
    let suffix =
      switch family.kind {
      case .counter: "_total"
      case .info: "_info"
      case .gauge, .stateset: ""
      }
    let sample = family.name + suffix
    switch format {
    case .openmetrics:
      output.append(contentsOf: "# TYPE \(family.name) \(family.kind.rawValue)\n".utf8)
      if let unit = family.unit { output.append(contentsOf: "# UNIT \(family.name) \(unit.rawValue)\n".utf8) }
      output.append(contentsOf: "# HELP \(family.name) ".utf8)
    case .prometheus:
      output.append(contentsOf: "# TYPE \(sample) \(family.kind == .counter ? "counter" : "gauge")\n".utf8)
      output.append(contentsOf: "# HELP \(sample) ".utf8)
    }
    appendEscaped(family.help, to: &output)
    output.append(UInt8(ascii: "\n"))
    for entry in family.samples { append(entry, of: sample, to: &output) }
  }

  private static func append(_ sample: MetricFamily.Sample, of name: String, to output: inout [UInt8]) {
    output.append(contentsOf: name.utf8)
    if !sample.labels.isEmpty {
      for (place, label) in sample.labels.enumerated() {
        output.append(contentsOf: "\(place == 0 ? "{" : ",")\(label.name)=\"".utf8)
        appendEscaped(label.value, to: &output)
        output.append(UInt8(ascii: "\""))
      }
      output.append(UInt8(ascii: "}"))
    }
    output.append(contentsOf: " \(sample.value)\n".utf8)
  }

  /// Both formats escape the same in labels; the help is without quotation marks, of which they differ.
  private static func appendEscaped(_ text: String, to output: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): output.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\""): output.append(contentsOf: "\\\"".utf8)
      case UInt8(ascii: "\n"): output.append(contentsOf: "\\n".utf8)
      default: output.append(byte)
      }
    }
  }
}

extension MetricFamily.Value: CustomStringConvertible {
  /// The shortest decimal that means the number.
  package var description: String {
    switch self {
    case .whole(let number): "\(number)"
    case .real(let number) where number.isNaN: "NaN"
    case .real(let number) where number.isInfinite: number < 0 ? "-Inf" : "+Inf"
    case .real(let number): "\(number)"
    }
  }
}
