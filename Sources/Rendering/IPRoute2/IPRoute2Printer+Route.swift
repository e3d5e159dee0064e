package import Routing

extension IPRoute2Printer {
  /// Prints a route if the selection includes it.
  ///
  /// A leg's weight is `rtnh_hops` + 1 and so at most 256.
  package mutating func append(_ route: Route, selection: RouteSelection = .allTables()) {
    guard selection.includes(route) else { return }
    beginRoute(route)
    writer.prefix("dst", "", route.destination, .value)
    finishRoute(route, showsTable: selection.table == nil)
  }

  /// What stands before the destination.
  mutating func beginRoute(_ route: Route) {
    writer.openObject()
    if route.type != .unicast || showsDetails { writer.string("type", "", route.type.name) }
  }

  /// What stands behind the destination, which does not depend on it.
  mutating func finishRoute(_ route: Route, showsTable: Bool) {
    if let source = route.source { writer.prefix("from", "from ", source, .words) }
    if let id = route.nexthopID { writer.number("nhid", "nhid ", id) }
    let leg: RouteLeg? = if case .single(let leg) = route.legs { leg } else { nil }
    if let encapsulation = leg?.encapsulation { fields(of: encapsulation) }
    if route.tos != 0 { writer.string("tos", "tos ", names.dsFields.name(route.tos)) }
    if let leg {
      if let gateway = leg.gateway { self.gateway(gateway, of: route) }
      if leg.interface != 0 { writer.interface("dev", "dev ", interfaces[leg.interface], .value) }
    }
    origin(of: route, showsTable: showsTable)
    flags(route.flags)
    if route.extras != nil || leg?.realms != nil { fields(of: route.extras ?? RouteExtras(), legRealms: leg?.realms) }
    afterFlags(route)
    if case .multipath(let legs) = route.legs { multipath(legs, of: route) }
    writer.text("\n")
    writer.closeObject()
  }

  /// From the table to the metric.
  private mutating func origin(of route: Route, showsTable: Bool) {
    if showsTable, route.table != 0, route.table != RouteTable.main || showsDetails {
      tableField("table", "table ", route.table)
    }
    // 3 is RTPROT_BOOT.
    if route.protocol != 3 || showsDetails {
      writer.string("protocol", "proto ", names.protocols.name(route.protocol))
    }
    if route.scope != 0 || showsDetails { writer.string("scope", "scope ", names.scopes.name(route.scope)) }
    if let source = route.preferredSource { writer.address("prefsrc", "src ", source, .value) }
    if let metric = route.metric { writer.number("metric", "metric ", metric) }
  }

  /// From the preference to the nexthop object.
  private mutating func afterFlags(_ route: Route) {
    if let preference = route.preference { self.preference(preference) }
    if let propagate = route.extras?.ttlPropagate {
      // The misspelt word is iproute2's.
      if writer.isText {
        writer.text(propagate != 0 ? "ttl-propogate enabled" : "ttl-propogate disabled")
      } else {
        writer.bool("ttl-propogate", "", propagate != 0)
      }
    }
    if showsDetails, describesObjects, let id = route.nexthopID { nexthopInformation(id) }
  }

  private mutating func gateway(_ gateway: IPAddress, of route: Route) {
    guard gateway.family != route.family else { return writer.address("gateway", "via ", gateway, .value) }
    writer.openObject("via")
    writer.string("family", "via ", gateway.family.rawValue)
    writer.address("host", "", gateway, .value)
    writer.closeObject()
  }

  private mutating func preference(_ preference: UInt8) {
    switch preference {
    case 0: writer.string("pref", "pref ", "medium", "")
    case 1: writer.string("pref", "pref ", "high", "")
    case 3: writer.string("pref", "pref ", "low", "")
    default: writer.number("pref", "", preference, "")
    }
  }

  private mutating func multipath(_ legs: [RouteLeg], of route: Route) {
    writer.openArray("nexthops")
    for leg in legs {
      writer.openObject()
      writer.text("\n\tnexthop ")
      if let encapsulation = leg.encapsulation { fields(of: encapsulation) }
      if let gateway = leg.gateway { self.gateway(gateway, of: route) }
      if let realms = leg.realms { self.realms(realms) }
      writer.string("dev", "dev ", interfaces[leg.interface])
      writer.number("weight", "weight ", leg.weight)
      flags(UInt32(leg.flags.rawValue))
      writer.closeObject()
    }
    writer.closeArray()
  }

  private mutating func realms(_ realms: UInt32) {
    let (source, destination) = (realms >> 16, realms & 0xffff)
    writer.openObject("flow")
    writer.text(source != 0 ? "realms " : "realm ")
    if source != 0 {
      writer.string("from", "", realmName(source), "/")
    }
    writer.string("to", "", realmName(destination))
    writer.closeObject()
  }

  private mutating func realmName(_ realm: UInt32) -> String {
    guard let realm = UInt8(exactly: realm) else { return String(realm) }
    return String(decoding: names.realms.name(realm), as: UTF8.self)
  }

  /// From the mark to the ingress interface.
  private mutating func fields(of extras: RouteExtras, legRealms: UInt32?) {
    if let mark = extras.mark, mark != 0 {
      if writer.isText, mark >= 16 {
        writer.prefixedHex(nil, "mark ", UInt64(mark))
      } else {
        writer.number("mark", "mark ", mark)
      }
    }
    if let realms = extras.realms ?? legRealms { self.realms(realms) }
    if let uid = extras.uid { writer.number("uid", "uid ", uid) }
    // USER_HZ ticks to whole seconds, towards zero.
    if let expires = extras.expires, expires != 0 { writer.number("expires", "expires ", expires / 100, "sec ") }
    if let error = extras.error, error != 0 { writer.number("error", "error ", error) }
    if !extras.metrics.isEmpty { metrics(extras.metrics) }
    if let interface = extras.inputInterface { writer.interface("iif", "iif ", interfaces[interface], .value) }
  }
}
