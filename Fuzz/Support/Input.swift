internal import Glibc

/// The bytes that libFuzzer hands over.
package func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
}

/// Runs `body` with the path of a file that holds the bytes, and that nobody else can open.
package func withFile(_ bytes: [UInt8], _ body: (String) -> Void) {
  guard scratch >= 0, ftruncate(scratch, 0) == 0 else { return }
  let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(scratch, $0.baseAddress, $0.count, 0) }
  guard written == bytes.count else { return }
  body("/proc/self/fd/\(scratch)")
}

/// A file in memory without a name.
private let scratch: Int32 = {
  var name = Array("/dev/shm/fuzz.XXXXXX".utf8CString)
  let descriptor = unsafe mkstemp(&name)
  if descriptor >= 0 { _ = unsafe unlink(name) }
  return descriptor
}()
