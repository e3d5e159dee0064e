import Captures
import Files
import FuzzSupport
import MultipathHash

/// Any bytes are a capture; every frame of it is taken apart.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCaptures(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  withFile(unsafe input(start, count)) { path in
    guard let file = try? InputFile(path: path), var reader = try? CaptureReader(file) else { return }
    while true {
      do throws(CaptureError) {
        guard let frame = try reader.next() else { break }
        dissect(frame)
      } catch {
        precondition(!error.description.isEmpty)
        break
      }
    }
  }
  return 0
}

private func dissect(_ frame: CaptureFrame) {
  do throws(PacketFault) {
    _ = try frame.dissect().flow()
  } catch {
    precondition(!"\(error)".isEmpty)
  }
}
