import Glibc
import Routing

/// How the C library reads and prints addresses.
enum CLibraryAddress {
  /// The network bytes that `inet_pton` reads from the text; nil when it refuses.
  static func parse(_ text: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      let result = unsafe bytes.withUnsafeMutableBytes { unsafe inet_pton(family, text, $0.baseAddress) }
      if result == 1 { return bytes }
    }
    return nil
  }

  /// What `inet_ntop` prints for 4 or 16 network bytes.
  static func print(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: 64)
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    _ = unsafe text.withUnsafeMutableBufferPointer { buffer in
      unsafe bytes.withUnsafeBytes { unsafe inet_ntop(family, $0.baseAddress, buffer.baseAddress, 64) }
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
