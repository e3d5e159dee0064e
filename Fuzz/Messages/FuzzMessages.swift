import FuzzSupport
import Netlink
import Routing

@testable import KernelRouting

/// Any bytes are a netlink message, or a text of `/proc/net`; the first byte says of which type.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  guard let kind = bytes.first else { return 0 }
  guard kind != 9 else {
    readText(bytes.dropFirst())
    return 0
  }
  Array(bytes.dropFirst()).withRawSpan { wire in
    do throws(WireError) {
      try read(wire, kind: kind)
    } catch {
      precondition(!"\(error)".isEmpty)
    }
  }
  return 0
}

private func readText(_ text: ArraySlice<UInt8>) {
  _ = RedirectCounts(parsing: text)
  let legs = [RouteLeg(interface: 1), RouteLeg(interface: 2)]
  let routes = [Route(destination: .everything(.ipv6), metric: 1024, nexthops: .legs(.multipath(legs)))]
  for isCounted in [true, false] {
    // The list is read where there are few routes, and the text may be either file.
    _ = HiddenRoutes(routes, changes: 0) { file, limit in
      file == .count && isCounted ? Array("0 0 0 2".utf8) : Array(text.prefix(limit))
    }
  }
}

private func read(_ wire: RawSpan, kind: UInt8) throws(WireError) {
  switch kind {
  case 0: _ = try Link(wire: wire)
  case 1: _ = try InterfaceAddress(wire: wire)
  case 2: _ = try Neighbour(wire: wire)
  case 3: _ = try Rule(wire: wire)
  case 4: _ = try NexthopObject(wire: wire)
  case 5: _ = try BucketMessage(wire: wire)
  case 7: _ = try TrackedConnection(wire: wire)
  case 8: _ = try ConnectedSocket(wire: wire, ipProtocol: 6)
  default:
    var table = RouteAttributeTable()
    _ = try Route(wire: wire, sharing: &table)
  }
}
