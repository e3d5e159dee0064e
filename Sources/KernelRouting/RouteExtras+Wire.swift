internal import Netlink
internal import Routing

extension RouteExtras {
  /// Reads an attribute that few routes have into `extras`, which most routes do without; any other is skipped.
  static func read(_ type: UInt16, _ value: RawSpan, into extras: inout RouteExtras?) throws(WireError) {
    switch type {
    case RTA_CACHEINFO:
      // Every IPv6 route has one, which is nearly always empty.
      let remaining = try value.int32(at: 8)
      let failure = try value.uint32(at: 12)
      guard remaining != 0 || failure != 0 else { return }
      var changed = extras ?? RouteExtras()
      if remaining != 0 { changed.expires = remaining }
      if failure != 0 { changed.error = failure }
      extras = changed
    case RTA_METRICS, RTA_MARK, RTA_FLOW, RTA_UID, RTA_IIF, RTA_TTL_PROPAGATE:
      var changed = extras ?? RouteExtras()
      try changed.read(type, value)
      extras = changed
    default: break
    }
  }

  private mutating func read(_ type: UInt16, _ value: RawSpan) throws(WireError) {
    switch type {
    case RTA_METRICS: metrics = try RouteMetric.list(value)
    case RTA_MARK: mark = try value.uint32()
    case RTA_FLOW: realms = try value.uint32()
    case RTA_UID: uid = try value.uint32()
    case RTA_IIF: inputInterface = try value.uint32()
    case RTA_TTL_PROPAGATE: ttlPropagate = try value.uint8()
    default: break
    }
  }

  /// Appends what a user may set.
  func encode(into writer: inout AttributeWriter) {
    if !metrics.isEmpty {
      writer.nest(RTA_METRICS, flagged: false) { nest in
        for metric in metrics {
          if let name = metric.name {
            nest.append(metric.kind, text: name)
          } else {
            nest.append(metric.kind, metric.value)
          }
        }
      }
    }
    if let mark { writer.append(RTA_MARK, mark) }
    if let realms { writer.append(RTA_FLOW, realms) }
    if let ttlPropagate { writer.append(RTA_TTL_PROPAGATE, ttlPropagate) }
    // The request counts in seconds, the answer in ticks.
    if let expires, expires > 0 { writer.append(RTA_EXPIRES, UInt32(expires) / 100) }
  }
}

extension RouteMetric {
  /// Reads the value of RTA_METRICS.
  static func list(_ bytes: RawSpan) throws(WireError) -> [RouteMetric] {
    var metrics: [RouteMetric] = []
    var cursor = AttributeCursor()
    while let attribute = try cursor.next(in: bytes) {
      let value = bytes.extracting(attribute.range)
      if attribute.type == RTAX_CC_ALGO {
        metrics.append(RouteMetric(kind: attribute.type, value: 0, name: value.text()))
      } else {
        metrics.append(RouteMetric(kind: attribute.type, value: try value.uint32()))
      }
    }
    return metrics
  }
}
