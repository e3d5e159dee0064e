import Routing

/// Short spellings of routing values. A text that is no address gives one that no golden has.
func address(_ text: String) -> IPAddress {
  IPAddress(text) ?? IPAddress(ipv4: .max)
}

func prefix(_ text: String) -> Prefix {
  (try? Prefix(parsing: text)) ?? Prefix(host: IPAddress(ipv4: .max))
}

func leg(
  _ gateway: String? = nil, dev: UInt32, weight: UInt16 = 1, flags: UInt8 = 0, encap: Encapsulation? = nil,
  realms: UInt32? = nil
) -> RouteLeg {
  RouteLeg(
    gateway: gateway.map(address), interface: dev, weight: weight, flags: NexthopFlags(rawValue: flags),
    encapsulation: encap, realms: realms)
}

func extras(
  metrics: [(UInt16, UInt32, String?)] = [], mark: UInt32? = nil, realms: UInt32? = nil, uid: UInt32? = nil,
  expires: Int32? = nil, error: UInt32? = nil, iif: UInt32? = nil, ttlPropagate: UInt8? = nil
) -> RouteExtras {
  var extras = RouteExtras()
  extras.metrics = metrics.map { RouteMetric(kind: $0.0, value: $0.1, name: $0.2) }
  extras.mark = mark
  extras.realms = realms
  extras.uid = uid
  extras.expires = expires
  extras.error = error
  extras.inputInterface = iif
  extras.ttlPropagate = ttlPropagate
  return extras
}

func route(
  _ destination: String, from source: String? = nil, table: UInt32 = RouteTable.main, metric: UInt32? = nil,
  tos: UInt8 = 0, type: RouteType = .unicast, proto: UInt8 = 3, scope: UInt8 = 0, flags: UInt32 = 0,
  nhid: UInt32? = nil, _ legs: RouteLegs, src: String? = nil, pref: UInt8? = nil, _ extras: RouteExtras? = nil
) -> Route {
  Route(
    destination: prefix(destination), source: source.map(prefix), table: table, metric: metric, tos: tos, type: type,
    protocol: proto, scope: scope, flags: flags,
    nexthops: nhid.map { .object(id: $0, expansion: legs) } ?? .legs(legs), preferredSource: src.map(address),
    preference: pref, extras: extras)
}

func nexthop(
  _ id: UInt32, family: AddressFamily = .ipv4, _ target: Nexthop.Target, proto: UInt8 = 0, scope: UInt8 = 0,
  flags: UInt32 = 0
) -> Nexthop {
  Nexthop(id: id, family: family, target: target, protocol: proto, scope: scope, flags: flags)
}

extension Encapsulation {
  init(type: UInt16, hex: String) {
    var digits = hex[...]
    var bytes: [UInt8] = []
    while digits.count >= 2, let byte = UInt8(digits.prefix(2), radix: 16) {
      bytes.append(byte)
      digits = digits.dropFirst(2)
    }
    self.init(type: type, attributes: bytes)
  }
}
