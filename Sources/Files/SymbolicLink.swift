internal import Glibc

/// Links of the file system.
package enum SymbolicLink {
  /// What the link at a path leads to; nil when it can not be read, or is longer than any link of /proc.
  package static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 1024)
    let count = unsafe readlink(path, &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
