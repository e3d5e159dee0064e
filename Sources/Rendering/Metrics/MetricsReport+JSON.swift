package import JSON

extension MetricsReport: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.array { writer in
      for family in families where !family.samples.isEmpty { family.write(to: &writer) }
    }
  }
}

extension MetricFamily: JSONEncodable {
  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", name)
      writer.member("type", kind.rawValue)
      writer.member("unit", unit?.rawValue)
      writer.member("help", help)
      writer.key("samples")
      writer.array { writer in
        for sample in samples {
          writer.object { writer in
            writer.key("labels")
            writer.object { writer in for label in sample.labels { writer.member(label.name, label.value) } }
            writer.key("value")
            switch sample.value {
            case .whole(let number): writer.integer(number)
            case .real(let number): writer.double(number)
            }
          }
        }
      }
    }
  }
}
