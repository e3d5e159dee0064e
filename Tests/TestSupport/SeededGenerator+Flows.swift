package import Routing

/// Random flows and their parts.
extension SeededGenerator {
  /// Any number of the type.
  package mutating func number<Number: FixedWidthInteger & UnsignedInteger>() -> Number {
    Number(truncatingIfNeeded: next())
  }

  /// True so many times of a hundred.
  package mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }

  /// Any address of the family.
  package mutating func address(_ family: AddressFamily) -> IPAddress {
    family == .ipv4 ? IPAddress(ipv4: number()) : IPAddress(ipv6High: number(), low: number())
  }

  /// Either family.
  package mutating func family() -> AddressFamily { chance(50) ? .ipv4 : .ipv6 }

  /// One of the choices, of which there is at least one.
  package mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int(next() % UInt64(choices.count))]
  }

  /// A forwarded flow, a third of them in a tunnel.
  package mutating func flow(_ family: AddressFamily) -> Flow {
    var flow = Flow(
      source: address(family), destination: address(family),
      ipProtocol: pick([1, 6, 17, 33, 50, 51, 58, 89, 132, 136]), sourcePort: number(), destinationPort: number(),
      flowLabel: family == .ipv6 && chance(60) ? number() & 0xf_ffff : 0, tos: number(), origin: .forwarded)
    guard chance(33) else { return flow }
    let innerFamily = self.family()
    flow.ipProtocol = chance(50) ? 47 : innerFamily == .ipv4 ? 4 : 41
    flow.inner = Flow.Inner(
      source: address(innerFamily), destination: address(innerFamily),
      ipProtocol: pick([1, 6, 17, 33, 50, 51, 58, 89, 132, 136]), sourcePort: number(), destinationPort: number(),
      flowLabel: innerFamily == .ipv6 && chance(60) ? number() & 0xf_ffff : 0)
    return flow
  }
}
