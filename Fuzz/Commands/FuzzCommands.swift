import FuzzSupport
import Planning
import Routing

/// Any bytes are a batch file for `ip`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommands(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe input(start, count)
  for family in [nil, AddressFamily.ipv4, .ipv6] {
    do throws(CommandError) {
      for step in try CommandParser(family: family).batch(bytes) {
        guard case .route(let route) = step.change else { continue }
        for leg in [route.leg] + route.legs { _ = leg.encapsulation?.resolved { UInt32($0.utf8.count) } }
      }
    } catch {
      precondition(error.line >= 1 && error.column >= 1 && !error.description.isEmpty)
    }
  }
  return 0
}
