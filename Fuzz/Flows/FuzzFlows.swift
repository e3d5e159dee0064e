import FlowSources
import FuzzSupport
import Routing

/// Any bytes are a file of flows: CSV or NDJSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFlows(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  withFile(unsafe input(start, count)) { path in
    for format in [nil, FlowReader.Format.csv, .ndjson] {
      guard var reader = try? FlowReader(path: path, format: format, interface: { $0 == "eth0" ? 2 : nil }) else {
        return
      }
      while true {
        do throws(FlowInputError) {
          guard try reader.next() != nil else { break }
        } catch {
          precondition(!error.description.isEmpty)
          if !error.isRecoverable { break }
        }
      }
    }
  }
  return 0
}
