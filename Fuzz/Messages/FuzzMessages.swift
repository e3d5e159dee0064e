import FuzzSupport
import Netlink
import Routing

@testable import KernelRouting

/// Any bytes are a netlink message; the first byte says of which type.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  guard let kind = bytes.first else { return 0 }
  Array(bytes.dropFirst()).withRawSpan { wire in
    do throws(WireError) {
      try read(wire, kind: kind)
    } catch {
      precondition(!"\(error)".isEmpty)
    }
  }
  return 0
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
