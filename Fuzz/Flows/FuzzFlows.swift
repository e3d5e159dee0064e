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
      readLines(path, format)
    }
  }
  return 0
}

/// Reads the same file as lines that are cut out of it.
private func readLines(_ path: String, _ format: FlowReader.Format?) {
  guard var reader = try? FlowReader(path: path, format: format, interface: { $0 == "eth0" ? 2 : nil }) else { return }
  var flows = FlowColumns(capacity: 5)
  while var lines = try? reader.takeLines(1000) {
    var (count, isAtEnd) = (0, false)
    while !isAtEnd {
      flows.removeAll()
      var hasFailed = false
      do { try lines.read(into: &flows) { $0 == "eth0" ? 2 : nil } } catch { hasFailed = true }
      count += flows.count + (hasFailed ? 1 : 0)
      isAtEnd = !hasFailed && flows.count == 0
    }
    precondition(count == lines.flowCount)
  }
}
