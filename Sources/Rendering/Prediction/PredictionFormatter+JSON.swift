package import Forwarding
package import JSON
package import Routing

extension PredictionFormatter {
  /// One prediction as a JSON object, with the keys of the manual page.
  ///
  /// - Parameters:
  ///   - flow: nil for a frame that carries none.
  ///   - index: the position of the flow in its input, for streams.
  ///   - more: writes further members at the end.
  package func write(
    _ flow: Flow?, _ decision: Decision, index: Int? = nil, to json: inout JSONWriter,
    more: (inout JSONWriter) -> Void = { _ in }
  ) {
    json.object { json in
      if let index {
        json.key("index")
        json.integer(index)
      }
      if let flow {
        json.key("flow")
        write(flow, to: &json)
      }
      json.key("route")
      writeRoute(decision, to: &json)
      // Known also where the hash, or the bucket, is not.
      if let flow, decision.hash != nil || (decision.route != nil && decision.isHashed) {
        json.key("policy")
        json.integer(state.settings.hash(flow.family).policy ?? 0)
      }
      if let source = decision.selectedSource {
        json.key("selected_src")
        json.plainString(source.appendText)
      }
      if let hash = decision.hash {
        json.key("hash")
        json.integer(hash)
      }
      writeGroup(decision, to: &json)
      if let nexthop = decision.nexthop {
        json.key("nexthop")
        write(nexthop, encapsulation: encapsulation(of: decision), to: &json)
      }
      if case .dropped(let reason) = decision.outcome {
        json.key("dropped")
        json.string(reason.text)
      }
      json.key("certainty")
      json.string(decision.isExact ? "exact" : "uncertain")
      json.key("caveats")
      Self.write(decision.caveats, to: &json)
      more(&json)
    }
  }

  /// Caveats, each with its code and its text.
  static func write(_ caveats: Caveats, to json: inout JSONWriter) {
    json.array { json in
      for caveat in caveats.list {
        json.object { json in
          json.key("code")
          json.string(caveat.code)
          json.key("text")
          json.string(caveat.text)
        }
      }
    }
  }

  /// A flow with the names of its fields; one with ports has all five of its header, another those that apply to it.
  func write(_ flow: Flow, to json: inout JSONWriter) {
    json.object { json in
      if flow.bringsPorts || !flow.source.isUnspecified {
        json.key("src")
        json.plainString(flow.source.appendText)
      }
      json.key("dst")
      json.plainString(flow.destination.appendText)
      if flow.bringsPorts || flow.ipProtocol != 0 {
        json.key("proto")
        json.integer(flow.ipProtocol)
      }
      if flow.bringsPorts {
        json.key("sport")
        json.integer(flow.sourcePort)
        json.key("dport")
        json.integer(flow.destinationPort)
      }
      if flow.inputInterface != 0 {
        json.key("iif")
        json.string(linkName(flow.inputInterface))
      }
      if flow.outputInterface != 0 {
        json.key("oif")
        json.string(linkName(flow.outputInterface))
      }
      writeRareFields(flow, to: &json)
      json.key("origin")
      json.string(flow.origin.rawValue)
    }
  }

  private func writeRareFields(_ flow: Flow, to json: inout JSONWriter) {
    func number(_ key: String, _ value: (some BinaryInteger)?) {
      guard let value, value != 0 else { return }
      json.key(key)
      json.integer(value)
    }
    number("mark", flow.mark)
    number("tos", flow.tos)
    number("flowlabel", flow.flowLabel)
    if let userID = flow.userID {
      json.key("uid")
      json.integer(userID)
    }
    if let socket = flow.socket {
      json.key("socket")
      json.string(socket.rawValue)
    }
    if let icmp = flow.icmp {
      json.key("icmp_type")
      json.integer(icmp.type)
      json.key("icmp_code")
      json.integer(icmp.code)
    }
    switch flow.layer4Hash {
    case .unknown: break
    case .absent:
      json.key("l4hash")
      json.string("none")
    case .value(let hash):
      json.key("l4hash")
      json.integer(hash)
    }
    guard let inner = flow.inner else { return }
    json.key("inner_src")
    json.plainString(inner.source.appendText)
    json.key("inner_dst")
    json.plainString(inner.destination.appendText)
    number("inner_proto", inner.ipProtocol)
    number("inner_sport", inner.sourcePort)
    number("inner_dport", inner.destinationPort)
    number("inner_flowlabel", inner.flowLabel)
  }

  private func writeRoute(_ decision: Decision, to json: inout JSONWriter) {
    json.object { json in
      if let type = typeWord(decision) {
        json.key("type")
        json.string(type)
      }
      if let route = decision.route { writeMembers(ofRoute: route, to: &json) }
    }
  }

  /// The route of an index into `RoutingState.routes`.
  func writeRoute(_ index: Int, to json: inout JSONWriter) {
    json.object { json in writeMembers(ofRoute: index, to: &json) }
  }

  private func writeMembers(ofRoute index: Int, to json: inout JSONWriter) {
    let route = state.routes[index]
    json.key("dst")
    json.string(route.destination.length == 0 ? "default" : route.destination.description)
    json.key("table")
    json.string(names.tableName(route.table))
    json.key("protocol")
    json.string(names.protocolName(route.protocol))
    json.key("metric")
    json.integer(route.metric ?? 0)
  }

  private func writeGroup(_ decision: Decision, to json: inout JSONWriter) {
    // A dropped flow takes no member of the group.
    if case .dropped = decision.outcome { return }
    if let group = group(of: decision) {
      json.key("group")
      json.object { json in
        json.key("id")
        json.integer(group.id)
        json.key("type")
        json.string(group.kind == .resilient ? "resilient" : "mpath")
        if let buckets = group.resilient?.buckets {
          json.key("buckets")
          json.integer(buckets)
        }
      }
    } else if isLegacyMultipath(decision) {
      json.key("group")
      json.object { json in
        json.key("type")
        json.string("legacy")
      }
    }
    if case .resilient(_, let bucket)? = decision.selection {
      json.key("bucket")
      json.integer(bucket)
    }
  }

  func write(_ nexthop: Decision.Choice, encapsulation: String? = nil, to json: inout JSONWriter) {
    json.object { json in
      if let id = nexthop.id {
        json.key("id")
        json.integer(id)
      }
      if let gateway = nexthop.gateway {
        json.key("gateway")
        json.plainString(gateway.appendText)
      }
      json.key("dev")
      json.string(linkName(nexthop.interface))
      json.key("weight")
      json.integer(nexthop.weight)
      if let encapsulation {
        json.key("encap")
        json.string(encapsulation)
      }
    }
  }
}
